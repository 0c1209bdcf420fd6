import { Fragment } from 'react'
import type { Field } from '../../../analyzer/table/decision.ts'
import { moneyText } from '../../format/money.ts'
import { sentenceCase } from '../../format/words.ts'
import { classes } from '../../ui/classes.ts'
import { Icon } from '../../ui/icon.tsx'
import {
  columnLetter,
  fieldList,
  fieldNames,
  fieldOf,
  type PreviewTable as Table,
  type TableDecision,
} from './reading.ts'

const sureMin = 0.6

/** The first rows as the file has them, with what is read from each column; a field is picked in a column's header. */
export function PreviewTable({
  table,
  decision,
  isStale,
  onPick,
}: {
  table: Table
  decision: TableDecision | undefined
  /** The answer to what was picked last is on its way. */
  isStale: boolean
  onPick: ((column: number, before: Field | null, picked: Field | null) => void) | null
}) {
  const width = table.rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  const columns = Array.from({ length: width }, (_, column) => column)
  const used = columns.filter((column) => table.rows.some(({ cells }) => (cells[column] ?? '') !== ''))
  return (
    <section
      aria-label="Preview of the first rows"
      aria-busy={isStale}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      className={classes('max-h-[34rem] overflow-auto', isStale && 'opacity-60 transition-opacity delay-150')}
    >
      <table className="min-w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">The first rows of the list and what is read from them</caption>
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky top-0 left-0 z-3 border-b border-line bg-surface px-3 py-2 text-left font-medium text-muted"
            >
              Row
            </th>
            {used.map((column) => (
              <th
                key={column}
                scope="col"
                className="sticky top-0 z-2 min-w-36 border-b border-line bg-surface px-2 py-2 text-left align-top font-medium"
              >
                <ColumnHead column={column} decision={decision} onPick={onPick} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <Fragment key={row.row}>
              <tr className={tones[row.kind]}>
                <td className="sticky left-0 z-1 border-b border-line bg-surface px-3 py-1 text-right text-muted">
                  <span className="sr-only">{sentenceCase(row.kind)} </span>
                  {row.row + 1}
                </td>
                {used.map((column) => (
                  <td
                    key={column}
                    className={classes(
                      'max-w-64 truncate border-b border-line px-2 py-1 align-top',
                      row.kind === 'header' && 'bg-hover font-semibold',
                      row.kind === 'rejected' && 'bg-bad-soft',
                    )}
                    title={row.cells[column]}
                  >
                    <CellText
                      raw={row.cells[column] ?? ''}
                      read={row.read}
                      field={fieldOf(decision, column)}
                    />
                  </td>
                ))}
              </tr>
              {row.kind === 'rejected' && row.reason !== null && (
                <tr>
                  <td className="sticky left-0 z-1 border-b border-line bg-surface" />
                  <td colSpan={used.length} className="border-b border-line bg-bad-soft px-2 pb-1 text-bad">
                    <span className="inline-flex items-center gap-1">
                      <Icon name="warning" size={14} />
                      {row.reason}
                    </span>
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const tones = {
  above: 'text-muted',
  header: '',
  item: '',
  rejected: '',
  ignored: 'text-muted',
  left_aside: 'text-muted',
}

function ColumnHead({
  column,
  decision,
  onPick,
}: {
  column: number
  decision: TableDecision | undefined
  onPick: ((column: number, before: Field | null, picked: Field | null) => void) | null
}) {
  const field = fieldOf(decision, column)
  const decided = field === null ? undefined : decision?.mapping[field]
  const other = otherUse(decision, column)
  const letter = columnLetter(column)
  const isDoubtful = decided !== undefined && decided.confidence < sureMin
  const label = `Column ${letter}`
  return (
    <>
      <span className="flex items-center gap-1 text-xs text-muted">
        {letter}
        {decided?.is_pinned && <Icon name="pin" size={12} />}
        {isDoubtful && <span className="text-warn">please check</span>}
      </span>
      {onPick === null ? (
        <span>{field === null ? other : fieldNames[field]}</span>
      ) : (
        <select
          aria-label={label}
          value={field ?? ''}
          onChange={(event) =>
            // The choices are fields, and none.
            onPick(column, field, event.target.value === '' ? null : (event.target.value as Field))
          }
          className={classes(
            'mt-1 h-8 w-full rounded-md border px-2 text-sm',
            field === null
              ? 'min-w-48 border-edge/60 bg-surface text-muted'
              : isDoubtful
                ? 'min-w-36 border-warn bg-warn-soft text-ink'
                : 'min-w-36 border-accent bg-accent-soft text-ink',
          )}
        >
          <option value="">{field === null ? other : 'No field'}</option>
          {fieldList.map((each) => (
            <option key={each} value={each}>
              {fieldNames[each]}
            </option>
          ))}
        </select>
      )}
    </>
  )
}

/** What becomes of a column that is no field. */
function otherUse(decision: TableDecision | undefined, column: number): string {
  const tier = decision?.tiers.find((each) => each.column === column)
  if (tier !== undefined) return `Further price: ${tier.name}`
  const kept = decision?.characteristics.find((each) => each.column === column)
  return kept === undefined ? 'Not used' : `Attribute: ${kept.key}`
}

function CellText({ raw, read, field }: { raw: string; read: Record<string, string>; field: Field | null }) {
  const value = field === null ? undefined : read[field]
  if (value === undefined || field === null) return raw
  const text = field === 'price' ? moneyText(value, read.currency ?? null) : value
  // A number of a workbook is the price itself; a text is shown beside what was read from it.
  const isSame = text === raw || value === raw || (field === 'price' && Number(value) === Number(raw))
  return (
    <>
      <span className={field === 'price' ? 'font-medium' : ''}>{text}</span>
      {!isSame && raw !== '' && <span className="block truncate text-xs text-muted">{raw}</span>}
    </>
  )
}
