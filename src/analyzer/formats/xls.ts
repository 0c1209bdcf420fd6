import { open, stat } from 'node:fs/promises'
import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import { compoundStream } from './compound/compound-stream.ts'
import { isCompoundFile } from './foreign-content.ts'
import type { Format, OpenedFile, ReadLimits } from './format.ts'
import { damagedBook } from './xls/records.ts'
import { xlsRows } from './xls/sheet-rows.ts'
import { isXlsStream, readXlsWorkbook, type XlsWorkbook } from './xls/workbook.ts'

/**
 * Old Excel workbooks: Excel 97 to 2003 (BIFF8), 5 and 95 (BIFF5), 2 to 4; in a compound file, or bare. They are read
 * by a reader of our own: SheetJS takes five times as long, holds every cell as an object, drops numbers' formats
 * that have no code in the file, and goes wrong or runs without end on parts that do not matter here (formulas,
 * links, notes). The file is in memory while it is open, rows stream.
 *
 * Every compound file is detected as this format, so `formats/index.ts` has to look first which ones are none.
 */
export const xls: Format = {
  name: 'xls',
  detect: (head) => isCompoundFile(head) || isXlsStream(head),
  async open(path, { limits }) {
    const file = await readWhole(path)
    const stream = isCompoundFile(file) ? compoundStream(file, ['Workbook', 'Book']) : file
    if (stream === null) throw damagedBook('what should be a workbook has no such part')
    return openedFile(readXlsWorkbook(stream), file.length, limits)
  },
}

/** A workbook of 65,536 rows and 30 columns has about 40 MB. It is in memory once, or twice where it lies in pieces. */
export const xlsBytesMax = 128 * 1024 * 1024

async function readWhole(path: string): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > xlsBytesMax)
    throw new InvalidError(
      'workbook_too_large',
      `The workbook has ${size} bytes; up to ${xlsBytesMax} are read of the old XLS format. Save it as XLSX or CSV.`,
    )
  const file = await open(path, 'r')
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function openedFile(book: XlsWorkbook, sizeBytes: number, limits: ReadLimits): OpenedFile {
  let bytesRead = 0
  let isClosed = false
  async function* rows(index: number): AsyncGenerator<Row[]> {
    const sheet = book.sheets[index]
    if (sheet === undefined) throw new RangeError(`The workbook has no sheet ${index}.`)
    bytesRead = 0
    const onRead = (at: number) => {
      bytesRead = Math.min(sizeBytes, at)
    }
    for (const batch of xlsRows(book, sheet, { limits, onRead })) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      yield batch
    }
  }
  return {
    format: 'xls',
    encoding: null,
    delimiter: null,
    sheets: book.sheets.map(({ name, isHidden }, index) => ({ index, name, isHidden })),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}
