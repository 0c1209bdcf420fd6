import type { Answer } from '../../api/routes.ts'
import { useList } from '../../api/use-list.ts'
import { useRead } from '../../api/use-read.ts'
import { Card } from '../../ui/card.tsx'
import { Delta } from '../../ui/delta.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Link } from '../../ui/link.tsx'
import { Money } from '../../ui/money.tsx'
import { PriceChart } from '../../ui/price-chart.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { cellName } from './cell-name.ts'
import { chartOf, moveBefore } from './price-points.ts'

export type PricePoint = Answer<'/api/v1/items/:id/history'>['history'][number]

/** Points of a chart: more cannot be told apart on any screen. */
const chartMax = 1000

/** Every price that an item had: drawn, and each with the cell in which it was written. */
export function PriceHistory({ id }: { id: string }) {
  const drawn = useRead('/api/v1/items/:id/history', {
    params: { id },
    query: { limit: chartMax, is_tier: false },
  })
  const list = useList('/api/v1/items/:id/history', 'history', { params: { id } })
  const rows = list.rows ?? []
  const columns: readonly Column<PricePoint>[] = [
    {
      key: 'at',
      header: 'Since',
      // In two lines on a phone, so that there is room for the file.
      width: 'max-sm:min-w-28 max-sm:[&>time]:whitespace-normal',
      cell: ({ recorded_at: at }) => <Time at={at} look="instant" />,
    },
    {
      key: 'price',
      header: 'Price',
      align: 'end',
      cell: (point) => (
        <>
          <Money price={point.price} currency={point.currency} />
          {point.tier !== null && <span className="block text-sm text-muted">{point.tier}</span>}
          <span className="block text-sm sm:hidden">
            <Delta share={moveBefore(point, rows)} />
          </span>
        </>
      ),
    },
    {
      key: 'move',
      header: 'Move',
      align: 'end',
      hide: 'phone',
      cell: (point) => <Delta share={moveBefore(point, rows)} />,
    },
    {
      key: 'file',
      header: 'Written in',
      width: 'min-w-40 max-w-72 break-words',
      cell: ({ file_name: file, import_id: importId, sheet, row, column }) =>
        importId === null ? (
          <span className="text-muted">Deleted with its source</span>
        ) : (
          <>
            <Link href={`/imports/${importId}`}>{file}</Link>
            <span className="block text-sm text-muted">
              {sheet !== null && `${sheet} `}
              <span>{cellName(row, column)}</span>
            </span>
          </>
        ),
    },
    {
      key: 'raw',
      header: 'As written',
      cell: ({ raw }) =>
        raw === null ? (
          <span className="text-muted">–</span>
        ) : (
          <code className="font-mono text-sm break-all">{raw}</code>
        ),
    },
  ]
  return (
    <Card title="Prices" isFlush actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />}>
      {drawn.data
        ? drawn.data.history.some(({ price }) => price !== null) && (
            <div className="border-b border-line px-4 pt-4 pb-2">
              <PriceChart chart={chartOf(drawn.data.history)} />
            </div>
          )
        : !drawn.error && (
            <div className="p-4">
              <Skeleton lines={4} />
            </div>
          )}
      <ListTable
        list={list}
        what="price"
        caption="Prices over time"
        columns={columns}
        rowKey={({ recorded_at: at, tier, min_quantity: from, import_id: importId }) =>
          [at, tier, from, importId].join(' ')
        }
        empty={<EmptyState title="It never had a price" />}
      />
    </Card>
  )
}
