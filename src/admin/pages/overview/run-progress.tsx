import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { countText } from '../../format/number.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Link } from '../../ui/link.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'

type RunSource = Answer<'/api/v1/ingestion/runs/:id'>['sources'][number]

/** Sources that are shown; of a larger run the page of imports has the others. */
const shownMax = 200
/** How far a source is when an attempt is in that phase. */
const shares: Record<string, number> = {
  downloading: 0.2,
  analyzing: 0.5,
  matching: 0.85,
  complete: 1,
  failed: 1,
}

/** Each source of a run on its way, live: events tell when one gets further. */
export function RunProgress({ runId }: { runId: string }) {
  const run = useRead(
    '/api/v1/ingestion/runs/:id',
    { params: { id: runId }, query: { limit: shownMax } },
    { everyMs: 2000 },
  )
  if (run.error && !run.data) return <ErrorState error={run.error} onRetry={run.retry} />
  if (!run.data) return <Skeleton lines={4} />
  const { sources, source_count: count, imports } = run.data
  // Of all of them, also of those that are not shown.
  const ended = count - (imports.pending ?? 0) - (imports.running ?? 0)
  return (
    <div className="space-y-4">
      <div>
        <p className="mb-1.5 flex items-center justify-between gap-2">
          <span>
            {countText(ended)} of {countText(count)} sources done
          </span>
          <StateBadge state={run.data.status} />
        </p>
        <Progress label="Sources done" share={count === 0 ? 1 : ended / count} />
      </div>
      <ul className="divide-y divide-line rounded-md border border-line">
        {sources.map((source) => (
          <SourceProgress key={source.import_id} source={source} />
        ))}
      </ul>
    </div>
  )
}

function SourceProgress({ source }: { source: RunSource }) {
  const { status, phase, error, retry_at: retryAt, changes } = source
  const isRunning = status === 'pending' || status === 'running'
  return (
    <li className="px-3 py-2.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 break-words">
          <Link href={`/imports/${source.import_id}`}>{source.supplier}</Link>{' '}
          <span className="text-muted">{source.source}</span>
        </p>
        <StateBadge state={isRunning ? (phase ?? 'queued') : status} />
      </div>
      {isRunning && phase !== null && (
        <div className="mt-2">
          <Progress label={`${source.supplier}, ${source.source}`} share={shares[phase] ?? null} />
        </div>
      )}
      {(status === 'completed' || status === 'partial_success') && (
        <p className="mt-0.5 text-sm text-muted">
          {countText(changes.new)} new, {countText(changes.price_up)} dearer, {countText(changes.price_down)}{' '}
          cheaper, {countText(changes.gone)} gone
        </p>
      )}
      {error !== null && (
        <p className="mt-0.5 text-sm break-words text-bad">
          {error.message}
          {retryAt !== null && (
            <>
              {' '}
              Tried again <Time at={retryAt} />.
            </>
          )}
        </p>
      )}
    </li>
  )
}
