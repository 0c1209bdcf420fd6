import { webPage } from './foreign-content.ts'
import type { Format, OpenedFile, OpenOptions } from './format.ts'
import { HtmlTables } from './html/tables.ts'
import { documentKind } from './markup/document-kind.ts'
import { markupChunkBytes, markupEncoding } from './markup/encoding.ts'
import { MarkupScanner } from './markup/scanner.ts'
import { tableFile } from './markup/table-file.ts'
import { unsupportedFormat } from './readable.ts'
import { textOf } from './text/text-file.ts'

/**
 * HTML with tables, as shops and accounting programs write it and call it .xls. Each table of at least two rows and
 * two columns is a sheet. A page without such a table, or one that asks for a password, is refused as what it is.
 */
export const htmlTables: Format = htmlTablesFormat({ chunkBytes: markupChunkBytes })

/** The format with another chunk size, so that tests can cut files anywhere. */
export function htmlTablesFormat({ chunkBytes }: { chunkBytes: number }): Format {
  return {
    name: 'html',
    detect: (head) => documentKind(head) === 'html',
    open: (path, options) => openHtml(path, options, chunkBytes),
  }
}

/** Blanks and references make a text longer than what it says. */
const textFactor = 4
const rowsMin = 2
const columnsMin = 2

async function openHtml(path: string, options: OpenOptions, chunkBytes: number): Promise<OpenedFile> {
  const { limits } = options
  const chosen = await markupEncoding(path, options.encoding)
  const encoding = chosen.value
  const scannerFor = (reader: HtmlTables) =>
    new MarkupScanner(reader, {
      limits: { textCharactersMax: limits.cellCharactersMax * textFactor },
      dialect: 'html',
      what: 'The page',
      place: () => reader.place(),
    })
  const page = new HtmlTables(-1, limits)
  const scanner = scannerFor(page)
  for await (const { text } of textOf(path, encoding, chunkBytes)) scanner.push(text)
  scanner.end()
  page.finish()
  const places = page.tables.flatMap(({ rows, cellsMax }, place) =>
    rows >= rowsMin && cellsMax >= columnsMin ? [place] : [],
  )
  if (places.length === 0 || page.hasPassword) throw unsupportedFormat(webPage)
  return tableFile({
    format: 'html',
    encoding: chosen,
    path,
    chunkBytes,
    sheets: places.map((place, index) => ({
      index,
      name: page.tables[place]?.caption || `Table ${index + 1}`,
      isHidden: false,
    })),
    readerOf: (sheet) => new HtmlTables(places[sheet]!, limits),
    scannerOf: scannerFor,
    finish: (reader) => reader.finish(),
  })
}
