import {
  type Fingerprint,
  type FingerprintEntries,
  fingerprint,
  type KnownRows,
  lineFingerprint,
  rowFlags,
  seedsOf,
} from './fingerprint.ts'
import type { RecordTaker } from './formats/format.ts'
import type { RowSink } from './row-sink.ts'
import type { Place } from './staging/staging.ts'
import type { TableDecision } from './table/decision.ts'
import type { Issue } from './table/rows/issue.ts'
import { hasPrice, type ItemRow, lacksCurrency, type RowOutcome } from './table/rows/item.ts'
import type { TableReader } from './table/rows/reader.ts'
import type { Row } from './table/rows/row.ts'

export interface ReadFingerprints {
  /** See `KnownRows`; null: every row was read. */
  known: KnownRows | null
  /** Rows that were read and taken, by their number in staging. */
  fresh: FingerprintEntries
  tablesKey: string
}

/** Takes the records of one sheet as its format comes upon them. */
export interface RowTaker extends RecordTaker {
  /** Whether the list had a known row twice: what was taken since then is worth nothing. */
  hasRepeated(): boolean
}

/**
 * Recognises the rows that the source's last list had just so, and has the others read; each is counted in the sink.
 * @param taking.place null, like `reader`: the table is no price list
 * @param taking.fingerprints null: every row is read, and none is remembered
 * @param taking.ordinal counts the tables of one sheet: the same line means something else in each
 * @param taking.onStray is shown the rows that are no items
 */
export function rowTaker(taking: {
  table: TableDecision
  place: Place | null
  reader: TableReader | null
  sink: RowSink
  fingerprints: ReadFingerprints | null
  ordinal: number
  onStray: ((row: Row) => void) | null
}): RowTaker {
  const { table, place, reader, sink, fingerprints, ordinal, onStray } = taking
  const nothingKnown = { knows: () => false, hasRepeated: () => false }
  if (reader === null || place === null)
    return {
      ...nothingKnown,
      take(row) {
        onStray?.(row)
        sink.take(row, { kind: 'ignored', reason: 'not_a_list' })
      },
    }
  if (fingerprints === null)
    return {
      ...nothingKnown,
      take(row) {
        const outcome = outcomeOf(row, reader)
        if (outcome.kind !== 'item') onStray?.(row)
        sink.take(row, outcome)
      },
    }
  const { known, fresh } = fingerprints
  const print: Fingerprint = { a: 0, b: 0 }
  const inherited = `${place.scope}\x1d${ordinal === 0 ? '' : `${ordinal}\x1d`}`
  let headings = reader.context()
  let seeds = seedsOf(inherited + headings)
  let seen: Buffer | null = null
  let view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0))
  let hasRepeated = false

  return {
    knows(index, bytes, from, to) {
      if (index < table.firstDataRow) return false
      if (bytes !== seen) {
        seen = bytes
        view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      }
      lineFingerprint(view, from, to, seedsNow(), print)
      return isKnown()
    },
    take(row, isLine) {
      // What a fault is told of is written to every import's log, so such a row is read every time.
      const isData = row.index >= table.firstDataRow && row.fault === undefined
      if (isData && !isLine) {
        fingerprint(row, seedsNow(), print)
        if (isKnown()) return
      }
      const outcome = outcomeOf(row, reader)
      if (outcome.kind !== 'item') onStray?.(row)
      const n = sink.take(row, outcome)
      // What was noted about a row is written to every import's log, so such a row is read every time.
      if (isData && n !== null && outcome.kind === 'item' && outcome.item.notes.length === 0)
        fresh.add(print, flagsOf(outcome.item), n)
    },
    hasRepeated: () => hasRepeated,
  }

  /** Of what the next row inherits, which changes rarely. */
  function seedsNow(): Fingerprint {
    const context = reader!.context()
    if (context !== headings) {
      headings = context
      seeds = seedsOf(inherited + headings)
    }
    return seeds
  }

  /** Whether the last list had the row whose fingerprint was just made; then it is counted. */
  function isKnown(): boolean {
    const met = known === null ? 'new' : known.take(print)
    if (met === 'new') return false
    if (met === 'repeated') hasRepeated = true
    else {
      reader!.skipItem()
      sink.takeKnown((met & rowFlags.ownPriced) !== 0)
    }
    return true
  }
}

function outcomeOf(row: Row, reader: TableReader): RowOutcome {
  const { fault, index } = row
  if (fault === undefined) return reader.read(row)
  const issue: Issue = { severity: 'error', errorType: 'ParserError', ...fault, row: index, column: null }
  return { kind: 'rejected', issues: [issue], itemKey: null }
}

function flagsOf(item: ItemRow): number {
  return (
    (hasPrice(item) ? rowFlags.priced : 0) |
    (lacksCurrency(item) ? rowFlags.withoutCurrency : 0) |
    (item.priceE4 !== null ? rowFlags.ownPriced : 0)
  )
}
