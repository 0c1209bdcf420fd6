import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import { isCompoundFile } from './foreign-content.ts'
import type { Format, OpenedFile, ReadLimits } from './format.ts'
import { readCellStyles } from './xlsx/cell-styles.ts'
import { columnFormats } from './xlsx/column-formats.ts'
import { utf8Pieces } from './xlsx/encoding.ts'
import { readText } from './xlsx/package.ts'
import { readSharedStrings } from './xlsx/read-shared-strings.ts'
import { SharedStrings, sharedStringsBytesMax } from './xlsx/shared-strings.ts'
import { sheetRows } from './xlsx/sheet-rows.ts'
import { readWorkbook, type Workbook } from './xlsx/workbook.ts'
import { openZip, type ZipEntry, type ZipFile } from './zip/zip.ts'

/**
 * Excel workbooks (XLSX, XLSM, XLTX), read by a scanner of our own: exceljs corrupts non-ASCII text and costs
 * nine times as much, SheetJS five times and the whole file in memory. Opening reads the shared strings and
 * styles; only those stay in memory, rows stream.
 *
 * Every ZIP archive is detected as this format, so that one of another kind (ODS, XLSB, DOCX, …) is refused by
 * name. A workbook with a password is no archive at all, and formats/index.ts knows it.
 */
export const xlsx: Format = {
  name: 'xlsx',
  detect: (bytes) => isArchive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  async open(path, { limits }) {
    const zip = openZip(path)
    try {
      return await openWorkbook(zip, limits)
    } catch (error) {
      zip.close()
      throw error
    }
  },
}

/** What XML can make of one character ("&#x10FFFF;"), and room for runs of rich text. */
const xmlBytesPerCharacter = 12

function isArchive(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 4)
  if (start === 'PK\x03\x04' || start === 'PK\x05\x06' || start === 'PK\x07\x08') return true
  // Legacy workbooks hold little archives of their own (themes).
  if (isCompoundFile(head)) return false
  // Bytes before the archive: believed only if what begins there is named like a part of a workbook.
  const at = head.indexOf('PK\x03\x04', 0, 'latin1')
  return at > 0 && /^(\[Content_Types\]|_rels\/|xl\/)/.test(head.toString('latin1', at + 30, at + 50))
}

async function openWorkbook(zip: ZipFile, limits: ReadLimits): Promise<OpenedFile> {
  const workbook = await readWorkbook(zip)
  const { styles: stylesPart, is1904 } = workbook
  const stylesText = stylesPart === null ? null : await readText(zip, stylesPart)
  const styles = readCellStyles(stylesText, stylesPart?.name ?? '', is1904)
  const strings = await readStrings(zip, workbook, limits)
  // What the other parts unpacked to counts as well, each sheet by itself: it can be read again and again.
  const unpackedBytesMax = Math.max(0, limits.unpackedBytesMax - unpackedBytes(workbook))
  let packedBytes = 0
  const pieces = (entry: ZipEntry, onPacked: (bytes: number) => void) =>
    utf8Pieces(zip.stream(entry, { unpackedBytesMax, onPacked }), entry.name)
  return {
    format: 'xlsx',
    encoding: null,
    delimiter: null,
    sheets: workbook.sheets.map(({ name, isHidden }, index) => ({ index, name, isHidden })),
    rows(index) {
      packedBytes = 0
      const sheet = workbook.sheets[index]
      if (sheet === undefined) throw new RangeError(`The workbook has no sheet ${index}.`)
      if (sheet.entry === null) return missingSheet(sheet.name)
      const onPacked = (bytes: number) => {
        packedBytes += bytes
      }
      return sheetRows(pieces(sheet.entry, onPacked), {
        partName: sheet.entry.name,
        sheetName: sheet.name,
        strings,
        styles,
        limits,
        sharedCharactersMax: unpackedBytesMax,
      })
    },
    records: null,
    async columnFormats(index) {
      const entry = workbook.sheets[index]?.entry ?? null
      return entry === null
        ? []
        : columnFormats(
            pieces(entry, () => {}),
            styles,
          )
    },
    bytesRead: () => packedBytes,
    close: () => zip.close(),
  }
}

async function readStrings(zip: ZipFile, { strings }: Workbook, limits: ReadLimits): Promise<SharedStrings> {
  const options = {
    partName: strings?.name ?? '',
    tableBytesMax: sharedStringsBytesMax,
    stringXmlBytesMax: limits.cellCharactersMax * xmlBytesPerCharacter,
  }
  if (strings === null) return new SharedStrings(options)
  const pieces = zip.stream(strings, { unpackedBytesMax: limits.unpackedBytesMax })
  return readSharedStrings(utf8Pieces(pieces, strings.name), options, strings.unpackedBytes)
}

function unpackedBytes({ strings, styles }: Workbook): number {
  return (strings?.unpackedBytes ?? 0) + (styles?.unpackedBytes ?? 0)
}

// biome-ignore lint/correctness/useYield: it stands where rows would, and fails when they are asked for
async function* missingSheet(name: string): AsyncGenerator<Row[]> {
  throw new InvalidError(
    'damaged_workbook',
    `Sheet "${name}" is named in the workbook, and its part is missing. Save the workbook again in Excel or LibreOffice.`,
  )
}
