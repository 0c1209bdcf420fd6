import { useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { canCancel, canDiscard, type Job } from './job.ts'

/** What can be done about one job. Nothing for who may only look. */
export function JobActions({ job }: { job: Job }) {
  const mayOperate = useMay('operator')
  const params = { id: job.job_id }
  const [asked, setAsked] = useState<'cancel' | 'discard' | null>(null)
  const onDone = () => setAsked(null)
  const retry = useChange('POST', '/api/v1/jobs/:id/retry', { done: 'It will be tried again.' })
  const cancel = useChange('POST', '/api/v1/jobs/:id/cancel', { done: 'Cancelled.', onDone })
  const discard = useChange('POST', '/api/v1/jobs/:id/discard', { done: 'Given up.', onDone })
  if (!mayOperate) return null
  return (
    <>
      {canDiscard(job) && (
        <Button icon="trash" onClick={() => setAsked('discard')}>
          Discard
        </Button>
      )}
      {canCancel(job) && (
        <Button icon="close" look="danger" onClick={() => setAsked('cancel')}>
          Cancel job
        </Button>
      )}
      {job.can_retry && (
        <Button look="primary" icon="retry" isBusy={retry.isRunning} onClick={() => retry.run({ params })}>
          Retry
        </Button>
      )}
      <ConfirmDialog
        isOpen={asked === 'cancel'}
        title="Cancel this job?"
        action="Cancel job"
        isDangerous
        isBusy={cancel.isRunning}
        onConfirm={() => cancel.run({ params })}
        onClose={onDone}
      >
        Its reading is ended, and nothing of it is published. It can be tried again later.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'discard'}
        title="Discard this dead letter?"
        action="Discard"
        isDangerous
        isBusy={discard.isRunning}
        onConfirm={() => discard.run({ params })}
        onClose={onDone}
      >
        It is marked as given up and no longer counted. Nothing is deleted: it can still be tried again.
      </ConfirmDialog>
    </>
  )
}
