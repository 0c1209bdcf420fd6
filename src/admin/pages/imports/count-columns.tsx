import type { Answer } from '../../api/routes.ts'
import { Count, Moved } from '../../ui/count.tsx'
import type { Column } from '../../ui/table.tsx'

type ImportRow = Answer<'/api/v1/imports'>['imports'][number]

/** What imports changed, and how many of their rows were not taken: the same columns wherever imports are listed. */
export const countColumns: readonly Column<ImportRow>[] = [
  { key: 'new', header: 'New', align: 'end', hide: 'tablet', cell: (row) => <Count of={row.changes.new} /> },
  {
    key: 'up',
    header: 'Dearer',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Moved count={row.changes.price_up} isUp />,
  },
  {
    key: 'down',
    header: 'Cheaper',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Moved count={row.changes.price_down} />,
  },
  {
    key: 'gone',
    header: 'Gone',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Count of={row.changes.gone} />,
  },
  {
    key: 'rejected',
    header: 'Rejected',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Count of={row.counts.rejected} isBad />,
  },
]
