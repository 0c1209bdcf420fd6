import type { ReactNode } from 'react'
import { useParams } from 'wouter'
import { manualRetriesMax } from '../../../queue/model.ts'
import { useDownload } from '../../api/use-download.ts'
import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { bytesText, countText } from '../../format/number.ts'
import { durationText } from '../../format/time.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Hash } from '../../ui/copy.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Link } from '../../ui/link.tsx'
import { MoreMenu } from '../../ui/more-menu.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { adviceFor } from './advice.ts'
import { type Job, tookMs } from './job.ts'
import { JobActions } from './job-actions.tsx'
import { JobProgress } from './job-progress.tsx'
import { JobState } from './job-state.tsx'
import { useJob } from './use-job.ts'

/** One job: where it stands, why it failed and what to do, and what it is for. */
export function JobPage() {
  const { id = '' } = useParams()
  const job = useJob(id)
  const back = { href: '/jobs', label: 'Jobs' }
  if (job.data === undefined)
    return (
      <>
        <PageHeader title="Job" back={back} />
        {job.error === null ? <Skeleton lines={8} /> : <ErrorState error={job.error} onRetry={job.retry} />}
      </>
    )
  return (
    <>
      <PageHeader
        title={`${job.data.supplier}: ${job.data.file_name}`}
        back={back}
        actions={
          <>
            <JobActions job={job.data} />
            <MoreMenu curl={job.curl} />
          </>
        }
      />
      {job.error !== null && (
        <div className="mb-4">
          <ErrorState error={job.error} onRetry={job.retry} />
        </div>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[1.4fr_1fr]">
        <div className="space-y-5">
          <Card title="How it stands" actions={<JobState job={job.data} />}>
            <Standing job={job.data} />
          </Card>
          {job.data.error !== null && <Failure error={job.data.error} job={job.data} />}
          <RawFile importId={job.data.import_id} />
        </div>
        <Card title="Job">
          <Facts facts={factsOf(job.data)} />
        </Card>
      </div>
    </>
  )
}

function Standing({ job }: { job: Job }) {
  if (job.status === 'queued')
    return (
      <p>
        {job.error === null ? 'It waits for its turn' : 'It is tried again by itself'}; not before{' '}
        <Time at={job.run_at} />.
      </p>
    )
  if (job.status === 'held')
    return (
      <>
        <JobProgress job={job} />
        <p className="mt-3">
          Its import waits for approval: <Link href={`/imports/${job.import_id}`}>see why</Link>.
        </p>
      </>
    )
  if (job.status === 'running' || job.status === 'succeeded') return <JobProgress job={job} />
  const ended: Record<string, string> = {
    dead: 'It is not tried again by itself.',
    failed: 'It failed; whoever began it was told.',
    cancelled: 'A person ended it, and nothing of it was published.',
    expired: 'It was not begun in the time it was given. It can be tried again by hand.',
    drained: 'It was taken out of the queue into a file.',
  }
  return <p>{ended[job.status]}</p>
}

function Failure({ error, job }: { error: NonNullable<Job['error']>; job: Job }) {
  return (
    <section className="rounded-lg border border-bad/40 bg-bad-soft p-4" aria-label="Error">
      <h2 className="text-lg font-semibold text-bad">
        {job.status === 'queued' ? 'Why the last attempt failed' : 'Why it failed'}
      </h2>
      <p className="mt-1 max-w-prose break-words">{pageText(error.message)}</p>
      <h3 className="mt-3 font-semibold">What to do</h3>
      <p className="max-w-prose">{adviceFor(error.kind)}</p>
      {!job.can_retry && job.manual_retry_count >= manualRetriesMax && (
        <p className="mt-2 max-w-prose">
          It was tried again by hand {manualRetriesMax} times, which is all. Fetch the source anew, or upload
          the file once more.
        </p>
      )}
      <p className="mt-2 font-mono text-xs text-muted">
        {error.kind} · {error.code}
      </p>
    </section>
  )
}

/** The file as it came, for those who may have it. */
function RawFile({ importId }: { importId: string }) {
  const mayOperate = useMay('operator')
  const { save, isBusy } = useDownload()
  const found = useRead('/api/v1/imports/:id', { params: { id: importId } })
  const sha256 = found.data?.sha256 ?? null
  const file = useRead(
    '/api/v1/archive/:sha256',
    { params: { sha256: sha256 ?? '' } },
    { isEnabled: sha256 !== null, isLive: false },
  )
  const of = (label: string, value: ReactNode): [string, ReactNode] => [label, value]
  return (
    <Card
      title="List"
      actions={
        mayOperate &&
        sha256 !== null && (
          <Button
            size="sm"
            icon="download"
            isBusy={isBusy}
            onClick={() => save(`/api/v1/archive/${sha256}/content`)}
          >
            Raw file
          </Button>
        )
      }
    >
      <Facts
        facts={[
          of('Import', <Link href={`/imports/${importId}`}>Its report and its rows</Link>),
          of('File', found.data?.file_name ?? '–'),
          of(
            'SHA-256',
            sha256 === null ? (
              <span className="text-muted">it is yet to be fetched</span>
            ) : (
              <Hash value={sha256} label="SHA-256" shown={12} />
            ),
          ),
          ...(file.data ? [of('Size', bytesText(file.data.size_bytes))] : []),
          ...(found.data
            ? [
                of(
                  'Rows',
                  `${countText(found.data.counts.read)} read, ${countText(found.data.counts.rejected)} rejected`,
                ),
              ]
            : []),
        ]}
      />
    </Card>
  )
}

function factsOf(job: Job): [string, ReactNode][] {
  const took = tookMs(job, new Date())
  return [
    [
      'Supplier',
      <Link key="supplier" href={`/suppliers/${job.supplier_id}`}>
        {job.supplier}
      </Link>,
    ],
    [
      'Source',
      <Link key="source" href={`/sources/${job.source_id}`}>
        {job.source}
      </Link>,
    ],
    ['Phase', job.phase === null ? '–' : sentenceCase(job.phase)],
    ['Attempts', `${job.attempt} begun`],
    ['Tried again', `${job.retry_count} by itself, ${job.manual_retry_count} of ${manualRetriesMax} by hand`],
    ['Made', <Time key="made" at={job.created_at} look="instant" />],
    ['Begun', <Time key="begun" at={job.started_at} look="instant" />],
    ['Ended', <Time key="ended" at={job.finished_at} look="instant" />],
    ['Took', took === null ? '–' : durationText(took)],
    ...(job.ml_job_id === null
      ? []
      : [['Analyzer', <Hash key="ml" value={job.ml_job_id} label="id" />] as [string, ReactNode]]),
    ['Job', <Hash key="id" value={job.job_id} />],
  ]
}
