import { ApiError } from '../../api/api-error.ts'
import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { countText, moveText } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import { Card, Stat } from '../../ui/card.tsx'
import { Delta } from '../../ui/delta.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Money } from '../../ui/money.tsx'
import { RowsExport } from '../../ui/rows-export.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { ChangedItems } from './changed-items.tsx'
import type { Import } from './import-page.tsx'

type Report = Answer<'/api/v1/imports/:id/changes'>
type Move = Report['largest_rises'][number]
type Item = Report['new_items'][number]

/** What a list changed, or would change: the biggest moves first. */
export function ChangesTab({ found }: { found: Import }) {
  const { data, error, retry, curl } = useRead('/api/v1/imports/:id/changes', { params: { id: found.id } })
  if (data === undefined) {
    if (error === null) return <Skeleton lines={6} />
    const isNone = error instanceof ApiError && error.failure.code === 'no_changes'
    return isNone ? (
      <EmptyState icon="imports" title="Nothing was compared">
        This list did not get as far as the catalog.
      </EmptyState>
    ) : (
      <ErrorState error={error} onRetry={retry} />
    )
  }
  const moves = [...data.largest_rises, ...data.largest_falls].toSorted(
    (a, b) => Math.abs(b.move) - Math.abs(a.move),
  )
  const isPublished = found.published_at !== null
  return (
    <div className="space-y-5">
      <Figures report={data} />
      {moves.length > 0 && (
        <Card
          title="Biggest price moves"
          isFlush
          actions={<RowsExport rows={moves} name="price-moves" curl={curl} />}
        >
          <Table
            caption="Biggest price moves"
            columns={moveColumns}
            rows={moves}
            rowKey={({ sku, name, move }) => `${sku} ${name} ${move}`}
          />
        </Card>
      )}
      {(data.new_items.length > 0 || data.gone_items.length > 0) && (
        <div
          className={`grid grid-cols-1 items-start gap-5 ${data.new_items.length > 0 && data.gone_items.length > 0 ? 'lg:grid-cols-2' : ''}`}
        >
          <Items title="New" of={data.counts.new} items={data.new_items} curl={curl} />
          <Items title="Gone" of={data.counts.gone} items={data.gone_items} curl={curl} />
        </div>
      )}
      <OtherChanges report={data} />
      {isPublished && <ChangedItems id={found.id} />}
    </div>
  )
}

function Figures({ report: { counts, shares, prices } }: { report: Report }) {
  const share = (value: number | null) =>
    value === null || value === 0 ? undefined : `${moveText(value).slice(1)} of items`
  const figures = [
    ['New', counts.new, share(shares.new), 'ink'],
    ['Dearer', counts.price_up, share(shares.price_up), counts.price_up > 0 ? 'bad' : 'ink'],
    ['Cheaper', counts.price_down, share(shares.price_down), counts.price_down > 0 ? 'good' : 'ink'],
    ['Gone', counts.gone, share(shares.gone), counts.gone > 0 ? 'warn' : 'ink'],
    ['Rejected rows', counts.rejected_rows, undefined, counts.rejected_rows > 0 ? 'bad' : 'ink'],
    ['Unchanged', counts.unchanged, undefined, 'ink'],
  ] as const
  return (
    <>
      <dl className="grid grid-cols-3 gap-2 sm:gap-3 lg:grid-cols-6">
        {figures.map(([label, count, hint, tone]) => (
          <Stat key={label} label={label} value={countText(count)} hint={hint} tone={tone} />
        ))}
      </dl>
      {prices.median_move !== null && (
        <p className="text-muted">
          Half of the prices that moved did so by more than <Delta share={prices.median_move} />, half by
          less.
        </p>
      )}
    </>
  )
}

function Items({ title, of, items, curl }: { title: string; of: number; items: Item[]; curl: string }) {
  if (items.length === 0) return null
  return (
    <Card
      title={`${title} (${countText(of)})`}
      isFlush
      actions={<RowsExport rows={items} name={`${title.toLowerCase()}-items`} curl={curl} />}
    >
      <Table
        caption={`${title} items`}
        columns={itemColumns}
        rows={items}
        rowKey={({ sku, name }) => `${sku} ${name}`}
      />
      {items.length < of && (
        <p className="px-4 py-2.5 text-sm text-muted">The first {countText(items.length)} of them.</p>
      )}
    </Card>
  )
}

function OtherChanges({ report: { fields, prices, counts } }: { report: Report }) {
  const names = Object.entries(fields)
  const told = [
    ...names.map(([field, count]) => `${sentenceCase(field)}: ${countText(count)}`),
    ...(prices.of_other_kind > 0
      ? [`In another currency or for another quantity: ${countText(prices.of_other_kind)}`]
      : []),
    ...(counts.returned > 0 ? [`Listed again: ${countText(counts.returned)}`] : []),
  ]
  if (told.length === 0) return null
  return (
    <Card title="What else changed">
      <ul className="flex flex-wrap gap-x-6 gap-y-1">
        {told.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </Card>
  )
}

const named = <Row extends { sku: string | null; name: string }>(): Column<Row>[] => [
  {
    key: 'sku',
    header: 'Article',
    cell: (row) => <span className="whitespace-nowrap">{row.sku ?? '–'}</span>,
  },
  { key: 'name', header: 'Name', cell: (row) => row.name, width: 'min-w-40 break-words' },
]

const moveColumns: Column<Move>[] = [
  ...named<Move>(),
  {
    key: 'before',
    header: 'Before',
    align: 'end',
    cell: (row) => <Money price={row.old_price} currency={row.currency} />,
  },
  {
    key: 'now',
    header: 'Now',
    align: 'end',
    cell: (row) => <Money price={row.new_price} currency={row.currency} />,
  },
  { key: 'move', header: 'Move', align: 'end', cell: (row) => <Delta share={row.move} /> },
]

const itemColumns: Column<Item>[] = [
  ...named<Item>(),
  {
    key: 'price',
    header: 'Price',
    align: 'end',
    cell: (row) => <Money price={row.price} currency={row.currency} />,
  },
]
