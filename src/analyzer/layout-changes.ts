import {
  columnName,
  type FieldMove,
  fieldMoves,
  hasSameLayout,
  type LayoutChange,
  otherColumns,
  pairTables,
  type TablePair,
  tableChanges,
} from './table/card/layout.ts'
import {
  bestColumn,
  type KnownItem,
  keyTexts,
  type MatchedRows,
  matchRows,
  overlapOf,
  widthOf,
} from './table/card/overlap.ts'
import { fieldText } from './table/card/runner-up.ts'
import type { Field, TableDecision, TableOptions } from './table/decision.ts'
import { columnLetter } from './table/letters.ts'
import type { Row } from './table/rows/row.ts'
import { normalize } from './table/text.ts'

/** What a source's last list was like, and what the catalog knows. */
export interface PreviousList {
  tables: readonly TableDecision[]
  /** The supplier's items among these SKUs (or names), by what they were asked by. */
  knownItems(by: 'sku' | 'name', values: string[]): Promise<Map<string, KnownItem>>
}

/** Gives the first rows of a table below its header; they are read from the file once more. */
export type RowsOf = (table: TableDecision) => Promise<Row[]>

/** How many rows are compared with the catalog. */
export const comparedRowsMax = 200
const changesMax = 50

/** Below these shares a column is not taken to hold what its field held before. */
const knownMin = 0.5
/** And above this one a column that nobody named is proposed. */
const proposedMin = 0.5
const sameTextMin = 0.8

/**
 * Compares a list's layout with that of its source's last one. Nothing is read or asked where the headers and what was
 * made of them are the same.
 * @param of.map what a person says about the columns; a field that they say is not in the list leaves no doubt
 */
export async function layoutChanges(
  decided: readonly TableDecision[],
  { previous, map }: { previous: PreviousList; map: TableOptions['map'] },
  rowsOf: RowsOf,
): Promise<LayoutChange[]> {
  const paired = pairTables(previous.tables, decided)
  const changes = tableChanges(paired)
  for (const pair of paired.pairs) {
    if (hasSameLayout(pair)) continue
    const matched = await matchedRows(pair, previous, rowsOf)
    const moves = fieldMoves(pair).map((move) => ({ move, change: fieldChange(pair, move, matched) }))
    // A column that is where it was, and holds what it held, has not changed.
    const isChange = ({ move, change }: (typeof moves)[number]) => !move.isInDoubt || change.doubt !== null
    for (const { move, change } of moves.filter(isChange))
      changes.push(map[move.field] === null ? { ...change, doubt: null } : change)
    changes.push(...otherChanges(pair, matched))
  }
  return changes.slice(0, changesMax)
}

/**
 * What a pinned column that is gone could be called now: the end of a message, '' where nothing fits.
 * @param table one that has no such column
 */
export async function guessColumns(
  table: TableDecision,
  previous: PreviousList,
  rowsOf: RowsOf,
): Promise<string> {
  const before = pairTables(previous.tables, [table]).pairs[0]?.before
  if (before === undefined) return ''
  const pair = { before, after: table }
  const matched = await matchedRows(pair, previous, rowsOf)
  const guesses = table.unknownColumns.flatMap(({ field }) => {
    const best = bestColumn(matched, allColumns(matched, table), about(pair, field))
    return best === null || best.overlap < proposedMin ? [] : [heldText(pair, field, best)]
  })
  return guesses.length === 0 ? '' : ` ${guesses.join(' ')}`
}

async function matchedRows(
  { before, after }: TablePair,
  previous: PreviousList,
  rowsOf: RowsOf,
): Promise<MatchedRows> {
  const rows = await rowsOf(after)
  const texts = keyTexts(rows, widthOf(rows, after))
  const values = new Set<string>()
  for (const column of texts.values()) for (const value of column) values.add(value)
  const by = before.mapping.sku === undefined ? 'name' : 'sku'
  return matchRows(rows, texts, await previous.knownItems(by, [...values]))
}

/** What is compared for a field; a column that is none goes by the key of its characteristic. */
function about({ before, after }: TablePair, field: Field) {
  return { field, key: field, style: after.decimal.style ?? before.decimal.style }
}

function fieldChange(pair: TablePair, move: FieldMove, matched: MatchedRows): LayoutChange {
  const { before, after } = pair
  const { field, kind, from, to } = move
  const proposed = kind === 'removed' ? proposedFor(pair, field, matched) : null
  const target = to ?? proposed?.column ?? null
  const overlap =
    proposed?.overlap ?? (to === null || kind === 'added' ? null : heldShare(pair, move, matched))
  return {
    kind,
    sheet: after.sheetName,
    field,
    from: from === null ? null : columnName(before, from),
    to: target === null ? null : columnName(after, target),
    overlap,
    doubt: doubtOf(pair, move, { overlap, proposed, isKnown: matched.rows.length > 0 }),
  }
}

function proposedFor(pair: TablePair, field: Field, matched: MatchedRows) {
  const { sku, name, price } = pair.after.mapping
  const taken = new Set([sku, name, price].map((decided) => decided?.column))
  const free = allColumns(matched, pair.after).filter((column) => !taken.has(column))
  const best = bestColumn(matched, free, about(pair, field))
  return best !== null && best.overlap >= proposedMin ? best : null
}

function heldShare(pair: TablePair, { field, to }: FieldMove, matched: MatchedRows): number | null {
  if (field !== 'sku') return overlapOf(matched, to!, about(pair, field))
  const share = matched.keyShares.get(to!)
  return share === undefined ? null : Math.round(share * 100) / 100
}

interface Found {
  overlap: number | null
  proposed: { column: number; overlap: number } | null
  isKnown: boolean
}

/** Why a change of what identifies or prices an item has to be looked at; null: it need not. */
function doubtOf(pair: TablePair, move: FieldMove, { overlap, proposed }: Found): string | null {
  const { field, kind, from, to, isLeftBehind, isInDoubt } = move
  if (field !== 'sku' && field !== 'name' && field !== 'price') return null
  const { before, after } = pair
  const taken = after.mapping[field]
  // Whoever named another column just now has looked at the list.
  if (taken?.isPinned && (!before.mapping[field]?.isPinned || from !== to)) return null
  const what = fieldText(field)
  const was = from === null ? '' : `Column "${columnName(before, from)}" held the ${what} before`
  if (kind === 'added')
    return field === 'sku'
      ? `The list had no SKUs before; now column "${columnName(after, to!)}" is taken for them, so every item would be a new one. ${adviceTaken(field, to!)}`
      : null
  if (kind === 'removed') {
    // A name that is left out is read from the SKU.
    const seems = proposed === null ? '' : ` ${heldText(pair, field, proposed)}`
    return `${was} and is gone.${seems} ${advice(field, proposed?.column ?? null)}`
  }
  if (isInDoubt)
    return overlap !== null && overlap >= knownMin
      ? null
      : `The list has other columns than before, and column "${columnName(after, to!)}" may not hold the ${what} any more. ${advice(field, null)}`
  const taking = `${was}; now column "${columnName(after, to!)}" is taken`
  if (isLeftBehind && (field === 'price' || (overlap ?? 0) < knownMin))
    return `${taking}, though that one is still there. ${advice(field, placeIn(after, before.mapping[field]?.header ?? '') ?? from)}`
  // Under its own name a column may stand anywhere.
  if (kind === 'moved' && before.headers.length > 0) return null
  if (overlap !== null && overlap >= knownMin) return null
  const why =
    overlap === null
      ? 'and none of its articles is known to compare with'
      : `but ${shareText(field, overlap)}`
  return `${taking}, ${why}. ${adviceTaken(field, to!)}`
}

/** Where a column of that name stands in a table now. */
function placeIn({ headers }: TableDecision, header: string): number | null {
  const at = headers.findIndex((text) => normalize(text) === normalize(header))
  return at < 0 ? null : at
}

function advice(field: Field, column: number | null): string {
  const letter = column === null ? 'COLUMN' : columnLetter(column)
  return `Approve it if that is right, or correct it with --map ${field}=${letter}; another list needs a source of its own (--source).`
}

/** Where a column was taken already: naming another corrects it, naming that one confirms it. */
function adviceTaken(field: Field, taken: number): string {
  return `Approve it if that is right, or correct it with --map ${field}=COLUMN (${columnLetter(taken)} is the one that was taken); another list needs a source of its own (--source).`
}

function shareText(field: Field, overlap: number): string {
  const share = `${Math.round(overlap * 100)} %`
  return field === 'price'
    ? `only ${share} of its prices are near the known ones`
    : `only ${share} of what it holds is known`
}

/** 'Column "Part no" (B) holds 96 % of the known SKUs.' */
function heldText(
  { after }: TablePair,
  field: Field,
  { column, overlap }: { column: number; overlap: number },
): string {
  const share = `${Math.round(overlap * 100)} %`
  const name = columnName(after, column)
  const place = after.headers[column] ? `"${name}" (${columnLetter(column)})` : name
  const held =
    field === 'price' ? `prices near ${share} of the known ones` : `${share} known ${fieldText(field)}s`
  return `Column ${place} holds ${held}: --map ${field}=${columnLetter(column)}.`
}

function allColumns({ keyShares }: MatchedRows, { mapping }: TableDecision): number[] {
  const mapped = Object.values(mapping).map(({ column }) => column)
  return [...new Set([...keyShares.keys(), ...mapped])]
}

/** Columns that are no fields: renamed where their values are the known ones, else new or gone. */
function otherChanges(pair: TablePair, matched: MatchedRows): LayoutChange[] {
  const { before, after } = pair
  const { gone, fresh } = otherColumns(pair)
  const left = new Set(fresh)
  const changes: LayoutChange[] = gone.map((column) => {
    const key = before.characteristics.find((each) => each.column === column)?.key
    const best = key === undefined ? null : bestColumn(matched, [...left], { field: null, key, style: null })
    const isRenamed = best !== null && best.overlap >= sameTextMin
    if (isRenamed) left.delete(best.column)
    return {
      kind: isRenamed ? 'renamed' : 'removed',
      sheet: after.sheetName,
      field: null,
      from: columnName(before, column),
      to: isRenamed ? columnName(after, best.column) : null,
      overlap: isRenamed ? best.overlap : null,
      doubt: null,
    }
  })
  for (const column of left)
    changes.push({
      kind: 'added',
      sheet: after.sheetName,
      field: null,
      from: null,
      to: columnName(after, column),
      overlap: null,
      doubt: null,
    })
  return changes
}
