import { useState } from 'react'
import { useList } from '../../api/use-list.ts'
import { pageText } from '../../format/advice.ts'
import { useMay } from '../../session/session.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ButtonLink, Link } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { BulkBar } from './bulk-bar.tsx'
import type { Job } from './job.ts'
import { JobFilters, jobQuery, useJobFilter } from './job-filters.tsx'
import { JobProgressLine } from './job-progress.tsx'
import { JobState } from './job-state.tsx'
import { QueueCard, QueueSwitch } from './queue-card.tsx'

/** What is worked on, waits and was done: one job for each list. */
export function JobsPage() {
  const mayOperate = useMay('operator')
  const [filter] = useJobFilter()
  const list = useList('/api/v1/jobs', 'jobs', { query: jobQuery(filter) }, { everyMs: 4000 })
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set())
  const rows = list.rows ?? []
  const chosen = rows.filter(({ job_id: id }) => chosenIds.has(id))
  const choose = (ids: readonly string[], isChosen: boolean) =>
    setChosenIds((before) => {
      const next = new Set(before)
      for (const id of ids) {
        if (isChosen) next.add(id)
        else next.delete(id)
      }
      return next
    })
  const choice: Column<Job> = {
    key: 'choice',
    width: 'w-10',
    header: (
      <input
        type="checkbox"
        aria-label="Choose all on this page"
        className="size-4 align-middle accent-accent"
        checked={rows.length > 0 && chosen.length === rows.length}
        onChange={(event) =>
          choose(
            rows.map(({ job_id: id }) => id),
            event.target.checked,
          )
        }
      />
    ),
    cell: ({ job_id: id, supplier, file_name: file }) => (
      <input
        type="checkbox"
        aria-label={`Choose ${supplier}, ${file}`}
        className="size-4 align-middle accent-accent"
        checked={chosenIds.has(id)}
        onChange={(event) => choose([id], event.target.checked)}
      />
    ),
  }
  const isFiltered = Object.keys(jobQuery(filter)).length > 0
  // A column in which nothing stands is left out.
  const suited = columns.filter(({ key }) => key !== 'error' || rows.some(({ error }) => error !== null))
  return (
    <>
      <PageHeader
        title="Jobs"
        description="Every list that is fetched or uploaded is worked on by a job."
        actions={
          <>
            <QueueSwitch />
            <ExportMenu address={list.exportAddress} curl={list.read.curl} />
          </>
        }
      />
      <QueueCard />
      <JobFilters />
      <Card isFlush>
        <BulkBar chosen={chosen} onDone={() => setChosenIds(new Set())} />
        <ListTable
          list={list}
          what="job"
          caption="Jobs"
          columns={mayOperate ? [choice, ...suited] : suited}
          rowKey={({ job_id: id }) => id}
          empty={
            isFiltered ? (
              <EmptyState icon="jobs" title="No job is like that">
                Take a filter away to see more.
              </EmptyState>
            ) : (
              <EmptyState
                icon="jobs"
                title="No jobs yet"
                action={<ButtonLink href="/upload">Upload a list</ButtonLink>}
              >
                A job begins when a list is uploaded, or a source is fetched.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  )
}

const columns: readonly Column<Job>[] = [
  {
    key: 'job',
    header: 'List',
    width: 'min-w-40',
    cell: ({ job_id: id, supplier, file_name: file }) => (
      <>
        <Link href={`/jobs/${id}`}>
          <span className="font-medium">{supplier}</span>
        </Link>
        <p className="line-clamp-2 text-sm wrap-anywhere text-muted">{file}</p>
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (job) => <JobState job={job} /> },
  { key: 'progress', header: 'Progress', hide: 'phone', cell: (job) => <JobProgressLine job={job} /> },
  {
    key: 'error',
    header: 'Error',
    hide: 'tablet',
    width: 'max-w-md',
    cell: ({ error }) =>
      error === null ? (
        <span className="text-muted">–</span>
      ) : (
        <span className="line-clamp-2">{pageText(error.message)}</span>
      ),
  },
  {
    key: 'attempt',
    header: 'Attempts',
    align: 'end',
    hide: 'tablet',
    cell: ({ attempt }) => attempt,
  },
  {
    key: 'made',
    header: 'Made',
    align: 'end',
    hide: 'phone',
    cell: ({ created_at: at }) => <Time at={at} />,
  },
]
