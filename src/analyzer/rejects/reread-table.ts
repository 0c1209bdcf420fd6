import type { OpenedFile } from '../formats/format.ts'
import { isInRows, rowWithin } from '../table/areas/area.ts'
import type { TableDecision, TableOptions } from '../table/decision.ts'
import type { RowOutcome } from '../table/rows/item.ts'
import { type Article, tableReader } from '../table/rows/reader.ts'
import type { Row } from '../table/rows/row.ts'
import { cellText } from '../table/text.ts'

/** A row of a table that was read before, and what it hangs on. */
export interface RereadRow {
  /** As its table sees it. */
  row: Row
  outcome: RowOutcome
  /** The headings above it, joined; '' without any. */
  section: string
  /** What blank cells of it mean because of the article above: 0-based column → text. */
  inherited: ReadonlyMap<number, string>
}

/**
 * Reads one table of a file again, with the decision that was stored: the same bytes and the same decision give the
 * same rows. Rows come in batches, as the file gives them; those above the table's data are among them.
 */
export async function* rereadTable(
  file: OpenedFile,
  table: TableDecision,
  options: TableOptions,
): AsyncGenerator<RereadRow[]> {
  const reader = tableReader(table, options)
  const inherits = inheritance(table)
  for await (const batch of file.rows(table.sheet)) {
    const rows: RereadRow[] = []
    for (const whole of batch) {
      if (!isInRows(table.area, whole.index)) continue
      const row = rowWithin(whole, table.area)
      const inherited = inherits(row, reader.article())
      const outcome: RowOutcome =
        row.fault === undefined ? reader.read(row) : { kind: 'rejected', issues: [], itemKey: null }
      rows.push({ row, outcome, section: row.section ?? reader.context(), inherited })
    }
    yield rows
    const { lastRow } = table.area
    if (lastRow !== null && (batch.at(-1)?.index ?? 0) > lastRow) return
  }
}

/** Tells which blank cells of a row stand for what an article above it says. */
function inheritance({ carried, mapping }: TableDecision) {
  const columns = (['name', 'brand', 'category'] as const).flatMap((field) => {
    const column = mapping[field]?.column
    return column === undefined ? [] : [{ field, column, isCarried: carried.includes(field) }]
  })
  const group = mapping.group?.column ?? null
  if (group === null && carried.length === 0) return () => nothing
  return ({ cells }: Row, article: Readonly<Article>): ReadonlyMap<number, string> => {
    const own = group === null ? '' : cellText(cells[group])
    const continues = own !== '' && own === article.group
    const inherited = new Map<number, string>()
    for (const { field, column, isCarried } of columns) {
      const text = article[field] ?? ''
      if ((isCarried || continues) && text !== '' && cellText(cells[column]) === '')
        inherited.set(column, text)
    }
    return inherited
  }
}

const nothing: ReadonlyMap<number, string> = new Map()
