import { InvalidError } from '../../../lib/errors.ts'
import { type CellStyles, cellStyles } from '../xlsx/cell-styles.ts'
import { encodingOfCodePage } from './code-page.ts'
import { decryptedStream } from './encryption.ts'
import { damagedBook, Records, recordHeadBytes, recordTypes, startTypes } from './records.ts'
import { TextReader } from './text-reader.ts'

/** 2 to 5 and 8, as the generations of the format are counted. */
export type Generation = 2 | 3 | 4 | 5 | 8

export interface XlsSheet {
  name: string
  isHidden: boolean
  /** Where its first record begins. */
  at: number
}

/** What a workbook says besides its cells. */
export interface XlsWorkbook {
  bytes: Buffer
  generation: Generation
  /** Null: texts are UTF-16 (BIFF8). */
  encoding: string | null
  /** Worksheets in the order of their tabs; charts, macro sheets and modules hold no cells to read. */
  sheets: XlsSheet[]
  /** By the number that a cell has for its style; in BIFF2 that is the number of the format itself. */
  styles: CellStyles
  /** Cells refer to them by number. */
  texts: string[]
}

/** Whether these are the first bytes of a workbook's stream. */
export function isXlsStream(head: Uint8Array): boolean {
  const [low = 0, high = 0, length = 0, zero = 0] = head
  return startTypes.includes(low | (high << 8)) && length >= 4 && length <= 32 && zero === 0
}

/**
 * Reads the stream of an XLS workbook as far as its sheets. Before BIFF5 there is one sheet, and all stands in it.
 * @throws InvalidError `encrypted_workbook`, `damaged_workbook`, `unsupported_format`
 */
export function readXlsWorkbook(given: Buffer): XlsWorkbook {
  const bytes = inTheClear(given)
  const records = new Records(bytes, 0)
  if (!isXlsStream(bytes) || !records.next()) throw damagedBook('it does not begin like a workbook')
  const generation = generationOf(bytes, records)
  const globals = new Globals(bytes, generation)
  if (bytes.readUInt16LE(records.from + 2) === workspaceKind) throw workspace()
  for (let depth = 1; depth > 0; ) {
    if (!records.next()) throw damagedBook('it ends in the middle')
    if (startTypes.includes(records.type)) depth++
    else if (records.type === recordTypes.endOfPart) depth--
    else if (depth === 1) globals.take(records)
  }
  return globals.workbook()
}

/** Decrypted, if it is encrypted with the password that Excel knows by itself. */
function inTheClear(bytes: Buffer): Buffer {
  const records = new Records(bytes, 0)
  while (records.next() && records.type !== recordTypes.endOfPart)
    if (records.type === recordTypes.filePass) return decryptedStream(bytes, records) ?? bytes
  return bytes
}

/** A workspace of BIFF4, which is several sheets in one file. */
const workspaceKind = 0x0100
const worksheetKind = 0
/** Texts that cells share; a workbook of the largest size that Excel wrote has a quarter of it. */
const sharedTextsMax = 4_000_000

const generations: Record<number, Generation> = { 9: 2, 521: 3, 1033: 4 }

function generationOf(bytes: Buffer, { type, from }: Records): Generation {
  const old = generations[type]
  if (old !== undefined) return old
  const version = bytes.readUInt16LE(from)
  return version === 0x0500 ? 5 : 8
}

class Globals {
  readonly #bytes: Buffer
  readonly #generation: Generation
  #codePage: number | null = null
  #is1904 = false
  readonly #sheets: (Omit<XlsSheet, 'name'> & { nameAt: number; end: number })[] = []
  readonly #codesById = new Map<number, string>()
  readonly #formatIds: number[] = []
  readonly #formats: { id: number; at: number; end: number }[] = []
  #textsAt: { at: number; end: number } | null = null

  constructor(bytes: Buffer, generation: Generation) {
    this.#bytes = bytes
    this.#generation = generation
  }

  take({ type, from, to }: Records): void {
    const bytes = this.#bytes
    const length = to - from
    if (type === recordTypes.filePass) throw encrypted()
    if (type === recordTypes.codePage && length >= 2) this.#codePage = bytes.readUInt16LE(from)
    else if (type === recordTypes.date1904 && length >= 2) this.#is1904 = bytes.readUInt16LE(from) === 1
    else if (type === recordTypes.sheet && length >= 8) this.#takeSheet(from, to)
    else if (type === recordTypes.sharedTexts && length >= 8) this.#textsAt = { at: from + 4, end: to }
    else if (type === recordTypes.oldFormat || type === recordTypes.format) this.#takeFormat(from, to)
    else if (type === xfTypes[this.#generation] && length >= 4) this.#takeStyle(from)
  }

  workbook(): XlsWorkbook {
    const bytes = this.#bytes
    const generation = this.#generation
    const encoding = generation === 8 ? null : encodingOfCodePage(this.#codePage ?? 1252)
    const text = new TextReader(bytes, encoding)
    for (const { id, at, end } of this.#formats) {
      text.seek(at, end)
      this.#codesById.set(id, text.read(generation === 8 ? 2 : 1))
    }
    const isOld = generation < 5
    const ids = generation === 2 ? [...this.#formats.keys()] : this.#formatIds
    const sheets = this.#sheets.map(({ nameAt, end, ...sheet }) => {
      text.seek(nameAt, end)
      return { ...sheet, name: text.read(1) }
    })
    return {
      bytes,
      generation,
      encoding,
      sheets: isOld ? [{ name: 'Sheet1', isHidden: false, at: 0 }] : sheets,
      styles: cellStyles(
        ids.map((id) => ({ id, code: this.#codesById.get(id) ?? null })),
        this.#is1904,
      ),
      texts: this.#textsAt === null ? [] : readTexts(text, this.#textsAt),
    }
  }

  #takeSheet(from: number, to: number): void {
    const at = this.#bytes.readUInt32LE(from)
    if (this.#bytes[from + 5] !== worksheetKind) return
    if (this.#sheets.some((sheet) => sheet.at === at))
      throw damagedBook('two sheets of it have the same place')
    if (at + recordHeadBytes > this.#bytes.length || !startTypes.includes(this.#bytes.readUInt16LE(at)))
      throw damagedBook('a sheet of it is missing, or the file ends in the middle')
    this.#sheets.push({ at, isHidden: (this.#bytes[from + 4]! & 3) !== 0, nameAt: from + 6, end: to })
  }

  #takeFormat(from: number, to: number): void {
    const generation = this.#generation
    // Until BIFF4 formats count by their order.
    const id = generation < 5 ? this.#formats.length : this.#bytes.readUInt16LE(from)
    this.#formats.push({ id, at: generation < 4 ? from : from + 2, end: to })
  }

  #takeStyle(from: number): void {
    const isByte = this.#generation < 5
    this.#formatIds.push(isByte ? this.#bytes[from + 1]! : this.#bytes.readUInt16LE(from + 2))
  }
}

const xfTypes: Record<Generation, number> = { 2: 0x0043, 3: 0x0243, 4: 0x0443, 5: 0x00e0, 8: 0x00e0 }

function readTexts(text: TextReader, { at, end }: { at: number; end: number }): string[] {
  text.seek(at, end)
  const count = text.long()
  if (count > sharedTextsMax) {
    throw new InvalidError(
      'workbook_too_large',
      `The workbook has ${count} texts, more than the ${sharedTextsMax} that are read. Split it, or send it as CSV.`,
    )
  }
  const texts: string[] = []
  for (let index = 0; index < count; index++) texts.push(text.read(2))
  return texts
}

function encrypted(): InvalidError {
  return new InvalidError(
    'encrypted_workbook',
    'The workbook is protected with a password. Save it without one and send it again.',
  )
}

function workspace(): InvalidError {
  return new InvalidError(
    'unsupported_format',
    'The file is a workspace of Excel 4. Open it in Excel or LibreOffice, and save its sheets as XLSX or CSV.',
  )
}
