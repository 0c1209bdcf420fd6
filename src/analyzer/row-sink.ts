import type { IgnoredCounts, RowCounts } from '../imports/model.ts'
import { storable } from '../lib/storable.ts'
import type { Place, RejectedRow, Staging } from './staging/staging.ts'
import { type IgnoredReason, type Issue, rawTextMax } from './table/rows/issue.ts'
import type { RowOutcome } from './table/rows/item.ts'
import type { Row } from './table/rows/row.ts'

/** The row accounting of one sheet. */
export interface TableCounts {
  counts: RowCounts
  ignored: IgnoredCounts
}

/** Most characters of a rejected row that the parse log keeps. */
const rowDataMax = 64 * 1024

/**
 * Takes the rows of one sheet with what became of them: items and issues go to staging, and every row is counted
 * exactly once.
 */
export class RowSink {
  read = 0
  #accepted = 0
  #priced = 0
  #rejected = 0
  readonly #ignored = new Map<IgnoredReason, number>()
  readonly #staging: Staging
  readonly #place: Place | null

  /** @param place null: the sheet is no price list and is only counted */
  constructor(staging: Staging, place: Place | null) {
    this.#staging = staging
    this.#place = place
  }

  /** Counts a row that the last list had just so. */
  takeKnown(isPriced: boolean): void {
    this.read++
    this.#accepted++
    if (isPriced) this.#priced++
  }

  /** @returns the number of the staged item; null: the row is no item */
  take(row: Row, outcome: RowOutcome): number | null {
    this.read++
    if (outcome.kind === 'ignored') {
      this.#ignored.set(outcome.reason, (this.#ignored.get(outcome.reason) ?? 0) + 1)
      if (this.#place !== null && outcome.reason !== 'blank')
        this.#staging.addIssue(
          ignoredIssue(row, outcome.reason),
          this.#place,
          outcome.itemKey === undefined ? null : { itemKey: outcome.itemKey, rowData: null },
        )
      return null
    }
    const place = this.#place
    if (place === null) throw new Error('A sheet that is no price list gave an item.')
    if (outcome.kind === 'item') {
      this.#accepted++
      if (outcome.item.priceE4 !== null) this.#priced++
      const n = this.#staging.addItem(outcome.item, place)
      for (const note of outcome.item.notes) this.#staging.addIssue(note, place, null)
      return n
    }
    this.#rejected++
    const rejected: RejectedRow = { itemKey: outcome.itemKey, rowData: rowData(row) }
    for (const issue of outcome.issues) this.#staging.addIssue(issue, place, rejected)
    return null
  }

  counts(): TableCounts {
    const ignored = [...this.#ignored.values()].reduce((sum, count) => sum + count, 0)
    return {
      counts: {
        read: this.read,
        accepted: this.#accepted,
        priced: this.#priced,
        unchanged: 0,
        rejected: this.#rejected,
        ignored,
      },
      ignored: Object.fromEntries(this.#ignored),
    }
  }
}

const ignoredText: Record<IgnoredReason, string> = {
  blank: 'is blank',
  title: 'stands above the table',
  header: 'is the header',
  repeated_header: 'repeats the header',
  section: 'is a heading',
  total: 'is a total',
  note: 'is a note',
  duplicate: 'repeats an earlier row',
  superseded: 'is replaced by a later row',
  not_a_list: 'is not part of a price list',
}

function ignoredIssue(row: Row, reason: IgnoredReason): Issue {
  return {
    severity: 'ignored',
    errorType: 'ValidationError',
    code: reason,
    message:
      row.index < 0
        ? 'The names of the columns are the header.'
        : `Row ${row.index + 1} ${ignoredText[reason]}.`,
    row: row.index < 0 ? null : row.index,
    column: null,
    raw: row.cells
      .filter((cell) => cell !== '')
      .join(' | ')
      .slice(0, rawTextMax),
  }
}

/** The row's cells as a JSON array; cells beyond the limit are left out, long ones cut. */
function rowData(row: Row): string {
  const cells: string[] = []
  let characters = 0
  for (const cell of row.cells) {
    const text = storable(String(cell).slice(0, rawTextMax))
    characters += text.length
    if (characters > rowDataMax) break
    cells.push(text)
  }
  return JSON.stringify(cells)
}
