import { useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { RoleSelect } from './role-select.tsx'
import type { User } from './user-section.tsx'

/** Gives a user another role. */
export function RoleDialog({ user, onClose }: { user: User; onClose(): void }) {
  const [role, setRole] = useState(user.role)
  const change = useChange('PATCH', '/api/v1/users/:id', {
    done: 'Saved.',
    showsErrors: true,
    onDone: onClose,
  })
  return (
    <Dialog
      isOpen
      title={`Role of ${user.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={change.isRunning}
            onClick={() => change.run({ params: { id: user.id }, body: { role } })}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <RoleSelect value={role} onChange={setRole} />
        <ErrorLine error={change.error} />
      </div>
    </Dialog>
  )
}
