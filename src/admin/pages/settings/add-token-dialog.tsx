import { type FormEvent, useId, useState } from 'react'
import { roleOfScopes, roles, type Scope, scopes } from '../../../auth/model.ts'
import type { Changed } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { useIdentity } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input, Select } from '../../ui/field.tsx'

const meanings: Record<Scope, string> = {
  read: 'Read: see the catalog',
  write: 'Write: change it too',
  admin: 'Admin: everything',
}
const dayMs = 24 * 60 * 60 * 1000

/** Makes a token of your own. */
export function AddTokenDialog({
  onClose,
  onDone,
}: {
  onClose(): void
  onDone(token: Changed<'POST', '/api/v1/tokens'>): void
}) {
  const id = useId()
  const { identity } = useIdentity()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>('read')
  const [days, setDays] = useState('90')
  const add = useChange('POST', '/api/v1/tokens', { showsErrors: true, onDone })
  const role = identity?.role ?? 'viewer'
  const offered = scopes.filter((each) => roles.indexOf(roleOfScopes([each])) >= roles.indexOf(role))
  const send = (event: FormEvent) => {
    event.preventDefault()
    const ends = days === '' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString()
    add.run({ body: { name: name.trim(), scopes: [scope], expires_at: ends } })
  }
  return (
    <Dialog
      isOpen
      title="Make an API token"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={add.isRunning}>
            Make token
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={send} className="space-y-4">
        <Input
          label="Name"
          required
          autoFocus
          autoComplete="off"
          maxLength={100}
          hint="What it is for."
          placeholder="ERP"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          label="It may"
          value={scope}
          choices={offered.map((value) => ({ value, label: meanings[value] }))}
          onChange={(event) => setScope(offered.find((each) => each === event.target.value) ?? scope)}
        />
        <Select
          label="It ends"
          value={days}
          choices={[
            { value: '30', label: 'in 30 days' },
            { value: '90', label: 'in 90 days' },
            { value: '365', label: 'in a year' },
            { value: '', label: 'not by itself' },
          ]}
          onChange={(event) => setDays(event.target.value)}
        />
        <ErrorLine error={add.error} />
      </form>
    </Dialog>
  )
}
