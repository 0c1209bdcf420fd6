import { addressOf } from '../../api/address.ts'
import { useChange } from '../../api/use-change.ts'
import { useDownload } from '../../api/use-download.ts'
import { useRead } from '../../api/use-read.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { MoreMenu } from '../../ui/more-menu.tsx'
import type { Import } from './import-page.tsx'

/** What can be done with an import, whatever became of it. */
export function ImportActions({ found, curl }: { found: Import; curl: string }) {
  const mayChange = useMay('operator')
  const { save, isBusy } = useDownload()
  const { sha256 } = found
  return (
    <>
      {mayChange && found.status === 'failed' && <Retry found={found} />}
      {mayChange && sha256 !== null && (
        <Button
          icon="file"
          isBusy={isBusy}
          onClick={() => save(addressOf('/api/v1/archive/:sha256/content', { sha256 }, {}))}
        >
          Raw file
        </Button>
      )}
      <MoreMenu curl={curl} />
    </>
  )
}

const secondMs = 1000

/** Has the job of a failed import tried again, where that may help. */
function Retry({ found }: { found: Import }) {
  const retry = useChange('POST', '/api/v1/jobs/:id/retry', { done: 'It is tried again.' })
  const madeAt = new Date(found.created_at).getTime()
  const { data } = useRead('/api/v1/jobs', {
    query: {
      source_id: found.source_id,
      from: new Date(madeAt - secondMs).toISOString(),
      to: new Date(madeAt + secondMs).toISOString(),
    },
  })
  const job = data?.jobs.find(({ import_id }) => import_id === found.id)
  if (job === undefined || !job.can_retry) return null
  return (
    <Button
      look="primary"
      icon="retry"
      isBusy={retry.isRunning}
      onClick={() => retry.run({ params: { id: job.job_id } })}
    >
      Retry
    </Button>
  )
}
