import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { useMay } from '../../session/session.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Link } from '../../ui/link.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { intervalText, scheduleText } from '../sources/schedule-text.ts'
import { TaskCard } from './task-table.tsx'
import { TicksDialog } from './ticks-dialog.tsx'

type Schedule = Answer<'/api/v1/schedules'>['schedules'][number]

/** What is done by itself, and when; and the clean-ups, which can be looked at before they delete. */
export function SchedulesPage() {
  const read = useRead('/api/v1/schedules', {})
  const mayOperate = useMay('operator')
  const [state, setState] = useAddressState(['ticks'])
  const schedules = read.data?.schedules
  const shown = schedules?.find(({ name }) => name === state.ticks)
  const fetchSource = useChange('POST', '/api/v1/sources/:id/trigger', {
    done: 'It is being fetched.',
    isKeyed: true,
  })
  const fetchAll = useChange('POST', '/api/v1/ingestion/trigger', {
    done: ({ started, skipped }) =>
      `${started.length} begun${skipped.length > 0 ? `, ${skipped.length} left out` : ''}.`,
    isKeyed: true,
  })
  const action: Column<Schedule> = {
    key: 'action',
    header: <span className="sr-only">More</span>,
    align: 'end',
    cell: ({ name, title, source_id: sourceId }) => (
      // No taller than the line that it stands in.
      <div className="-my-2">
        <Menu label={`More about ${title}`} icon="more" isIconOnly>
          <MenuItem icon="history" onChoose={() => setState({ ticks: name })}>
            What it did
          </MenuItem>
          {mayOperate && sourceId !== null && (
            <MenuItem icon="play" onChoose={() => fetchSource.run({ params: { id: sourceId } })}>
              Fetch now
            </MenuItem>
          )}
          {mayOperate && name === 'daily-run' && (
            <MenuItem icon="play" onChoose={() => fetchAll.run({ body: { all: true } })}>
              Fetch all sources now
            </MenuItem>
          )}
        </Menu>
      </div>
    ),
  }
  return (
    <>
      <PageHeader
        title="Schedules"
        description="What is done by itself, and when. Times are in your zone; point at one for UTC."
        actions={
          <ExportMenu
            address={{ path: '/api/v1/exports/schedules', params: {}, query: {} }}
            curl={read.curl}
          />
        }
      />
      <div className="space-y-5">
        <Card title="Fetching and checks" isFlush>
          {schedules === undefined ? (
            <div className="p-4">
              {read.error === null ? (
                <Skeleton lines={6} />
              ) : (
                <ErrorState error={read.error} onRetry={read.retry} />
              )}
            </div>
          ) : (
            <Table
              caption="Schedules"
              columns={[...columns, action]}
              rows={schedules}
              rowKey={({ name }) => name}
            />
          )}
        </Card>
        <TaskCard />
      </div>
      {shown && (
        <TicksDialog name={shown.name} title={titleOf(shown)} onClose={() => setState({ ticks: null })} />
      )}
    </>
  )
}

const titles: Record<string, string> = {
  'daily-run': 'Daily run',
  'feed-check': 'Look at watched sources',
  'clean-up': 'Clean-ups',
}
const titleOf = ({ name, title }: Schedule) => titles[name] ?? title

const columns: readonly Column<Schedule>[] = [
  {
    key: 'title',
    header: 'What',
    width: 'min-w-36',
    cell: (schedule) => (
      <>
        {schedule.source_id === null ? (
          <span className="font-medium">{titleOf(schedule)}</span>
        ) : (
          <Link href={`/sources/${schedule.source_id}`}>{titleOf(schedule)}</Link>
        )}
        {schedule.problem !== null && <p className="text-sm text-bad">{schedule.problem}</p>}
      </>
    ),
  },
  {
    key: 'when',
    header: 'When',
    hide: 'phone',
    cell: ({ cron, interval_seconds: seconds, time_zone: zone }) => (
      <>
        {seconds === null ? scheduleText(cron) : intervalText(seconds)}
        {zone !== null && <p className="text-sm text-muted">{zone}</p>}
      </>
    ),
  },
  {
    key: 'next',
    header: 'Next five times',
    cell: ({ next_runs: runs, paused_at: pausedAt }) =>
      pausedAt === null ? (
        <details>
          <summary>
            <Time at={runs[0] ?? null} />
          </summary>
          <ol className="mt-1 space-y-0.5 text-sm text-muted">
            {runs.map((at) => (
              <li key={at}>
                <Time at={at} look="instant" />
              </li>
            ))}
          </ol>
        </details>
      ) : (
        <StateBadge state="paused" />
      ),
  },
  {
    key: 'last',
    header: 'Last time',
    hide: 'phone',
    cell: ({ last_tick: last }) =>
      last === null ? (
        <span className="text-muted">not yet</span>
      ) : (
        <>
          <StateBadge state={last.outcome} /> <Time at={last.minute} />
          {last.note !== null && <p className="max-w-72 text-sm text-muted">{last.note}</p>}
        </>
      ),
  },
]
