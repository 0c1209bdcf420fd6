import type { Answer } from '../../api/routes.ts'
import { useList } from '../../api/use-list.ts'
import { useMay } from '../../session/session.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ButtonLink, Link } from '../../ui/link.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import type { Import } from './import-page.tsx'
import { RejectsButton } from './rejects-button.tsx'

type Entry = Answer<'/api/v1/imports/:id/log'>['entries'][number]

/** Rows that were not taken, why, and the way to bring them in after all. */
export function RejectsTab({ found }: { found: Import }) {
  const mayUpload = useMay('operator')
  const list = useList(
    '/api/v1/imports/:id/log',
    'entries',
    { params: { id: found.id }, query: { severity: 'error' } },
    { cursorName: 'log' },
  )
  if (found.counts.rejected === 0 && list.rows?.length === 0)
    return (
      <EmptyState icon="check" title="Every row was taken">
        Nothing of this list was rejected.
      </EmptyState>
    )
  return (
    <Card
      title="Rejected rows"
      isFlush
      actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b border-line p-4">
        <p className="max-w-prose flex-1 basis-72 text-muted">
          Download them in the supplier’s own layout, mend the cells in your spreadsheet, and upload that
          file: only those rows are brought in.
        </p>
        <div className="flex flex-wrap gap-2">
          <RejectsButton id={found.id} />
          {mayUpload && (
            <ButtonLink icon="upload" href={`/upload?supplier=${encodeURIComponent(found.supplier)}`}>
              Upload mended file
            </ButtonLink>
          )}
        </div>
      </div>
      <ListTable
        list={list}
        what="reason"
        caption="Rejected rows"
        columns={columns}
        rowKey={(row) => `${row.sheet} ${row.row} ${row.column} ${row.code} ${row.message}`}
        empty={<p className="p-4 text-muted">None.</p>}
      />
    </Card>
  )
}

const columns: Column<Entry>[] = [
  {
    key: 'row',
    header: 'Row',
    cell: ({ sheet, row }) => (
      <span className="whitespace-nowrap">
        {row === null ? '–' : row + 1}
        {sheet !== null && <span className="block max-w-32 truncate text-xs text-muted">{sheet}</span>}
      </span>
    ),
  },
  {
    key: 'why',
    header: 'Why',
    cell: ({ message, code, corrected_by, raw }) => (
      <>
        <span className="break-words">{message}</span>
        {raw !== null && <code className="block text-sm break-words sm:hidden">{raw}</code>}
        <span className="block font-mono text-xs text-muted">{code}</span>
        {corrected_by !== null && (
          <span className="text-sm text-good">
            Mended since: <Link href={`/imports/${corrected_by}`}>see the import</Link>
          </span>
        )}
      </>
    ),
    width: 'min-w-56',
  },
  {
    key: 'raw',
    header: 'Cell',
    hide: 'phone',
    cell: ({ raw }) =>
      raw === null ? (
        <span className="text-muted">–</span>
      ) : (
        <code className="text-sm break-words">{raw}</code>
      ),
    width: 'min-w-28',
  },
  {
    key: 'cells',
    header: 'The whole row',
    hide: 'tablet',
    cell: ({ row_data }) => <span className="text-sm text-muted">{rowText(row_data)}</span>,
    width: 'max-w-96 break-words',
  },
]

function rowText(data: Entry['row_data']): string {
  const cells = data === null ? [] : Object.values(data)
  return cells
    .map((cell) => String(cell ?? '').trim())
    .filter((text) => text !== '')
    .join(' · ')
}
