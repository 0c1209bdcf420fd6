import { type ImportStatus, importStatuses } from '../../../imports/model.ts'
import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar } from '../../ui/filter-bar.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { type Column, ListTable, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { SupplierFilter } from '../suppliers/supplier-filter.tsx'
import { countColumns } from './count-columns.tsx'

type ImportRow = Answer<'/api/v1/imports'>['imports'][number]

/** Lists that came in, newest first; those that wait for a person stand above them. */
export function ImportsPage() {
  const [filter, setFilter] = useAddressState(['status', 'supplier_id'])
  // An address may say anything; what is no state is refused by the service, which says so.
  const status = filter.status as ImportStatus | undefined
  const query = { ...(status && { status }), ...(filter.supplier_id && { supplier_id: filter.supplier_id }) }
  const list = useList('/api/v1/imports', 'imports', { query })
  const isFiltered = status !== undefined || filter.supplier_id !== undefined
  const mayUpload = useMay('operator')
  const upload = mayUpload && (
    <ButtonLink look="primary" icon="upload" href="/upload">
      Upload a list
    </ButtonLink>
  )
  return (
    <>
      <PageHeader
        title="Imports"
        actions={
          <>
            <ExportMenu address={list.exportAddress} curl={list.read.curl} />
            {upload}
          </>
        }
      />
      {status === undefined && <HeldImports supplierId={filter.supplier_id ?? null} />}
      <FilterBar onClear={isFiltered ? () => setFilter({ status: null, supplier_id: null }) : null}>
        <SupplierFilter
          value={filter.supplier_id ?? ''}
          onChange={(supplier_id) => setFilter({ supplier_id })}
        />
        <ChoiceFilter
          label="State"
          value={status ?? ''}
          choices={[
            { value: '', label: 'All states' },
            ...importStatuses.map((value) => ({ value, label: sentenceCase(value) })),
          ]}
          onChange={(next) => setFilter({ status: next })}
        />
      </FilterBar>
      <Card isFlush>
        <ListTable
          list={list}
          what="import"
          caption="Imports"
          columns={columns}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/imports/${id}`}
          empty={
            isFiltered ? (
              <EmptyState icon="filter" title="No import is like that">
                Clear the filters to see all of them.
              </EmptyState>
            ) : (
              <EmptyState icon="imports" title="No imports yet" action={upload}>
                Every list that comes in stands here with what it changed.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  )
}

function HeldImports({ supplierId }: { supplierId: string | null }) {
  const mayDecide = useMay('operator')
  const heldQuery = { status: 'held', ...(supplierId !== null && { supplier_id: supplierId }) } as const
  const { data, curl } = useRead('/api/v1/imports', { query: { ...heldQuery, limit: 10 } })
  if (data === undefined || data.imports.length === 0) return null
  return (
    <div className="mb-5">
      <Card
        title={mayDecide ? 'Waiting for you' : 'Waiting for approval'}
        isFlush
        actions={
          <ExportMenu
            size="sm"
            address={{ path: '/api/v1/exports/imports', params: {}, query: heldQuery }}
            curl={curl}
          />
        }
      >
        <Table
          caption="Held imports"
          columns={heldColumns}
          rows={data.imports}
          rowKey={({ id }) => id}
          rowHref={({ id }) => `/imports/${id}`}
        />
      </Card>
    </div>
  )
}

const file: Column<ImportRow> = {
  key: 'file',
  header: 'List',
  cell: (row) => (
    <>
      {row.file_name}
      <span className="line-clamp-2 text-sm font-normal text-muted sm:hidden">{row.supplier}</span>
    </>
  ),
  width: 'min-w-36 max-w-72 wrap-anywhere',
}
const supplier: Column<ImportRow> = {
  key: 'supplier',
  header: 'Supplier',
  hide: 'phone',
  width: 'max-w-64 break-words',
  cell: (row) => row.supplier,
}
const came: Column<ImportRow> = {
  key: 'came',
  header: 'Arrived',
  align: 'end',
  cell: (row) => <Time at={row.created_at} />,
}

const heldColumns: Column<ImportRow>[] = [
  file,
  supplier,
  {
    key: 'why',
    header: 'Why it is held',
    cell: (row) => row.hold_reasons.map(({ message }) => pageText(message)).join(' '),
    width: 'min-w-48 sm:min-w-64',
  },
  { ...came, hide: 'phone' },
]

const columns: Column<ImportRow>[] = [
  file,
  { key: 'state', header: 'State', cell: (row) => <StateBadge state={row.status} /> },
  supplier,
  ...countColumns,
  came,
]
