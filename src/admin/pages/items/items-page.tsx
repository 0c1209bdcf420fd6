import { useState } from 'react'
import { useSearch } from 'wouter'
import type { Answer, Query } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar, SearchFilter } from '../../ui/filter-bar.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { Money } from '../../ui/money.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { SupplierFilter } from '../suppliers/supplier-filter.tsx'
import { characteristicColumns } from './characteristic-columns.ts'
import { FactFilters } from './fact-filters.tsx'

export type Item = Answer<'/api/v1/items'>['items'][number]

const filterNames = [
  'search',
  'supplier_id',
  'category',
  'brand',
  'price_from',
  'price_to',
  'characteristic',
  'with_gone',
] as const

/** Everything that suppliers sell, found by words and narrowed by facts. */
export function ItemsPage() {
  const [filter, setFilter] = useAddressState(filterNames)
  const [isNarrowing, setNarrowing] = useState(false)
  const isFiltered = new URLSearchParams(useSearch()).size > 0
  const query: Query<'/api/v1/items'> = {
    ...(filter.search && { search: filter.search }),
    ...(filter.supplier_id && { supplier_id: filter.supplier_id }),
    ...(filter.category && { category: filter.category }),
    ...(filter.brand && { brand: filter.brand }),
    ...(filter.price_from && { price_from: filter.price_from }),
    ...(filter.price_to && { price_to: filter.price_to }),
    ...(filter.characteristic && { characteristic: filter.characteristic }),
    ...(filter.with_gone === 'true' && { with_gone: true }),
  }
  const list = useList('/api/v1/items', 'items', { query })
  const characteristics = characteristicColumns(list.rows ?? [])
  const rows = list.rows ?? []
  // A column in which nothing stands is left out.
  const suited = columns.filter(
    ({ key }) => (key !== 'brand' && key !== 'category') || rows.some((item) => item[key] !== null),
  )
  const set = (change: Partial<Record<(typeof filterNames)[number], string | null>>) => setFilter(change)
  const clear = () => set(Object.fromEntries(filterNames.map((name) => [name, null])))
  return (
    <>
      <PageHeader title="Items" actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />} />
      <FilterBar onClear={isFiltered ? clear : null}>
        <SearchFilter
          label="Words of name or SKU"
          value={filter.search ?? ''}
          onChange={(search) => setFilter({ search }, { isReplacing: true })}
        />
        <SupplierFilter
          value={filter.supplier_id ?? ''}
          onChange={(supplier_id) => set({ supplier_id, category: null })}
        />
        <ChoiceFilter
          label="Listed or gone"
          value={filter.with_gone ?? ''}
          choices={[
            { value: '', label: 'Listed now' },
            { value: 'true', label: 'Gone ones too' },
          ]}
          onChange={(with_gone) => set({ with_gone })}
        />
        <FactFilters
          filter={filter}
          items={list.rows ?? []}
          isOpen={isNarrowing}
          onOpen={setNarrowing}
          onChange={set}
        />
      </FilterBar>
      <Card isFlush>
        <ListTable
          list={list}
          what="item"
          caption="Items"
          isWide={characteristics.length > 2}
          columns={[...suited, ...characteristics.map(characteristicColumn), ...lastColumns]}
          rowKey={(item) => item.id}
          rowHref={(item) => `/items/${item.id}`}
          empty={
            isFiltered ? (
              <EmptyState icon="search" title="No item is like that">
                Words may stand in any order, and of the last one its beginning is enough. Take a filter away
                to see more.
              </EmptyState>
            ) : (
              <EmptyState
                title="No items yet"
                action={
                  <ButtonLink href="/upload" icon="upload" look="primary">
                    Upload a list
                  </ButtonLink>
                }
              >
                They come with the first price list that is published.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  )
}

const columns: readonly Column<Item>[] = [
  {
    key: 'name',
    header: 'Name',
    width: 'min-w-44 max-w-96 wrap-anywhere sm:min-w-72',
    cell: ({ name, sku, supplier }) => (
      <>
        <span title={name} className="line-clamp-3 sm:line-clamp-2">
          {name}
        </span>
        <span className="line-clamp-2 text-sm font-normal text-muted sm:hidden">
          {sku !== null && `${sku} · `}
          {supplier}
        </span>
      </>
    ),
  },
  {
    key: 'price',
    header: 'Price',
    align: 'end',
    cell: ({ price, currency, price_quantity: quantity, unit }) => (
      <>
        <Money price={price} currency={currency} />
        {price !== null && (unit !== null || quantity !== null) && (
          <span className="block text-sm text-muted">
            per {[quantity, unit ?? 'units'].filter(Boolean).join(' ')}
          </span>
        )}
      </>
    ),
  },
  {
    key: 'sku',
    header: 'SKU',
    hide: 'phone',
    cell: ({ sku }) => <span className="font-mono text-sm whitespace-nowrap">{sku ?? '–'}</span>,
  },
  {
    key: 'supplier',
    header: 'Supplier',
    hide: 'phone',
    width: 'max-w-56 break-words',
    cell: ({ supplier }) => (
      <span title={supplier} className="line-clamp-2">
        {supplier}
      </span>
    ),
  },
  { key: 'brand', header: 'Brand', hide: 'tablet', cell: ({ brand }) => brand ?? <None /> },
  {
    key: 'category',
    header: 'Category',
    hide: 'tablet',
    width: 'max-w-64 break-words',
    cell: ({ category }) =>
      category === null ? (
        <None />
      ) : (
        <span title={category} className="line-clamp-2">
          {category}
        </span>
      ),
  },
]

const lastColumns: readonly Column<Item>[] = [
  {
    key: 'state',
    header: <span className="sr-only">State</span>,
    cell: ({ gone_at: gone, deleted_at: deleted, pinned }) => (
      <span className="flex flex-wrap gap-1">
        {deleted !== null ? (
          <Badge tone="bad">Deleted</Badge>
        ) : (
          gone !== null && <Badge tone="warn">Gone</Badge>
        )}
        {Object.keys(pinned).length > 0 && <Badge tone="info">Edited</Badge>}
      </span>
    ),
  },
]

const characteristicColumn = (name: string): Column<Item> => ({
  key: `characteristic ${name}`,
  header: name,
  hide: 'tablet',
  width: 'max-w-56 break-words',
  cell: ({ characteristics }) => characteristics[name] ?? <None />,
})

function None() {
  return <span className="text-muted">–</span>
}
