import type { ReactNode } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { countOf, countText } from '../../format/number.ts'
import { durationText } from '../../format/time.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Link } from '../../ui/link.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

/** Whether the service can do its work, and how fetching and importing goes. */
export function HealthSection() {
  const ready = useRead('/readyz', {})
  const health = useRead('/api/v1/ingestion/health', {})
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <Card title="Service" actions={ready.data && <StateBadge state={ready.data.status} />}>
        {ready.error !== null ? (
          <ErrorState error={ready.error} onRetry={ready.retry} />
        ) : ready.data === undefined ? (
          <Skeleton lines={3} />
        ) : (
          <Facts facts={serviceFacts(ready.data)} />
        )}
      </Card>
      <Card title="Fetching and importing" actions={health.data && <StateBadge state={health.data.status} />}>
        {health.data === undefined ? (
          health.error === null ? (
            <Skeleton lines={5} />
          ) : (
            <ErrorState error={health.error} onRetry={health.retry} />
          )
        ) : (
          <Ingestion health={health.data} />
        )}
      </Card>
      {health.data !== undefined && health.data.sources.stale.length > 0 && (
        <div className="xl:col-span-2">
          <Card title="Sources whose lists are late" isFlush>
            <Table
              caption="Sources whose lists are late"
              rows={health.data.sources.stale}
              rowKey={({ source_id: id }) => id}
              rowHref={({ source_id: id }) => `/sources/${id}`}
              columns={[
                { key: 'source', header: 'Source', cell: ({ supplier, source }) => `${supplier}: ${source}` },
                { key: 'due', header: 'Due since', cell: ({ due_at: at }) => <Time at={at} /> },
                {
                  key: 'good',
                  header: 'Last good list',
                  cell: ({ last_good_at: at }) => <Time at={at} />,
                },
              ]}
            />
          </Card>
        </div>
      )}
    </div>
  )
}

function serviceFacts({ redis, disk }: Answer<'/readyz'>): [string, ReactNode][] {
  return [
    ['Database', 'It answers, and its schema is the one of this version.'],
    [
      'Redis',
      redis === undefined ? (
        <span key="redis" className="text-muted">
          not used: the database carries the queue
        </span>
      ) : (
        <span key="redis">
          <StateBadge state={redis.status} /> {redis.message}
        </span>
      ),
    ],
    [
      'Room for files',
      disk === undefined ? (
        'There is enough.'
      ) : (
        <span key="disk">
          <StateBadge state="failing" /> {disk.message}
        </span>
      ),
    ],
  ]
}

function Ingestion({ health }: { health: Answer<'/api/v1/ingestion/health'> }) {
  const { reasons, queue, sources, dead_letters: dead, last_run: lastRun } = health
  const deadCount = dead.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className="space-y-4">
      {reasons.length > 0 && (
        <ul className="space-y-1">
          {reasons.map(({ code, message }) => (
            <li key={code} className="rounded-md bg-warn-soft px-3 py-2">
              {message}
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          [
            'Queue',
            <Link key="queue" href="/jobs">
              {countText(queue.waiting)} waiting, {countText(queue.running)} running,{' '}
              {countText(queue.put_off)} put off
            </Link>,
          ],
          [
            'Oldest due',
            queue.oldest_due_seconds === null
              ? 'nothing waits'
              : durationText(queue.oldest_due_seconds * 1000),
          ],
          [
            'Dead letters',
            <Link key="dead" href="/dead-letters">
              {deadCount === 0 ? 'none' : countText(deadCount)}
            </Link>,
          ],
          ['Late sources', sources.stale_count === 0 ? 'none' : countText(sources.stale_count)],
          ['Paused sources', sources.paused === 0 ? 'none' : countText(sources.paused)],
          [
            'Last run',
            lastRun === null ? (
              'none yet'
            ) : (
              <span key="run">
                <StateBadge state={lastRun.status} /> {countOf(lastRun.source_count, 'source')},{' '}
                <Time at={lastRun.created_at} />
              </span>
            ),
          ],
        ]}
      />
    </div>
  )
}
