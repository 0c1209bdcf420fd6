import { useCallback, useState } from 'react'
import { useLocation } from 'wouter'
import { sourceKinds } from '../../../sources/model.ts'
import type { Answer, Query } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { useRead } from '../../api/use-read.ts'
import { countText } from '../../format/number.ts'
import { useMay } from '../../session/session.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Count } from '../../ui/count.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar, SearchFilter } from '../../ui/filter-bar.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import { Toolbar } from '../../ui/toolbar.tsx'
import { kindNames } from '../sources/source-fields.tsx'
import { sourceColumns } from './source-table.tsx'
import type { Source } from './supplier.ts'
import { SupplierDialog } from './supplier-dialog.tsx'

type Supplier = Answer<'/api/v1/suppliers'>['suppliers'][number]

/** Who delivers lists, how fresh they are, and where they come from. */
export function SuppliersPage() {
  const mayOperate = useMay('operator')
  const [, navigate] = useLocation()
  const [isAdding, setAdding] = useState(false)
  return (
    <>
      <PageHeader
        title="Suppliers and sources"
        actions={
          mayOperate && (
            <>
              <ButtonLink href="/sources/new" icon="plus">
                Add source
              </ButtonLink>
              <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
                Add supplier
              </Button>
            </>
          )
        }
      />
      <Tabs
        label="Suppliers and sources"
        tabs={[
          { name: 'suppliers', label: 'Suppliers' },
          { name: 'sources', label: 'Sources' },
        ]}
      >
        {(current) => (current === 'sources' ? <SourceList /> : <SupplierList />)}
      </Tabs>
      <SupplierDialog
        isOpen={isAdding}
        supplier={null}
        onClose={() => setAdding(false)}
        onDone={({ id }) => navigate(`/suppliers/${id}`)}
      />
    </>
  )
}

function SupplierList() {
  const [filter, setFilter] = useAddressState(['search'])
  const list = useList('/api/v1/suppliers', 'suppliers', {
    query: { ...(filter.search !== undefined && { search: filter.search }) },
  })
  const activity = useActivity(filter.search)
  const search = useCallback(
    (text: string) => setFilter({ search: text }, { isReplacing: true }),
    [setFilter],
  )
  return (
    <>
      <Toolbar actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />}>
        <FilterBar onClear={null}>
          <SearchFilter label="Search suppliers" value={filter.search ?? ''} onChange={search} />
        </FilterBar>
      </Toolbar>
      <Card isFlush>
        <ListTable
          list={list}
          what="supplier"
          caption="Suppliers"
          columns={suited(supplierColumns(activity), list.rows ?? [])}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/suppliers/${id}`}
          empty={
            filter.search === undefined ? (
              <EmptyState
                icon="suppliers"
                title="No suppliers yet"
                action={
                  <ButtonLink href="/upload" look="primary" icon="upload">
                    Upload a list
                  </ButtonLink>
                }
              >
                The first list makes its supplier by itself.
              </EmptyState>
            ) : (
              <EmptyState icon="search" title={`No supplier is called “${filter.search}”`} />
            )
          }
        />
      </Card>
    </>
  )
}

type Activity = ReadonlyMap<string, Answer<'/api/v1/supplier-activity'>['suppliers'][number]>

/** What came in lately of the suppliers of one page; its pages are those of the list of suppliers. */
function useActivity(search: string | undefined): Activity {
  const [{ cursor }] = useAddressState(['cursor'])
  const { data } = useRead('/api/v1/supplier-activity', {
    query: { ...(search !== undefined && { search }), ...(cursor !== undefined && { cursor }) },
  })
  return new Map(data?.suppliers.map((each) => [each.supplier_id, each]))
}

/** Without the columns in which nothing would stand. */
function suited(
  columns: readonly Column<Supplier>[],
  rows: readonly Supplier[],
): readonly Column<Supplier>[] {
  const isEmpty = (key: string) =>
    (key === 'country' || key === 'currency') && rows.every((row) => row[key] === null)
  return columns.filter(({ key }) => !isEmpty(key))
}

function supplierColumns(activity: Activity): readonly Column<Supplier>[] {
  return [
    { key: 'name', header: 'Supplier', width: 'min-w-32', cell: ({ name }) => name },
    { key: 'items', header: 'Items', align: 'end', cell: ({ item_count: count }) => countText(count) },
    {
      key: 'gone',
      header: 'Gone',
      align: 'end',
      hide: 'tablet',
      cell: ({ gone_count: count }) => <Count of={count} />,
    },
    { key: 'country', header: 'Country', hide: 'tablet', cell: ({ country }) => country ?? <None /> },
    { key: 'currency', header: 'Currency', hide: 'tablet', cell: ({ currency }) => currency ?? <None /> },
    {
      key: 'state',
      header: 'Last import',
      hide: 'phone',
      cell: ({ id }) => {
        const last = activity.get(id)?.last_import
        return last ? <StateBadge state={last.status} /> : <None />
      },
    },
    {
      key: 'fresh',
      header: 'Prices from',
      align: 'end',
      cell: ({ id }) => <Time at={activity.get(id)?.fresh_at ?? null} />,
    },
  ]
}

const None = () => <span className="text-muted">–</span>

function SourceList() {
  const mayOperate = useMay('operator')
  const [filter, setFilter] = useAddressState(['kind', 'paused', 'scheduled'])
  const { kind, paused, scheduled } = filter
  const query: Query<'/api/v1/sources'> = {
    // What is no kind at all is left to the API to say.
    ...(kind !== undefined && { kind: kind as Source['kind'] }),
    ...(paused !== undefined && { paused: paused === 'true' }),
    ...(scheduled !== undefined && { scheduled: scheduled === 'true' }),
  }
  const list = useList('/api/v1/sources', 'sources', { query }, { cursorName: 'sources_cursor' })
  const isFiltered = Object.keys(query).length > 0
  return (
    <>
      <Toolbar actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />}>
        <FilterBar
          onClear={isFiltered ? () => setFilter({ kind: null, paused: null, scheduled: null }) : null}
        >
          <ChoiceFilter
            label="Kind"
            value={kind ?? ''}
            choices={[
              { value: '', label: 'All kinds' },
              ...sourceKinds.map((value) => ({ value, label: kindNames[value] ?? value })),
            ]}
            onChange={(value) => setFilter({ kind: value })}
          />
          <ChoiceFilter
            label="Paused"
            value={paused ?? ''}
            choices={[
              { value: '', label: 'Paused or not' },
              { value: 'true', label: 'Paused' },
              { value: 'false', label: 'Not paused' },
            ]}
            onChange={(value) => setFilter({ paused: value })}
          />
          <ChoiceFilter
            label="Schedule"
            value={scheduled ?? ''}
            choices={[
              { value: '', label: 'With or without schedule' },
              { value: 'true', label: 'With a schedule' },
              { value: 'false', label: 'Without' },
            ]}
            onChange={(value) => setFilter({ scheduled: value })}
          />
        </FilterBar>
      </Toolbar>
      <Card isFlush>
        <ListTable
          list={list}
          what="source"
          caption="Sources"
          columns={sourceColumns(true)}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/sources/${id}`}
          empty={
            isFiltered ? (
              <EmptyState icon="search" title="No source is like that" />
            ) : (
              <EmptyState
                icon="link"
                title="No sources yet"
                action={
                  mayOperate && (
                    <ButtonLink href="/sources/new" look="primary" icon="plus">
                      Add source
                    </ButtonLink>
                  )
                }
              >
                A source says where a supplier’s lists come from, and when they are fetched.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  )
}
