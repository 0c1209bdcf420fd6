import { type FormEvent, useId, useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { NewPasswordInput } from './new-password-input.tsx'
import type { User } from './user-section.tsx'

/** Gives a user another password, which lets somebody in again who was locked out. */
export function ResetPasswordDialog({ user, onClose }: { user: User; onClose(): void }) {
  const id = useId()
  const [password, setPassword] = useState('')
  const reset = useChange('POST', '/api/v1/users/:id/password', {
    done: `${user.name} has another password.`,
    showsErrors: true,
    onDone: onClose,
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    reset.run({ params: { id: user.id }, body: { password } })
  }
  return (
    <Dialog
      isOpen
      title={`Reset the password of ${user.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={reset.isRunning}>
            Set password
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={send} className="space-y-4">
        <p>
          All their sessions end. Wrong passwords that were tried in their name are forgotten, so this also
          unlocks an account that has to wait.
        </p>
        <NewPasswordInput value={password} onChange={setPassword} />
        <ErrorLine error={reset.error} />
      </form>
    </Dialog>
  )
}
