import { useState } from 'react'
import { useLocation, useParams } from 'wouter'
import type { Answer } from '../../api/routes.ts'
import { useList } from '../../api/use-list.ts'
import { useRead } from '../../api/use-read.ts'
import { countText } from '../../format/number.ts'
import { useMay } from '../../session/session.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card, Facts, Stat } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { MenuItem } from '../../ui/menu.tsx'
import { MoreMenu } from '../../ui/more-menu.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { countColumns } from '../imports/count-columns.tsx'
import { DeleteSupplierDialog } from './delete-supplier-dialog.tsx'
import { sourceColumns } from './source-table.tsx'
import type { Supplier } from './supplier.ts'
import { SupplierDialog } from './supplier-dialog.tsx'

const back = { href: '/suppliers', label: 'Suppliers' }

/** A supplier: its sources, what came in of it lately, and its settings. */
export function SupplierPage() {
  const { id = '' } = useParams()
  const read = useRead('/api/v1/suppliers/:id', { params: { id } })
  if (read.data === undefined)
    return (
      <>
        <PageHeader title="Supplier" back={back} />
        {read.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorState error={read.error} onRetry={read.retry} />
        )}
      </>
    )
  return (
    <>
      {read.error !== null && (
        <div className="mb-4">
          <ErrorState error={read.error} onRetry={read.retry} />
        </div>
      )}
      <SupplierView supplier={read.data} etag={read.etag} curl={read.curl} />
    </>
  )
}

function SupplierView({
  supplier,
  etag,
  curl,
}: {
  supplier: Supplier
  etag: string | undefined
  curl: string
}) {
  const { id, name } = supplier
  const mayOperate = useMay('operator')
  const [, navigate] = useLocation()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const close = () => setOpen(null)
  const query = { supplier_id: id }
  const sources = useList('/api/v1/sources', 'sources', { query }, { cursorName: 'sources_cursor' })
  const imports = useList(
    '/api/v1/imports',
    'imports',
    { query },
    { limit: 10, cursorName: 'imports_cursor' },
  )
  const last = useRead('/api/v1/imports', { query: { ...query, limit: 1 } }).data?.imports[0]
  return (
    <>
      <PageHeader
        title={name}
        back={back}
        actions={
          <>
            <ButtonLink href={`/items?supplier_id=${id}`} icon="items">
              Items
            </ButtonLink>
            {mayOperate && (
              <ButtonLink href={`/upload?supplier=${encodeURIComponent(name)}`} look="primary" icon="upload">
                Upload a list
              </ButtonLink>
            )}
            <MoreMenu curl={curl}>
              {mayOperate && (
                <>
                  <MenuItem icon="edit" onChoose={() => setOpen('edit')}>
                    Edit supplier
                  </MenuItem>
                  <MenuItem icon="trash" onChoose={() => setOpen('delete')}>
                    Delete supplier …
                  </MenuItem>
                </>
              )}
            </MoreMenu>
          </>
        }
      />
      <dl className="mb-5 grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Stat label="Items listed" value={countText(supplier.item_count)} />
        <Stat label="Gone" value={countText(supplier.gone_count)} />
        <Stat label="Sources" value={countText(supplier.source_count)} />
        <Stat label="Last list" value={last === undefined ? 'None yet' : <Time at={last.created_at} />} />
      </dl>
      <div className="space-y-5">
        <Card
          title="Sources"
          isFlush
          actions={
            <>
              <ExportMenu size="sm" address={sources.exportAddress} curl={sources.read.curl} />
              {mayOperate && (
                <ButtonLink href={`/sources/new?supplier=${encodeURIComponent(name)}`} size="sm" icon="plus">
                  Add source
                </ButtonLink>
              )}
            </>
          }
        >
          <ListTable
            list={sources}
            what="source"
            caption={`Sources of ${name}`}
            columns={sourceColumns(false)}
            rowKey={(source) => source.id}
            rowHref={(source) => `/sources/${source.id}`}
            empty={
              <EmptyState icon="link" title="No sources yet">
                Lists can be uploaded all the same.
              </EmptyState>
            }
          />
        </Card>
        <Card
          title="Last imports"
          isFlush
          actions={<ExportMenu size="sm" address={imports.exportAddress} curl={imports.read.curl} />}
        >
          <ListTable
            list={imports}
            what="import"
            caption={`Last imports of ${name}`}
            columns={importColumns}
            rowKey={(row) => row.id}
            rowHref={(row) => `/imports/${row.id}`}
            empty={<EmptyState icon="imports" title="Nothing has come in yet" />}
          />
        </Card>
        <Card title="Settings">
          <Facts
            facts={[
              ['Currency', supplier.currency ?? <Usual key="currency" />],
              ['Country', supplier.country ?? <span className="text-muted">not said</span>],
              ['Time zone', supplier.time_zone ?? <Usual key="zone" />],
              [
                'Analyzer (ML)',
                supplier.uses_analyzer === null ? (
                  <Usual key="analyzer" />
                ) : supplier.uses_analyzer ? (
                  'On'
                ) : (
                  'Off'
                ),
              ],
            ]}
          />
        </Card>
      </div>
      <SupplierDialog
        isOpen={open === 'edit'}
        supplier={supplier}
        etag={etag}
        onClose={close}
        onDone={close}
      />
      {open === 'delete' && (
        <DeleteSupplierDialog supplier={supplier} onClose={close} onDone={() => navigate('/suppliers')} />
      )}
    </>
  )
}

const Usual = () => <span className="text-muted">as the service is set up</span>

type ImportRow = Answer<'/api/v1/imports'>['imports'][number]

/** Columns of a short list of imports. */
export const importColumns: readonly Column<ImportRow>[] = [
  { key: 'file', header: 'List', width: 'min-w-32 break-all', cell: ({ file_name: file }) => file },
  { key: 'state', header: 'State', cell: ({ status }) => <StateBadge state={status} /> },
  ...countColumns,
  { key: 'when', header: 'Arrived', align: 'end', cell: ({ created_at: at }) => <Time at={at} /> },
]
