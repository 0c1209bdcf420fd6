import { StateBadge } from '../../ui/badge.tsx'
import type { Column } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { scheduleText } from '../sources/schedule-text.ts'
import { kindNames } from '../sources/source-fields.tsx'
import type { Source } from './supplier.ts'

/** Columns of a list of sources. @param hasSupplier false: they are all of one */
export function sourceColumns(hasSupplier: boolean): readonly Column<Source>[] {
  return [
    {
      key: 'name',
      header: 'Source',
      width: 'min-w-32 max-w-72 break-words',
      cell: ({ name, supplier }) => (hasSupplier ? `${supplier}: ${name}` : name),
    },
    { key: 'kind', header: 'Kind', hide: 'phone', cell: ({ kind }) => kindNames[kind] ?? kind },
    {
      key: 'schedule',
      header: 'Fetched',
      hide: 'tablet',
      cell: ({ schedule, kind }) => (kind === 'upload' ? 'when handed in' : scheduleText(schedule)),
    },
    {
      key: 'next',
      header: 'Next',
      hide: 'tablet',
      cell: ({ paused_at: pausedAt, next_runs: [next] }) =>
        pausedAt === null ? <Time at={next ?? null} /> : <StateBadge state="paused" />,
    },
    {
      key: 'last',
      header: 'Last import',
      cell: ({ last_import: last }) =>
        last === null ? <span className="text-muted">none yet</span> : <StateBadge state={last.status} />,
    },
    {
      key: 'when',
      header: 'Arrived',
      align: 'end',
      cell: ({ last_import: last }) => <Time at={last?.created_at ?? null} />,
    },
  ]
}
