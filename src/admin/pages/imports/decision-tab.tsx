import type { ReactNode } from 'react'
import type { Field } from '../../../analyzer/table/decision.ts'
import { ApiError } from '../../api/api-error.ts'
import type { Answer, ChangeBody } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { countOf } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { columnLetter, fieldList, fieldNames } from '../upload/reading.ts'
import type { Import } from './import-page.tsx'

type Decision = Answer<'/api/v1/imports/:id/decision'>
type DecidedTable = Decision['tables'][number]
type Decided = { field: Field } & DecidedTable['mapping'][string]

/** The decision card: what was found out about the file, how surely, and which cells prove it. */
export function DecisionTab({ found }: { found: Import }) {
  const { data, error, retry } = useRead('/api/v1/imports/:id/decision', { params: { id: found.id } })
  if (data === undefined) {
    if (error === null) return <Skeleton lines={6} />
    const isNone = error instanceof ApiError && error.failure.code === 'no_decision'
    return isNone ? (
      <EmptyState icon="file" title="It was not read">
        There is nothing to tell about its columns.
      </EmptyState>
    ) : (
      <ErrorState error={error} onRetry={retry} />
    )
  }
  return (
    <div className="space-y-5">
      <FileCard decision={data} />
      <Corrections found={found} decision={data} />
      {data.tables.map((table, index) => (
        // Tables of a file have no other name than their place.
        <TableCard key={index} table={table} index={index} />
      ))}
    </div>
  )
}

function FileCard({ decision }: { decision: Decision }) {
  const { choices, reasons, wrapping, layout_changes: layout } = decision
  const choice = (name: string, found: Decision['choices']['encoding']): [string, ReactNode][] =>
    found === null
      ? []
      : [
          [
            name,
            <span key={name}>
              {found.value === '\t' ? 'tab' : found.value}{' '}
              <Confidence of={found.confidence} isPinned={found.is_pinned} />
              {found.runner_up !== null && (
                <span className="text-sm text-muted"> rather than {found.runner_up.value}</span>
              )}
            </span>,
          ],
        ]
  return (
    <Card title="The file">
      <Facts
        facts={[
          ['Format', wrapping === null ? decision.format : `${decision.format}, packed as ${wrapping.kind}`],
          ...choice('Encoding', choices.encoding),
          ...choice('Columns parted by', choices.delimiter),
          ...(reasons.length > 0 ? [['Noted', reasons.join(' ')] as [string, string]] : []),
        ]}
      />
      {layout.length > 0 && (
        <ul className="mt-4 list-disc space-y-1 pl-5">
          {layout.map((change) => (
            <li key={`${change.kind} ${change.sheet} ${change.field} ${change.from} ${change.to}`}>
              {layoutText(change)}
              {change.doubt !== null && <span className="text-warn"> {change.doubt}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function layoutText({ kind, field, from, to }: Decision['layout_changes'][number]): string {
  const what = field === null ? 'A column' : `The column of “${field}”`
  const texts = {
    renamed: `${what} was renamed from “${from}” to “${to}”.`,
    moved: `${what} was “${from}” and is now “${to}”.`,
    added: `Column “${to}” is new.`,
    removed: `Column “${from}” is no longer there.`,
  }
  return texts[kind]
}

/** What is not sure, each with what to say if it is wrong. */
function Corrections({ found, decision }: { found: Import; decision: Decision }) {
  const mayChange = useMay('operator')
  const correct = useChange('POST', '/api/v1/imports/:id/correct', { done: 'It is read again.' })
  if (decision.corrections.length === 0) return null
  const canCorrect = mayChange && (found.status === 'held' || found.status === 'failed')
  return (
    <Card title="Not sure">
      <ul className="space-y-3">
        {decision.corrections.map(({ option, value, means }) => (
          <li key={`${option} ${value}`} className="flex flex-wrap items-center justify-between gap-2">
            <span>
              {sentenceCase(means)}: <code className="text-sm">{`${option}: ${value}`}</code>
            </span>
            {canCorrect && (
              <Button
                size="sm"
                isBusy={correct.isRunning}
                onClick={() =>
                  correct.run({
                    params: { id: found.id },
                    // Options of the decision card are fields of a correction.
                    body: { [option]: value } as ChangeBody<'POST', '/api/v1/imports/:id/correct'>,
                  })
                }
              >
                Read it so
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function TableCard({ table, index }: { table: DecidedTable; index: number }) {
  const { sheet, header_rows: rows, currency, decimal, reasons, left_aside: left, counts } = table
  const decided = fieldList.flatMap((field): Decided[] => {
    const column = table.mapping[field]
    return column === undefined ? [] : [{ field, ...column }]
  })
  const header = rows.length === 0 ? 'None' : `Row ${rows.map((row) => row + 1).join('–')}`
  const kept = table.characteristics.map(({ key }) => key).join(', ')
  return (
    <Card title={sheet ?? (index === 0 ? 'The table' : `Table ${index + 1}`)} isFlush>
      <div className="space-y-3 p-4">
        {left !== null && <p className="text-warn">Left aside. {left}</p>}
        {reasons.map((reason) => (
          <p key={reason} className="text-warn">
            {reason}
          </p>
        ))}
        <Facts
          facts={[
            ['Rows', countOf(counts.read, 'row')],
            [
              'Header',
              <span key="header">
                {header}{' '}
                {table.header.confidence !== null && (
                  <Confidence of={table.header.confidence} isPinned={table.header.is_pinned} />
                )}
              </span>,
            ],
            ['Currency', currency.code === null ? 'Not said' : `${currency.code}, from the ${currency.from}`],
            ...(decimal.style === null
              ? []
              : [
                  [
                    'Decimal sign',
                    `${decimal.style}${decimal.evidence.length > 0 ? `, as in ${decimal.evidence.map(({ raw }) => raw).join(', ')}` : ''}`,
                  ] as [string, string],
                ]),
            ...(kept === '' ? [] : [['Kept as attributes', kept] as [string, string]]),
          ]}
        />
      </div>
      {decided.length > 0 && (
        <div className="border-t border-line">
          <Table
            caption={`Columns of ${sheet ?? 'the table'}`}
            columns={columns}
            rows={decided}
            rowKey={({ field }) => field}
          />
        </div>
      )}
    </Card>
  )
}

function Confidence({ of, isPinned }: { of: number; isPinned: boolean }) {
  if (isPinned) return <Badge tone="info">You said so</Badge>
  const tone = of >= 0.8 ? 'good' : of >= 0.6 ? 'neutral' : 'warn'
  return <Badge tone={tone}>{`${Math.round(of * 100)} % sure`}</Badge>
}

const columnName = (column: number, header: string | null) =>
  header === null ? columnLetter(column) : `${columnLetter(column)} “${header}”`

const columns: Column<Decided>[] = [
  { key: 'field', header: 'Field', cell: ({ field }) => fieldNames[field] },
  {
    key: 'column',
    header: 'Column',
    cell: ({ column, header }) => columnName(column, header),
    width: 'min-w-32 break-words',
  },
  {
    key: 'sure',
    header: 'How surely',
    cell: ({ confidence, is_pinned }) => <Confidence of={confidence} isPinned={is_pinned} />,
  },
  {
    key: 'proof',
    header: 'Cells that show it',
    cell: ({ cells }) => (
      <ul className="text-sm">
        {cells.map(({ row, raw, read }) => (
          <li key={row} className="break-words">
            <span className="text-muted">Row {row + 1}:</span> {raw}
            {read !== '' && read !== raw && <span className="text-muted"> → {read}</span>}
          </li>
        ))}
      </ul>
    ),
    width: 'min-w-48',
  },
  {
    key: 'other',
    header: 'Next best',
    hide: 'tablet',
    cell: ({ runner_up: other }) =>
      other === null ? (
        <span className="text-muted">–</span>
      ) : (
        <span className="text-sm">
          {columnName(other.column, other.header)} <Confidence of={other.confidence} isPinned={false} />
          {other.why !== null && <span className="block text-muted">{other.why}</span>}
        </span>
      ),
    width: 'min-w-40',
  },
]
