import { type FormEvent, useId, useState } from 'react'
import type { Role } from '../../../auth/model.ts'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input } from '../../ui/field.tsx'
import { NewPasswordInput } from './new-password-input.tsx'
import { RoleSelect } from './role-select.tsx'

/** Adds somebody who can sign in. */
export function AddUserDialog({ onClose }: { onClose(): void }) {
  const id = useId()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [password, setPassword] = useState('')
  const add = useChange('POST', '/api/v1/users', {
    done: ({ name: added }) => `${added} can sign in now.`,
    showsErrors: true,
    isKeyed: true,
    onDone: onClose,
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    add.run({ body: { name: name.trim(), role, password } })
  }
  return (
    <Dialog
      isOpen
      title="Add a user"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={add.isRunning}>
            Add user
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
          hint="To sign in with."
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <RoleSelect value={role} onChange={setRole} />
        <NewPasswordInput value={password} onChange={setPassword} />
        <ErrorLine error={add.error} />
      </form>
    </Dialog>
  )
}
