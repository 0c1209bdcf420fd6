import { useState } from 'react'
import { countOf } from '../../format/number.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { canCancel, canDiscard, type Job } from './job.ts'
import { type JobAction, useBulk } from './use-bulk.ts'

/** What can be done with the jobs that were chosen; each is offered for those of them that it fits. */
export function BulkBar({ chosen, onDone }: { chosen: readonly Job[]; onDone(): void }) {
  const { run, running } = useBulk()
  const [asked, setAsked] = useState<'cancel' | 'discard' | null>(null)
  if (chosen.length === 0) return null
  const fitting: Record<JobAction, string[]> = {
    retry: ids(chosen.filter((job) => job.can_retry)),
    cancel: ids(chosen.filter(canCancel)),
    discard: ids(chosen.filter(canDiscard)),
  }
  const act = async (action: JobAction) => {
    await run(action, fitting[action])
    setAsked(null)
    onDone()
  }
  return (
    <div className="sticky top-0 z-10 flex flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-2 max-lg:top-12">
      <p className="mr-auto font-medium" role="status">
        {countOf(chosen.length, 'job')} chosen
      </p>
      <Button
        size="sm"
        icon="retry"
        disabled={fitting.retry.length === 0}
        isBusy={running === 'retry'}
        onClick={() => void act('retry')}
      >
        Retry {fitting.retry.length || ''}
      </Button>
      <Button
        size="sm"
        icon="close"
        disabled={fitting.cancel.length === 0}
        onClick={() => setAsked('cancel')}
      >
        Cancel {fitting.cancel.length || ''}
      </Button>
      <Button
        size="sm"
        icon="trash"
        disabled={fitting.discard.length === 0}
        onClick={() => setAsked('discard')}
      >
        Discard {fitting.discard.length || ''}
      </Button>
      <Button size="sm" look="quiet" onClick={onDone}>
        Choose none
      </Button>
      <ConfirmDialog
        isOpen={asked === 'cancel'}
        title={`Cancel ${countOf(fitting.cancel.length, 'job')}?`}
        action="Cancel jobs"
        isDangerous
        isBusy={running === 'cancel'}
        onConfirm={() => void act('cancel')}
        onClose={() => setAsked(null)}
      >
        Their reading is ended, and nothing of them is published. Each can be tried again later.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked === 'discard'}
        title={`Discard ${countOf(fitting.discard.length, 'dead letter')}?`}
        action="Discard"
        isDangerous
        isBusy={running === 'discard'}
        onConfirm={() => void act('discard')}
        onClose={() => setAsked(null)}
      >
        They are marked as given up and no longer counted. Nothing is deleted: each can still be tried again.
      </ConfirmDialog>
    </div>
  )
}

const ids = (jobs: readonly Job[]) => jobs.map(({ job_id: id }) => id)
