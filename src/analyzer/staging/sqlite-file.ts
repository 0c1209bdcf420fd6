import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { orDiskFull } from '../../db/sqlite.ts'
import { type SqliteRecord, varintSize, writeVarint } from './sqlite-record.ts'

/** Pages go out in pieces of about this size. */
const pieceBytes = 512 * 1024
/** SQLite locks bytes from here on; the page they lie in holds nothing. */
const lockByte = 2 ** 30
const leafTable = 13
const interiorTable = 5
const leafHeader = 8
const interiorHeader = 12

/**
 * Appends rows to empty tables of a SQLite file that nobody has open, by writing the pages of their b-trees one
 * after the other: a fifth of the time that as many INSERTs take, most of which goes into binding values. SQLite
 * made the file with its schema, and reads it afterwards as its own.
 *
 *   open → table(…).append(record)… → end
 *
 * Errors of the disk come as `diskFullError` says them. A file that was not ended has tables that are still empty, or none.
 * Source: https://sqlite.org/fileformat2.html, sections 1.3, 1.5 and 1.6.
 */
export class SqliteFile {
  readonly pageSize: number
  readonly #file: number
  readonly #tables: TableAppender[] = []
  readonly #piece: Buffer
  #pieceLength = 0
  #pageCount: number
  #isOpen = true

  constructor(path: string) {
    this.#file = openSync(path, 'r+')
    const header = Buffer.alloc(100)
    readSync(this.#file, header, 0, 100, 0)
    // 1 stands for 65536, which has no room in 16 bits.
    this.pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
    this.#pageCount = header.readUInt32BE(28)
    this.#piece = Buffer.alloc(Math.max(pieceBytes, this.pageSize))
  }

  /** @param rootPage of an empty table, as sqlite_schema names it */
  table(rootPage: number): TableAppender {
    const table = new TableAppender(this, rootPage)
    this.#tables.push(table)
    return table
  }

  /** Writes a page behind all others. @returns its number */
  append(page: Uint8Array): number {
    if (this.#pageCount * this.pageSize === lockByte) this.#write(Buffer.alloc(this.pageSize))
    this.#write(page)
    return this.#pageCount
  }

  /** The number that the next page but so many will have. */
  pageNumberAfter(pages: number): number {
    const lockPage = lockByte / this.pageSize + 1
    const number = this.#pageCount + 1 + pages
    return this.#pageCount < lockPage && number >= lockPage ? number + 1 : number
  }

  /** Makes the tables whole and closes the file. */
  end(): void {
    for (const table of this.#tables) {
      const root = table.end()
      this.#flush()
      this.#writeAll(root, (table.rootPage - 1) * this.pageSize)
    }
    const size = Buffer.alloc(4)
    size.writeUInt32BE(this.#pageCount)
    this.#writeAll(size, 28)
    this.close()
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#file)
  }

  #write(page: Uint8Array): void {
    this.#piece.set(page, this.#pieceLength)
    this.#pieceLength += this.pageSize
    this.#pageCount++
    if (this.#pieceLength + this.pageSize > this.#piece.length) this.#flush()
  }

  #flush(): void {
    this.#writeAll(
      this.#piece.subarray(0, this.#pieceLength),
      this.#pageCount * this.pageSize - this.#pieceLength,
    )
    this.#pieceLength = 0
  }

  #writeAll(bytes: Buffer, position: number): void {
    orDiskFull(() => {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#file, bytes, written, bytes.length - written, position + written)
    })
  }
}

/** A page below, and the last row in it or under it. */
interface Child {
  page: number
  lastRow: number
}

/** Rows of one table, numbered from 1 on in the order they come. */
export class TableAppender {
  readonly rootPage: number
  readonly #file: SqliteFile
  readonly #leaf: PageBuilder
  readonly #leaves: Child[] = []
  #rows = 0

  constructor(file: SqliteFile, rootPage: number) {
    this.#file = file
    this.rootPage = rootPage
    this.#leaf = new PageBuilder(file.pageSize, leafTable)
  }

  /** @returns the row's number */
  append({ bytes, start, end }: SqliteRecord): number {
    const row = this.#rows + 1
    const length = end - start
    const local = this.#localLength(length)
    const overflow = local < length ? 4 : 0
    const size = varintSize(length) + varintSize(row) + local + overflow
    if (!this.#leaf.hasRoom(size)) this.#endLeaf()
    // Known only now: ending the leaf has moved the file's end.
    const overflowPage = overflow === 0 ? 0 : this.#appendOverflow(bytes.subarray(start + local, end))
    const page = this.#leaf.bytes
    let at = this.#leaf.place(size)
    at = writeVarint(page, at, length)
    at = writeVarint(page, at, row)
    bytes.copy(page, at, start, start + local)
    if (overflow > 0) page.writeUInt32BE(overflowPage, at + local)
    this.#rows = row
    return row
  }

  /** @returns the root page */
  end(): Buffer {
    if (this.#leaves.length === 0) return this.#leaf.finish()
    if (!this.#leaf.isEmpty) this.#endLeaf()
    const cellSizeMax = 2 + 4 + varintSize(this.#rows)
    const childrenMax = Math.floor((this.#file.pageSize - interiorHeader) / cellSizeMax) + 1
    let level = this.#leaves
    while (level.length > childrenMax) {
      const pages = Math.ceil(level.length / childrenMax)
      const parents: Child[] = []
      // Evenly, since SQLite takes a page with a single child for damaged.
      for (let i = 0; i < pages; i++) {
        const [from, to] = [i, i + 1].map((n) => Math.floor((n * level.length) / pages))
        const children = level.slice(from, to)
        parents.push({ page: this.#file.append(this.#interior(children)), lastRow: children.at(-1)!.lastRow })
      }
      level = parents
    }
    return this.#interior(level)
  }

  /** The last child has no cell, but a place in the header. */
  #interior(children: Child[]): Buffer {
    const interior = new PageBuilder(this.#file.pageSize, interiorTable)
    for (const { page, lastRow } of children.slice(0, -1)) {
      const at = interior.place(4 + varintSize(lastRow))
      interior.bytes.writeUInt32BE(page, at)
      writeVarint(interior.bytes, at + 4, lastRow)
    }
    interior.bytes.writeUInt32BE(children.at(-1)!.page, 8)
    return interior.finish()
  }

  #endLeaf(): void {
    this.#leaves.push({ page: this.#file.append(this.#leaf.finish()), lastRow: this.#rows })
    this.#leaf.clear()
  }

  /** How much of a record lies in the leaf itself: section 1.6. */
  #localLength(length: number): number {
    const usable = this.#file.pageSize
    if (length <= usable - 35) return length
    const least = Math.floor(((usable - 12) * 32) / 255) - 23
    const fitting = least + ((length - least) % (usable - 4))
    return fitting <= usable - 35 ? fitting : least
  }

  /** @returns the first page of the chain */
  #appendOverflow(rest: Buffer): number {
    const room = this.#file.pageSize - 4
    const page = Buffer.alloc(this.#file.pageSize)
    const first = this.#file.pageNumberAfter(0)
    for (let from = 0; from < rest.length; from += room) {
      const isLast = from + room >= rest.length
      page.fill(0)
      page.writeUInt32BE(isLast ? 0 : this.#file.pageNumberAfter(1), 0)
      rest.copy(page, 4, from, from + room)
      this.#file.append(page)
    }
    return first
  }
}

/** One page of a b-tree: pointers from the front, cells from the back. */
class PageBuilder {
  readonly bytes: Buffer
  readonly #kind: number
  readonly #headerSize: number
  #cells = 0
  #contentStart: number

  constructor(size: number, kind: number) {
    this.bytes = Buffer.alloc(size)
    this.#kind = kind
    this.#headerSize = kind === interiorTable ? interiorHeader : leafHeader
    this.#contentStart = size
  }

  get isEmpty(): boolean {
    return this.#cells === 0
  }

  hasRoom(size: number): boolean {
    return this.#contentStart - size >= this.#headerSize + 2 * (this.#cells + 1)
  }

  /** @returns where the cell goes */
  place(size: number): number {
    this.#contentStart -= size
    this.bytes.writeUInt16BE(this.#contentStart, this.#headerSize + 2 * this.#cells)
    this.#cells++
    return this.#contentStart
  }

  finish(): Buffer {
    this.bytes[0] = this.#kind
    // No free blocks within the page, nor fragments.
    this.bytes.writeUInt16BE(0, 1)
    this.bytes.writeUInt16BE(this.#cells, 3)
    this.bytes.writeUInt16BE(this.#contentStart % 65536, 5)
    this.bytes[7] = 0
    return this.bytes
  }

  clear(): void {
    this.bytes.fill(0)
    this.#cells = 0
    this.#contentStart = this.bytes.length
  }
}
