import { type ReactNode, useEffect, useRef } from 'react'
import type { Changed } from '../../api/routes.ts'
import { pageText } from '../../format/advice.ts'
import { bytesText, countText } from '../../format/number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Money } from '../../ui/money.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { fieldNames } from '../upload/reading.ts'

export type TestResult = Changed<'POST', '/api/v1/sources/:id/test'>
type Item = TestResult['items'][number]
type Issue = TestResult['issues'][number]
type Decision = NonNullable<TestResult['decision']>

/** What a test has found: what the file is, which columns were taken for what, and its first rows as they would be read. */
export function TestResultCard({ result, onClose }: { result: TestResult; onClose(): void }) {
  const { decision, problem, items, issues } = result
  const frame = useRef<HTMLDivElement>(null)
  // Below a long form nobody would see that it has come.
  useEffect(() => {
    const { current } = frame
    if (result && current && current.getBoundingClientRect().top > window.innerHeight / 2)
      current.scrollIntoView({ block: 'start' })
  }, [result])
  return (
    <div ref={frame} className="scroll-mt-16">
      <Card
        title="Test"
        actions={
          <>
            {problem === null ? (
              <Badge tone="good">It can be read</Badge>
            ) : (
              <Badge tone="bad">It cannot be read</Badge>
            )}
            <IconButton icon="close" label="Close test" onClick={onClose} />
          </>
        }
      >
        <div className="space-y-5">
          {problem !== null && (
            <p role="alert" className="max-w-prose rounded-md bg-bad-soft p-3">
              {pageText(problem.message)}
            </p>
          )}
          <Facts facts={factsOf(result)} />
          {decision?.tables
            .filter((table) => table.is_read)
            .map((table, index) => (
              <div key={`${table.sheet} ${index}`}>
                <h3 className="mb-2 font-semibold">
                  {table.sheet === null ? 'Columns' : `Columns of sheet ${table.sheet}`}
                  <span className="font-normal text-muted">
                    {table.header_rows.length === 0
                      ? ' (no header)'
                      : ` (header in row ${table.header_rows.map((row) => row + 1).join(', ')})`}
                  </span>
                </h3>
                <ul className="flex flex-wrap gap-2">
                  {Object.entries(table.mapping).map(([field, { column, header, confidence }]) => (
                    <li key={field} className="rounded-md border border-line px-2 py-1 text-sm">
                      <span className="text-muted">{fieldLabel(field)} ←</span>{' '}
                      {header ?? `column ${column + 1}`}{' '}
                      <span className="text-muted">{Math.round(confidence * 100)} %</span>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          {items.length > 0 && (
            <div>
              <h3 className="mb-2 font-semibold">First rows, as they would be read</h3>
              <div className="overflow-clip rounded-md border border-line">
                <Table
                  caption="First rows, as they would be read"
                  columns={suited(items)}
                  rows={items}
                  rowKey={({ sheet, row }) => `${sheet} ${row}`}
                />
              </div>
            </div>
          )}
          {issues.length > 0 && (
            <div>
              <h3 className="mb-2 font-semibold">Rows that would be rejected, and notes</h3>
              <div className="overflow-clip rounded-md border border-line">
                <Table
                  caption="Rows that would be rejected, and notes"
                  columns={issueColumns}
                  rows={issues}
                  rowKey={(issue) => JSON.stringify(issue)}
                />
              </div>
            </div>
          )}
        </div>
      </Card>
    </div>
  )
}

/** A field of the API in words. */
const fieldLabel = (field: string) =>
  Object.entries(fieldNames).find(([name]) => name === field)?.[1] ?? field

function formatText({ format, encoding, delimiter }: Decision): string {
  const parts = [format]
  if (encoding !== null) parts.push(encoding)
  if (delimiter !== null) parts.push(`columns parted by ${delimiter === '\t' ? 'tabs' : `“${delimiter}”`}`)
  return parts.join(', ')
}

function factsOf({ file, decision, counts }: TestResult): [string, ReactNode][] {
  const facts: [string, ReactNode][] = [['File', file.name]]
  if (file.address !== null) facts.push(['From', file.address])
  const whole = file.bytes === null ? 'an unknown size' : bytesText(file.bytes)
  facts.push([
    'Size',
    file.is_part ? `${bytesText(file.bytes_read)} of ${whole} were read` : bytesText(file.bytes_read),
  ])
  if (decision !== null) facts.push(['Format', formatText(decision)])
  if (counts !== null)
    facts.push([
      file.is_part ? 'Rows of its beginning' : 'Rows',
      `${countText(counts.read)} read, ${countText(counts.accepted)} taken, ${countText(counts.rejected)} rejected, ${countText(counts.ignored)} ignored`,
    ])
  return facts
}

/** Without the columns in which nothing would stand. */
const suited = (items: readonly Item[]) =>
  itemColumns.filter(
    ({ key }) =>
      !((key === 'sku' || key === 'brand' || key === 'unit') && items.every((item) => item[key] === null)),
  )

const itemColumns: readonly Column<Item>[] = [
  { key: 'row', header: 'Row', hide: 'phone', cell: ({ row }) => row + 1 },
  { key: 'sku', header: 'SKU', width: 'whitespace-nowrap', cell: ({ sku }) => sku ?? '–' },
  { key: 'name', header: 'Name', width: 'min-w-28', cell: ({ name }) => name },
  { key: 'brand', header: 'Brand', hide: 'phone', cell: ({ brand }) => brand ?? '–' },
  { key: 'unit', header: 'Unit', hide: 'phone', cell: ({ unit }) => unit ?? '–' },
  {
    key: 'price',
    header: 'Price',
    align: 'end',
    cell: ({ price, currency }) =>
      price === null ? (
        <span className="text-muted">on request</span>
      ) : (
        <Money price={price} currency={currency} />
      ),
  },
]

const issueColumns: readonly Column<Issue>[] = [
  { key: 'row', header: 'Row', cell: ({ row }) => (row === null ? '–' : row + 1) },
  { key: 'message', header: 'What is wrong', width: 'min-w-48', cell: ({ message }) => message },
  { key: 'raw', header: 'The cell holds', hide: 'phone', width: 'break-all', cell: ({ raw }) => raw ?? '–' },
  {
    key: 'severity',
    header: '',
    align: 'end',
    cell: ({ severity }) => (severity === 'error' ? <Badge tone="bad">Rejected</Badge> : <Badge>Note</Badge>),
  },
]
