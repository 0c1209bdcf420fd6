import { type Role, roles } from '../../../auth/model.ts'
import { sentenceCase } from '../../format/words.ts'
import { Select } from '../../ui/field.tsx'

const meanings: Record<Role, string> = {
  viewer: 'Sees the catalog and how it came there, and changes nothing.',
  operator: 'Works with lists, items, sources and jobs.',
  admin: 'May do everything, users and clean-ups included.',
}

/** What a user may do. */
export function RoleSelect({ value, onChange }: { value: Role; onChange(role: Role): void }) {
  return (
    <Select
      label="Role"
      hint={meanings[value]}
      value={value}
      choices={roles.toReversed().map((role) => ({ value: role, label: sentenceCase(role) }))}
      onChange={(event) => onChange(roles.find((role) => role === event.target.value) ?? value)}
    />
  )
}
