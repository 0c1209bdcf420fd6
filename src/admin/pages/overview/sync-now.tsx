import { useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/toast.tsx'
import { RunProgress } from './run-progress.tsx'

/** Fetches every source that is not paused, and shows each on its way. */
export function SyncNow() {
  const [runId, setRunId] = useState<string | null>(null)
  const toast = useToast()
  const trigger = useChange('POST', '/api/v1/ingestion/trigger', {
    isKeyed: true,
    onDone: ({ run, skipped }) => {
      setRunId(run?.id ?? null)
      if (run === null)
        toast.good(
          skipped.length === 0
            ? 'There is no source that is fetched: lists come in by upload only.'
            : `Nothing was started: ${skipped[0]?.message}`,
        )
    },
  })
  return (
    <>
      <Button icon="retry" isBusy={trigger.isRunning} onClick={() => trigger.run({ body: { all: true } })}>
        Sync now
      </Button>
      <Dialog
        isOpen={runId !== null}
        title="Fetching all sources"
        isWide
        onClose={() => setRunId(null)}
        actions={
          <Button look="primary" onClick={() => setRunId(null)}>
            Close
          </Button>
        }
      >
        {runId !== null && <RunProgress runId={runId} />}
      </Dialog>
    </>
  )
}
