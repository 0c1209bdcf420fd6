import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Count, Moved } from '../../ui/count.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { SearchFilter } from '../../ui/filter-bar.tsx'
import { ButtonLink, Link } from '../../ui/link.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

type Activity = Answer<'/api/v1/supplier-activity'>['suppliers'][number]

const columns: readonly Column<Activity>[] = [
  {
    key: 'supplier',
    header: 'Supplier',
    cell: ({ supplier }) => supplier,
    width: 'min-w-36 max-w-72 wrap-anywhere',
  },
  { key: 'fresh', header: 'Prices from', cell: ({ fresh_at: at }) => <Time at={at} /> },
  {
    key: 'last',
    header: 'Last import',
    cell: ({ last_import: last }) =>
      last === null ? (
        <span className="text-muted">None yet</span>
      ) : (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <StateBadge state={last.status} />
          <span className="max-w-56 truncate max-lg:hidden" title={last.file_name}>
            <Link href={`/imports/${last.id}`}>{last.file_name}</Link>
          </span>
        </span>
      ),
  },
  { key: 'up', header: 'Dearer', align: 'end', cell: ({ price_up: up }) => <Moved count={up} isUp /> },
  { key: 'down', header: 'Cheaper', align: 'end', cell: ({ price_down: down }) => <Moved count={down} /> },
  { key: 'new', header: 'New', align: 'end', hide: 'phone', cell: (row) => <Count of={row.new} /> },
  { key: 'gone', header: 'Gone', align: 'end', hide: 'phone', cell: (row) => <Count of={row.gone} /> },
  {
    key: 'rejected',
    header: 'Rejected rows',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Count of={row.rejected_rows} isBad />,
  },
  {
    key: 'failed',
    header: 'Failed',
    align: 'end',
    hide: 'tablet',
    cell: (row) => <Count of={row.failed} isBad />,
  },
]

/** Each supplier with how fresh its prices are, and what this week's lists changed. */
export function SupplierTable() {
  const [filter, setFilter] = useAddressState(['search'])
  const { search } = filter
  const list = useList('/api/v1/supplier-activity', 'suppliers', { query: search ? { search } : {} })
  // Where there is no supplier at all there is none to find.
  const isEmpty = !search && list.rows?.length === 0
  return (
    <Card
      title="Suppliers, last 7 days"
      isFlush
      actions={
        <>
          {!isEmpty && (
            <search className="max-sm:grow max-sm:basis-44">
              <SearchFilter
                label="Find a supplier"
                value={search ?? ''}
                onChange={(text) => setFilter({ search: text }, { isReplacing: true })}
              />
            </search>
          )}
          <ExportMenu address={list.exportAddress} curl={list.read.curl} />
        </>
      }
    >
      <ListTable
        list={list}
        what="supplier"
        caption="Suppliers and what came in of them in the last seven days"
        columns={columns}
        rowKey={(row) => row.supplier_id}
        rowHref={(row) => `/suppliers/${row.supplier_id}`}
        empty={
          search ? (
            <EmptyState icon="search" title="No supplier has that in its name" />
          ) : (
            <EmptyState
              icon="suppliers"
              title="No suppliers yet"
              action={
                <ButtonLink href="/upload" icon="upload" look="primary">
                  Upload the first list
                </ButtonLink>
              }
            >
              A supplier is made with its first list: drop any price list, as it came, and see how it is read.
            </EmptyState>
          )
        }
      />
    </Card>
  )
}
