import { InvalidError } from '../../lib/errors.ts'
import { SheetRows } from './excel-xml/sheet-rows.ts'
import { SheetList } from './excel-xml/sheets.ts'
import type { Format, OpenedFile, OpenOptions } from './format.ts'
import { documentKind } from './markup/document-kind.ts'
import { markupChunkBytes, markupEncoding } from './markup/encoding.ts'
import { type MarkupHandler, MarkupScanner } from './markup/scanner.ts'
import { tableFile } from './markup/table-file.ts'
import { textOf } from './text/text-file.ts'

/**
 * Workbooks in the XML format of Excel 2003 (SpreadsheetML), which programs write to this day and mostly call .xls.
 * Cells are what the same workbook gives as XLSX. Streaming: one pass for the sheets and styles, one for each sheet.
 */
export const excelXml: Format = excelXmlFormat({ chunkBytes: markupChunkBytes })

/** The format with another chunk size, so that tests can cut files anywhere. */
export function excelXmlFormat({ chunkBytes }: { chunkBytes: number }): Format {
  return {
    name: 'excel-xml',
    detect: (head) => documentKind(head) === 'excel-xml',
    open: (path, options) => openExcelXml(path, options, chunkBytes),
  }
}

/** A text has references in it, and is as long as a cell may be without them. */
const textFactor = 4

async function openExcelXml(path: string, options: OpenOptions, chunkBytes: number): Promise<OpenedFile> {
  const { limits } = options
  const chosen = await markupEncoding(path, options.encoding)
  const encoding = chosen.value
  const scannerFor = (handler: MarkupHandler, place: () => string) =>
    new MarkupScanner(handler, {
      limits: { textCharactersMax: limits.cellCharactersMax * textFactor },
      dialect: 'xml',
      what: 'The workbook',
      place,
    })
  const list = new SheetList()
  const scanner = scannerFor(list, () => (list.sheets.length === 0 ? '' : `, in sheet ${list.sheets.length}`))
  for await (const { text } of textOf(path, encoding, chunkBytes)) scanner.push(text)
  scanner.end()
  if (list.sheets.length === 0) {
    throw new InvalidError(
      'damaged_workbook',
      'The workbook has no sheet. The file is damaged; fetch or save it again.',
    )
  }
  return tableFile({
    format: 'excel-xml',
    encoding: chosen,
    path,
    chunkBytes,
    sheets: list.sheets.map(({ name, isHidden }, index) => ({ index, name, isHidden })),
    readerOf: (sheet) => new SheetRows(sheet, list, limits),
    scannerOf: (reader) => scannerFor(reader, () => reader.place()),
  })
}
