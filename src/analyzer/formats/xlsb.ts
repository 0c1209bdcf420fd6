import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import type { Format, OpenedFile, ReadLimits } from './format.ts'
import { damagedPart } from './xlsb/records.ts'
import { xlsbRows } from './xlsb/sheet-rows.ts'
import { readXlsbWorkbook } from './xlsb/workbook.ts'
import { findMainPart } from './xlsx/package.ts'
import { openZip, type ZipEntry, type ZipFile } from './zip/zip.ts'

/**
 * Binary Excel workbooks (XLSB): the archive of XLSX with other parts in it, so the same reader but for the records.
 * `formats/index.ts` asks `isBinaryWorkbook` of an archive; its first bytes do not tell.
 */
export const xlsb: Format = {
  name: 'xlsb',
  detect: () => false,
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

export async function isBinaryWorkbook(zip: ZipFile): Promise<boolean> {
  return (await mainPart(zip)) !== null
}

async function mainPart(zip: ZipFile): Promise<ZipEntry | null> {
  const main = (await findMainPart(zip)) ?? zip.find('xl/workbook.bin')
  return main !== null && /\.bin$/i.test(main.name) ? main : null
}

async function openWorkbook(zip: ZipFile, limits: ReadLimits): Promise<OpenedFile> {
  const main = await mainPart(zip)
  if (main === null) throw damagedPart('xl/workbook.bin')
  const book = await readXlsbWorkbook(zip, main, limits)
  // What the other parts unpacked to counts as well, each sheet by itself: it can be read again and again.
  const unpackedBytesMax = Math.max(0, limits.unpackedBytesMax - book.unpackedBytes)
  const { sheets, styles, strings } = book
  let packedBytes = 0
  return {
    format: 'xlsb',
    encoding: null,
    delimiter: null,
    sheets: sheets.map(({ name, isHidden }, index) => ({ index, name, isHidden })),
    rows(index) {
      packedBytes = 0
      const sheet = sheets[index]
      if (sheet === undefined) throw new RangeError(`The workbook has no sheet ${index}.`)
      if (sheet.entry === null) return missingSheet(sheet.name)
      const onPacked = (bytes: number) => {
        packedBytes += bytes
      }
      return xlsbRows(zip.stream(sheet.entry, { unpackedBytesMax, onPacked }), {
        partName: sheet.entry.name,
        sheetName: sheet.name,
        strings,
        styles,
        limits,
        sharedCharactersMax: unpackedBytesMax,
      })
    },
    records: null,
    bytesRead: () => packedBytes,
    close: () => zip.close(),
  }
}

// biome-ignore lint/correctness/useYield: it stands where rows would, and fails when they are asked for
async function* missingSheet(name: string): AsyncGenerator<Row[]> {
  throw new InvalidError(
    'damaged_workbook',
    `Sheet "${name}" is named in the workbook, and its part is missing. Save the workbook again in Excel or LibreOffice.`,
  )
}
