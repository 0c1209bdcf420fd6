import { Badge, StateBadge } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'
import type { Job } from './job.ts'

/** The state of a job; of one that was put off, when it is tried next. */
export function JobState({ job }: { job: Job }) {
  if (job.discarded_at !== null) return <Badge>Discarded</Badge>
  return (
    <>
      <StateBadge state={job.status} />
      {job.status === 'queued' && job.error !== null && (
        <p className="text-sm text-muted">
          tried again <Time at={job.run_at} />
        </p>
      )}
    </>
  )
}
