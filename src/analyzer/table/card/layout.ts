import { tableName } from '../areas/table-name.ts'
import { type Field, fields, type TableDecision } from '../decision.ts'
import { columnLetter } from '../letters.ts'
import { normalize } from '../text.ts'
import { isRead } from '../verdict/verdict.ts'

/** How a list differs from its source's last one in what its columns are called and where they stand. Plain JSON. */
export interface LayoutChange {
  /**
   * A field's column has another name, or stands elsewhere (or another column is taken for it), is new, or is gone.
   * Without a field: the same of a column that is no field, or of a table.
   */
  kind: 'renamed' | 'moved' | 'added' | 'removed'
  sheet: string | null
  field: Field | null
  /** Headers, or letters where there are none; `to` of a field that is gone: the column that seems to hold it now. */
  from: string | null
  to: string | null
  /** Share of the values of `to` that the catalog knows of the field, 0 to 1; null: not looked at, or nothing to compare. */
  overlap: number | null
  /** Why a person has to look at it, in a sentence; null: it is only noted. */
  doubt: string | null
}

/** A table as it is now, and the one of the last list that it corresponds to. */
export interface TablePair {
  before: TableDecision
  after: TableDecision
}

/** What corresponds to what, and what has no counterpart. */
export interface PairedTables {
  pairs: TablePair[]
  added: TableDecision[]
  removed: TableDecision[]
}

/** Pairs the tables that were lists with those that are, by their sheets, then by their order. */
export function pairTables(before: readonly TableDecision[], after: readonly TableDecision[]): PairedTables {
  const removed = before.filter((table) => isRead(table, before))
  const read = after.filter((table) => isRead(table, after))
  // A list that is none any more has lost what makes it one, which is what is to be told.
  const added = read.length > 0 ? read : after.filter(({ isChosen }) => isChosen !== false)
  const pairs: TablePair[] = []
  const pair = (isSame: (old: TableDecision, now: TableDecision) => boolean) => {
    for (const old of [...removed]) {
      const now = added.find((table) => isSame(old, table))
      if (now === undefined) continue
      pairs.push({ before: old, after: now })
      removed.splice(removed.indexOf(old), 1)
      added.splice(added.indexOf(now), 1)
    }
  }
  pair((old, now) => old.sheetName === now.sheetName)
  if (removed.length === 1 && added.length === 1) pair(() => true)
  return { pairs, added: read.length > 0 ? added : [], removed }
}

/** Whether two tables have the same columns in the same places, and read them alike. Cheap. */
export function hasSameLayout({ before, after }: TablePair): boolean {
  return (
    before.headers.length === after.headers.length &&
    before.headers.every((text, column) => text === after.headers[column]) &&
    fields.every((field) => before.mapping[field]?.column === after.mapping[field]?.column) &&
    !hasOtherWidth({ before, after })
  )
}

/** Whether lists without headers have other columns than before: then a column's place proves nothing. */
function hasOtherWidth({ before, after }: TablePair): boolean {
  const columns = ({ characteristics, tiers }: TableDecision) =>
    [...characteristics, ...tiers].map(({ column }) => column).join()
  return before.headers.length === 0 && after.headers.length === 0 && columns(before) !== columns(after)
}

/** Changes of whole tables, which are only noted. */
export function tableChanges({ added, removed }: PairedTables): LayoutChange[] {
  const change = (kind: 'added' | 'removed', table: TableDecision): LayoutChange => ({
    kind,
    sheet: table.sheetName,
    field: null,
    from: kind === 'removed' ? tableName(table) : null,
    to: kind === 'added' ? tableName(table) : null,
    overlap: null,
    doubt: null,
  })
  return [
    ...removed.map((table) => change('removed', table)),
    ...added.map((table) => change('added', table)),
  ]
}

/** A field's column in both lists, as far as names and places tell. */
export interface FieldMove {
  field: Field
  kind: LayoutChange['kind']
  /** 0-based columns; null: the list had, or has, no such column. */
  from: number | null
  to: number | null
  /** Whether the column that it was is still there under its name, beside the one that was taken. */
  isLeftBehind: boolean
  /** It is where it was, in a list without header that has other columns now: its place proves nothing. */
  isInDoubt: boolean
}

/** The fields whose columns are called otherwise, stand elsewhere, are new or gone. */
export function fieldMoves({ before, after }: TablePair): FieldMove[] {
  const moves: FieldMove[] = []
  const now = new Set(after.headers.map(normalize))
  const isWider = hasOtherWidth({ before, after })
  for (const field of fields) {
    const old = before.mapping[field]
    const taken = after.mapping[field]
    if (old === undefined && taken === undefined) continue
    const from = old?.column ?? null
    const to = taken?.column ?? null
    const was = normalize(old?.header ?? '')
    const is = normalize(taken?.header ?? '')
    if (old === undefined || taken === undefined) {
      moves.push({
        field,
        kind: old === undefined ? 'added' : 'removed',
        from,
        to,
        isLeftBehind: false,
        isInDoubt: false,
      })
      continue
    }
    const isLeftBehind = was !== '' && was !== is && now.has(was)
    // Without names on either side a column is known by its place.
    const isSame = was === is && from === to
    if (isSame && !(isWider && isChief(field))) continue
    const kind = was === is || isLeftBehind ? 'moved' : 'renamed'
    moves.push({ field, kind, from, to, isLeftBehind, isInDoubt: isSame })
  }
  return moves
}

function isChief(field: Field): boolean {
  return field === 'sku' || field === 'name' || field === 'price'
}

/** Columns of the two lists that are no fields and have no namesake: 0-based. */
export function otherColumns({ before, after }: TablePair): { gone: number[]; fresh: number[] } {
  return { gone: withoutNamesake(before, after), fresh: withoutNamesake(after, before) }
}

function withoutNamesake(table: TableDecision, other: TableDecision): number[] {
  const there = new Set(other.headers.map(normalize))
  const mapped = new Set(Object.values(table.mapping).map(({ column }) => column))
  return table.headers.flatMap((text, column) =>
    text === '' || mapped.has(column) || there.has(normalize(text)) ? [] : [column],
  )
}

/** A column as people call it: by its header, or by its letter. */
export function columnName({ headers }: Pick<TableDecision, 'headers'>, column: number): string {
  return headers[column] || columnLetter(column)
}
