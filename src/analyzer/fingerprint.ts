import type { Row } from './table/rows/row.ts'

/**
 * Fingerprints of the rows that a source's last list had: what a reload recognises it need neither read nor stage. A
 * fingerprint covers a row's content and what the row inherits (scope, section); it is only valid with the same decision
 * about the table and the same revision of the supplier's items. The content is the bytes of a line that is a row by
 * itself, or else the decoded cells and which of them are numbers.
 */

/** What is remembered of a row that was accepted, beside its fingerprint. `priced`: by a further price at least. */
export const rowFlags = { priced: 1, withoutCurrency: 2, ownPriced: 4 } as const

/** Two independent 32-bit hashes; a row is taken for another with a chance of about 1 in 10^19. */
export interface Fingerprint {
  a: number
  b: number
}

/** What rows inherit, ready to be hashed with each of them. */
export function seedsOf(context: string): Fingerprint {
  return { a: Bun.hash.xxHash32(context, 3), b: Bun.hash.xxHash32(context, 4) }
}

/**
 * The fingerprint of a row's cells. Joining them for native hashes costs five times as much.
 * @param into is filled, so that a million rows make no garbage
 */
export function fingerprint({ cells }: Row, seeds: Fingerprint, into: Fingerprint): void {
  let a = seeds.a
  let b = seeds.b
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]!
    const text = typeof cell === 'string' ? cell : String(cell)
    // The length keeps cells apart, the mark a number from the text that looks like it.
    const start = text.length + (typeof cell === 'string' ? textMark : numberMark)
    a = Math.imul(a ^ start, 0x9e3779b1)
    b = Math.imul(b + start, 0x85ebca77)
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      a = Math.imul(a ^ code, 0x9e3779b1)
      a ^= a >>> 15
      b = Math.imul(b + code, 0x85ebca77)
      b = (b << 13) | (b >>> 19)
    }
  }
  into.a = mixed(a) >>> 0
  // Zero in both marks a free slot.
  into.b = mixed(b) >>> 0 || 1
}

const textMark = 0x10000
const numberMark = 0x5bd1e995

/**
 * The fingerprint of a line: two hashes after MurmurHash3 with constants of their own, in one pass and without a call
 * that costs more than the hashing (a third of the time of two native ones).
 * @param bytes the line is bytes[from, to), to be seen through `view` as well
 * @param into is filled
 */
export function lineFingerprint(
  view: DataView,
  from: number,
  to: number,
  seeds: Fingerprint,
  into: Fingerprint,
): void {
  let a = seeds.a
  let b = seeds.b
  let at = from
  for (; at + 4 <= to; at += 4) {
    const word = view.getInt32(at, true)
    let k = Math.imul(word, 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    a ^= k
    a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0
    let m = Math.imul(word, 0x85ebca6b)
    m = Math.imul((m << 16) | (m >>> 16), 0xc2b2ae35)
    b ^= m
    b = (Math.imul((b << 17) | (b >>> 15), 9) + 0x27d4eb2f) | 0
  }
  let rest = to - from
  for (; at < to; at++) rest = (rest << 8) | view.getUint8(at)
  a = mixed(a ^ Math.imul(rest, 0xcc9e2d51) ^ (to - from))
  b = mixed(b ^ Math.imul(rest, 0x85ebca6b) ^ (to - from))
  into.a = a >>> 0
  // Zero in both marks a free slot.
  into.b = b >>> 0 || 1
}

function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * The rows of the last list, looked up by fingerprint. One table holds all of a row side by side, since a shuffled list
 * looks rows up all over it and every place it has to fetch costs more than the hashing: 21 bytes a row.
 */
export class KnownRows {
  readonly count: number
  /** The supplier's revision at which the items were as the rows say. */
  readonly revision: number
  /** Items of the same scopes that were on the last list without a fingerprint of their own. */
  readonly others: Uint32Array
  seenCount = 0
  seenPriced = 0
  seenWithoutCurrency = 0
  /** Slots of four words: both hashes, the item's id, and flags. A row stands at or, wrapping round, behind its place. */
  readonly #table: Uint32Array
  readonly #slots: number

  /** The entries are copied. */
  constructor(entries: FingerprintEntries, others: Uint32Array, revision: number) {
    this.count = entries.count
    this.revision = revision
    this.others = others
    this.#slots = Math.ceil(entries.count * 1.3) + 1
    const table = new Uint32Array(this.#slots * slotWords)
    this.#table = table
    for (let entry = 0; entry < entries.count; entry++) {
      let at = this.#placeOf(entries.a[entry]!)
      while (table[at + 1] !== 0) at = at + slotWords === table.length ? 0 : at + slotWords
      table[at] = entries.a[entry]!
      table[at + 1] = entries.b[entry]!
      table[at + 2] = entries.itemIds[entry]!
      table[at + 3] = entries.flags[entry]!
    }
  }

  /**
   * Whether the last list had this row: its flags, or `new`, or `repeated` when this list has had it already and the
   * two must be told apart the long way.
   */
  take({ a, b }: Fingerprint): number | 'new' | 'repeated' {
    const table = this.#table
    for (let at = this.#placeOf(a); ; at = at + slotWords === table.length ? 0 : at + slotWords) {
      if (table[at + 1] === 0) return 'new'
      if (table[at] !== a >>> 0 || table[at + 1] !== b >>> 0) continue
      const flags = table[at + 3]!
      if ((flags & seenFlag) !== 0) return 'repeated'
      table[at + 3] = flags | seenFlag
      this.seenCount++
      if ((flags & rowFlags.priced) !== 0) this.seenPriced++
      if ((flags & rowFlags.withoutCurrency) !== 0) this.seenWithoutCurrency++
      return flags
    }
  }

  /** Whether an item of the rows that were recognised is among these: then the list names it twice. */
  overlaps(itemIds: Set<number>): boolean {
    if (itemIds.size === 0) return false
    const table = this.#table
    for (let at = 0; at < table.length; at += slotWords)
      if ((table[at + 3]! & seenFlag) !== 0 && itemIds.has(table[at + 2]!)) return true
    return false
  }

  /** Items that were on the last list and of which this one has not had the row, the others last. */
  *missingItems(): Generator<number> {
    const table = this.#table
    const missing = new Uint32Array(this.count - this.seenCount)
    let count = 0
    for (let at = 0; at < table.length; at += slotWords)
      if (table[at + 1] !== 0 && (table[at + 3]! & seenFlag) === 0) missing[count++] = table[at + 2]!
    // In their order, as tables like to be written.
    yield* missing.sort()
    yield* this.others
  }

  /** Adds the entries that were recognised. */
  copySeen(into: FingerprintEntries): void {
    const table = this.#table
    for (let at = 0; at < table.length; at += slotWords) {
      const flags = table[at + 3]!
      if ((flags & seenFlag) !== 0)
        into.add({ a: table[at]!, b: table[at + 1]! }, flags & ~seenFlag, table[at + 2]!)
    }
  }

  #placeOf(a: number): number {
    return Math.floor(((a >>> 0) * this.#slots) / 2 ** 32) * slotWords
  }
}

const slotWords = 4
/** Beside `rowFlags`, while a list is read. */
const seenFlag = 0x80

/** Fingerprints with what belongs to them, in columns that grow by doubling. */
export class FingerprintEntries {
  count = 0
  a: Uint32Array
  b: Uint32Array
  flags: Uint8Array
  /** Ids of supplier items; while a list is being read, the numbers of staged rows. */
  itemIds: Uint32Array

  constructor(capacity = 1024) {
    this.a = new Uint32Array(capacity)
    this.b = new Uint32Array(capacity)
    this.flags = new Uint8Array(capacity)
    this.itemIds = new Uint32Array(capacity)
  }

  add({ a, b }: Fingerprint, flags: number, itemId: number): void {
    if (this.count === this.a.length) this.#grow()
    this.a[this.count] = a
    this.b[this.count] = b
    this.flags[this.count] = flags
    this.itemIds[this.count] = itemId
    this.count++
  }

  #grow(): void {
    const capacity = this.a.length * 2
    this.a = grown(this.a, new Uint32Array(capacity))
    this.b = grown(this.b, new Uint32Array(capacity))
    this.flags = grown(this.flags, new Uint8Array(capacity))
    this.itemIds = grown(this.itemIds, new Uint32Array(capacity))
  }
}

function grown<Column extends Uint32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
