import { type CellStyles, cellStyles, type StyleFormat } from '../xlsx/cell-styles.ts'
import { type Relationship, readRelationships, smallPartBytesMax } from '../xlsx/package.ts'
import { SharedStrings, sharedStringsBytesMax } from '../xlsx/shared-strings.ts'
import type { ZipEntry, ZipFile } from '../zip/zip.ts'
import { damagedPart, PartRecords, recordTypes } from './records.ts'

export interface XlsbSheet {
  name: string
  isHidden: boolean
  /** Null: the workbook names the sheet, and the archive does not have it. */
  entry: ZipEntry | null
}

/** What a binary workbook says besides its cells. */
export interface XlsbWorkbook {
  /** Worksheets in the order of their tabs; chart, dialog and macro sheets hold no cells to read. */
  sheets: XlsbSheet[]
  styles: CellStyles
  strings: SharedStrings
  /** What all this unpacked to. */
  unpackedBytes: number
}

/**
 * @param part the main part
 * @throws InvalidError `damaged_workbook`, `zip_bomb`, `workbook_too_large`
 */
export async function readXlsbWorkbook(
  zip: ZipFile,
  part: ZipEntry,
  { unpackedBytesMax }: { unpackedBytesMax: number },
): Promise<XlsbWorkbook> {
  const relationships = await readRelationships(zip, part.name)
  const ofType = (type: string) =>
    relationships.find((relationship) => relationship.type === type)?.entry ?? null
  const { sheets, is1904 } = await readSheets(zip, part, relationships)
  const styles = ofType('styles')
  const strings = ofType('sharedStrings')
  return {
    sheets,
    styles: cellStyles(styles === null ? [] : await readStyles(zip, styles), is1904),
    strings: await readStrings(zip, strings, unpackedBytesMax),
    unpackedBytes: (styles?.unpackedBytes ?? 0) + (strings?.unpackedBytes ?? 0),
  }
}

async function readSheets(zip: ZipFile, part: ZipEntry, relationships: Relationship[]) {
  const byId = new Map(relationships.map((relationship) => [relationship.id, relationship]))
  const sheets: XlsbSheet[] = []
  const seen = new Set<ZipEntry>()
  let is1904 = false
  await eachRecord(zip, part, smallPartBytesMax, (records) => {
    const { bytes, from } = records
    if (records.type === recordTypes.bookProperties) {
      records.need(4)
      is1904 = (bytes[from]! & 1) === 1
    }
    if (records.type !== recordTypes.sheet) return
    records.need(8)
    // What is not 0 is hidden, or hidden from everything but macros.
    const isHidden = bytes.readUInt32LE(from) !== 0
    const relationship = byId.get(records.text(from + 8))
    const name = records.text(records.textEnd)
    if (relationship !== undefined && relationship.type !== 'worksheet') return
    const entry = relationship?.entry ?? null
    // Thousands of sheets out of one part are a way to make a small file large.
    if (entry !== null && seen.has(entry)) throw damagedPart(part.name)
    if (entry !== null) seen.add(entry)
    sheets.push({ name, isHidden, entry })
  })
  return { sheets, is1904 }
}

async function readStyles(zip: ZipFile, part: ZipEntry): Promise<StyleFormat[]> {
  const byId = new Map<number, string>()
  const formatIds: number[] = []
  // The same records stand elsewhere too: formats in differential styles, styles in the styles of styles.
  let list: number | null = null
  await eachRecord(zip, part, smallPartBytesMax, (records) => {
    const { type, bytes, from } = records
    if (type === recordTypes.formatsStart || type === recordTypes.cellStylesStart) list = type
    else if (type === recordTypes.formatsEnd || type === recordTypes.cellStylesEnd) list = null
    else if (type === recordTypes.format && list === recordTypes.formatsStart) {
      records.need(2)
      byId.set(bytes.readUInt16LE(from), records.text(from + 2))
    } else if (type === recordTypes.style && list === recordTypes.cellStylesStart) {
      records.need(4)
      formatIds.push(bytes.readUInt16LE(from + 2))
    }
  })
  return formatIds.map((id) => ({ id, code: byId.get(id) ?? null }))
}

async function readStrings(
  zip: ZipFile,
  part: ZipEntry | null,
  unpackedBytesMax: number,
): Promise<SharedStrings> {
  const partName = part?.name ?? ''
  const options = { partName, tableBytesMax: sharedStringsBytesMax, stringXmlBytesMax: 0 }
  if (part === null) return new SharedStrings(options)
  const strings = new SharedStrings(options, Math.ceil(part.unpackedBytes / 2))
  let isWhole = false
  await eachRecord(zip, part, unpackedBytesMax, (records) => {
    if (records.type === recordTypes.sharedEnd) isWhole = true
    if (records.type !== recordTypes.sharedItem) return
    // A byte of flags comes first; what follows the text is how it looks, and how it is spoken.
    const text = records.text(records.from + 1)
    const bytes = Buffer.from(text)
    strings.append(bytes, 0, bytes.length, bytes.length === text.length)
    strings.finish()
  })
  if (!isWhole) throw damagedPart(part.name)
  return strings
}

async function eachRecord(
  zip: ZipFile,
  part: ZipEntry,
  unpackedBytesMax: number,
  take: (records: PartRecords) => void,
): Promise<void> {
  const records = new PartRecords(part.name)
  for await (const piece of zip.stream(part, { unpackedBytesMax })) {
    if (!records.push(piece)) continue
    while (records.next()) take(records)
  }
  records.end()
  while (records.next()) take(records)
}
