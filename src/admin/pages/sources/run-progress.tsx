import { StateBadge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Link } from '../../ui/link.tsx'
import { JobProgress } from '../jobs/job-progress.tsx'
import { useJob } from '../jobs/use-job.ts'

/** A fetch that somebody has begun here, as it goes on. */
export function RunProgress({ jobId }: { jobId: string }) {
  const { data: job, error } = useJob(jobId)
  return (
    <Card title="This fetch" actions={job && <StateBadge state={job.status} />}>
      <div role="status" aria-live="polite" className="space-y-3">
        {job === undefined ? (
          error === null ? (
            'It is being begun …'
          ) : (
            <ErrorLine error={error} />
          )
        ) : (
          <>
            {job.status === 'queued' && <p>It waits for its turn.</p>}
            <JobProgress job={job} />
            {job.error !== null && <p className="max-w-prose">{job.error.message}</p>}
            <p className="flex flex-wrap gap-4">
              <Link href={`/jobs/${jobId}`}>Job</Link>
              <Link href={`/imports/${job.import_id}`}>
                {job.status === 'held' ? 'It waits for approval: see why' : 'Import'}
              </Link>
            </p>
          </>
        )}
      </div>
    </Card>
  )
}
