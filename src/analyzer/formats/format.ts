import type { Wrapping } from '../../imports/model.ts'
import type { FormatName } from '../../sources/model.ts'
import type { FileChoices } from '../table/card/choice.ts'
import type { ColumnFormat } from '../table/columns/column-format.ts'
import type { Row } from '../table/rows/row.ts'
import type { ApartLimits } from './apart/reader-process.ts'

/** A table-like part of a file: a workbook's sheet, or the whole of a CSV file (name null). */
export interface Sheet {
  index: number
  name: string | null
  /** A hidden sheet is read like any other; the decision card says that it was hidden. */
  isHidden: boolean
}

export interface ReadLimits {
  /** Longest cell, in characters. A longer one ends the file with `cell_too_long`. */
  cellCharactersMax: number
  /** Most columns a row may have. */
  columnsMax: number
  /** Most bytes that a compressed file may unpack to. */
  unpackedBytesMax: number
  /** How formats are read that may run away; absent: here, since this process may be ended for it. */
  apart?: ApartLimits
}

export const defaultReadLimits: ReadLimits = {
  cellCharactersMax: 1_000_000,
  columnsMax: 16_384,
  unpackedBytesMax: 8 * 1024 ** 3,
}

/** Takes the rows of a sheet one by one, in their order. */
export interface RecordTaker {
  /**
   * Whether this line, if it is a row by itself, is known: then it counts, and nobody reads it.
   * @param bytes the line is bytes[from, to), in UTF-8, without its line end; only valid during the call
   */
  knows(index: number, bytes: Buffer, from: number, to: number): boolean
  /** @param isLine whether the row is the line that `knows` was asked about last, and depends on nothing else */
  take(row: Row, isLine: boolean): void
}

/** A file that was recognised and opened. It can be read any number of times, one sheet at a time. */
export interface OpenedFile {
  format: string
  /** Left out: it was not packed. */
  wrapping?: Wrapping
  /** As in `TextDecoder` ("utf-8", "windows-1251"); null where the format has no choice. */
  encoding: string | null
  /** One character; null where the format has none. */
  delimiter: string | null
  /** How surely, where the format had to guess. */
  choices?: Pick<FileChoices, 'encoding' | 'delimiter'>
  sheets: Sheet[]
  /**
   * Streams a sheet from its start, in batches of some thousand rows; memory does not grow with the sheet.
   * Rows ascend by index; indexes may skip (a workbook leaves blank rows out).
   * @throws InvalidError when the content is damaged or breaks a limit, naming sheet and row.
   */
  rows(sheet: number): AsyncIterable<Row[]>
  /**
   * The same rows, for whoever knows many of them; null where the format has no lines. Every step gives some hundred
   * kilobytes of them to the taker.
   */
  records: ((sheet: number, taker: RecordTaker) => AsyncIterable<void>) | null
  /** How the first numbers of each column are shown; absent where the format shows numbers only as they are. */
  columnFormats?(sheet: number): Promise<ColumnFormat[]>
  /** Bytes of the file consumed by the latest `rows` or `records` call, for progress; compressed bytes where compressed. */
  bytesRead(): number
  close(): void
}

export interface OpenOptions {
  limits: ReadLimits
  /** What the source pins; null: decide by content. */
  encoding: string | null
  delimiter: string | null
  /** The same, of the format of what is read, unpacked where it is packed; left out: as null. */
  expectedFormat?: FormatName | null
  /** Ends what is read apart, and the opening of a PDF; what else is read here has to be left by its reader. */
  signal?: AbortSignal
}

/** One file format. `formats/index.ts` lists them all. */
export interface Format {
  name: string
  /** A hostile file may take memory or time without end: it is read where it can be stopped. */
  mayRunAway?: boolean
  /** By content, never by name. `head` is the file's first 64 KiB (or less). */
  detect(head: Uint8Array): boolean
  /**
   * @param path a regular file that does not change while it is open
   * @throws InvalidError when it cannot be read: encrypted, truncated, unknown encoding, …
   */
  open(path: string, options: OpenOptions): Promise<OpenedFile>
}
