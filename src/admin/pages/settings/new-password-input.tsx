import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Input } from '../../ui/field.tsx'
import { madePassword } from './made-password.ts'
import { passwordHint } from './password-form.tsx'

/** A password for somebody else: it is seen, since it has to be handed on, and can be made up here. */
export function NewPasswordInput({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <div>
      <Input
        label="Password"
        required
        hint={`${passwordHint} Hand it on by a way that nobody else reads.`}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="mt-2 flex items-center gap-2">
        <Button size="sm" onClick={() => onChange(madePassword())}>
          Make one up
        </Button>
        {value !== '' && <CopyButton text={value} label="password" />}
      </div>
    </div>
  )
}
