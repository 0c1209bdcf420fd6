import { statSync } from 'node:fs'
import { InvalidError } from '../../lib/errors.ts'
import { headerNames } from '../table/header/header-names.ts'
import type { Row } from '../table/rows/row.ts'
import type { Format, OpenedFile, ReadLimits } from './format.ts'
import { openPdf, type PdfDocument } from './pdf/document.ts'
import { findFurniture } from './pdf/furniture.ts'
import { layoutPage, type Page, readPage } from './pdf/page-layout.ts'
import { type PageSheet, PageSheets } from './pdf/page-sheets.ts'
import { rowBudget } from './pdf/row-store.ts'

/**
 * Tables in PDF documents. A PDF knows no tables, only where characters and lines stand, so tables are found by
 * geometry: by their ruling lines, and by where texts stand below each other. Tables with the same columns are one
 * sheet across pages, named by its pages; rows are numbered by page, so row 3017 is the 17th of page 3 …
 *
 * The document is taken apart once, when it is opened, a page at a time. What stays in memory is the file and its
 * rows, packed.
 */
export const pdf: Format = {
  name: 'pdf',
  mayRunAway: true,
  detect: isPdf,
  async open(path, { limits, signal }) {
    const document = await openPdf(path, { sizeBytesMax: pdfBytesMax })
    let sheets: PageSheet[]
    try {
      sheets = await readPages(document, limits, signal ?? null)
    } finally {
      await document.close()
    }
    return openedFile(sheets, statSync(path).size)
  },
}

/** Largest document: it is in memory as a whole while it is taken apart. */
export const pdfBytesMax = 256 * 1024 * 1024
/** Most pages: each costs some 5 ms, so this is a minute. */
export const pdfPagesMax = 10_000
/** Most bytes of packed rows: some ten million rows. */
const rowBytesMax = 256 * 1024 * 1024
const headSearched = 1024

/** The signature may follow other bytes, but only at the start of a line; what follows must look like the format. */
function isPdf(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = head.toString('latin1', 0, headSearched)
  if (/^(?:\u00ef\u00bb\u00bf)?\s*%PDF-/.test(start)) return true
  return /[\r\n]%PDF-\d\.\d\s/.test(start) && /[\r\n]\d+ \d+ obj\b/.test(head.toString('latin1'))
}

async function readPages(
  document: PdfDocument,
  limits: ReadLimits,
  signal: AbortSignal | null,
): Promise<PageSheet[]> {
  if (document.pageCount > pdfPagesMax)
    throw new InvalidError(
      'pdf_too_large',
      `The PDF has ${document.pageCount} pages; at most ${pdfPagesMax} are read. Split it, or ask for the list as CSV or XLSX.`,
    )
  const names = headerNames()
  const sheets = new PageSheets(rowBudget(rowBytesMax), names)
  let textPages = 0
  let picturePages = 0
  let before: Page | null = null
  let page: Page | null = readPage(await document.page(1))
  for (let number = 1; page !== null; number++) {
    signal?.throwIfAborted()
    const after: Page | null = number < document.pageCount ? readPage(await document.page(number + 1)) : null
    if (page.lines.length > 0) {
      textPages++
      const blocks = layoutPage(page, findFurniture(page, before, after), names)
      checkCells(blocks, number, limits)
      sheets.addPage(number, blocks)
    } else if (page.hasPicture) {
      picturePages++
      sheets.addPicture(number)
    }
    before = page
    page = after
  }
  if (textPages === 0) throw withoutText(picturePages)
  return sheets.sheets()
}

function checkCells(
  blocks: ReturnType<typeof layoutPage>,
  page: number,
  { cellCharactersMax }: ReadLimits,
): void {
  for (const block of blocks) {
    const texts = block.kind === 'text' ? [block.text] : block.rows.flatMap(({ cells }) => cells)
    if (texts.every((text) => text.length <= cellCharactersMax)) continue
    throw new InvalidError(
      'cell_too_long',
      `Page ${page} has a text of more than ${cellCharactersMax} characters. Check that the right file was sent.`,
    )
  }
}

function withoutText(picturePages: number): InvalidError {
  const what =
    picturePages > 0
      ? 'Its pages are pictures, as from a scanner or a camera, and hold no text'
      : 'Its pages hold no text'
  return new InvalidError(
    'pdf_without_text',
    `The PDF cannot be read: ${what}. Ask for the list as CSV, XLSX or a PDF made from the spreadsheet, or run text recognition (OCR) on it first.`,
  )
}

function openedFile(sheets: PageSheet[], sizeBytes: number): OpenedFile {
  let bytesRead = 0
  let isClosed = false
  async function* rows(index: number): AsyncGenerator<Row[]> {
    const sheet = sheets[index]
    if (sheet === undefined) throw new RangeError(`The document has no sheet ${index}.`)
    bytesRead = 0
    const count = sheet.store.seal()
    for (let at = 0; at < count; at++) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = Math.round((sizeBytes * (at + 1)) / count)
      yield sheet.store.batch(at)
    }
  }
  return {
    format: 'pdf',
    encoding: null,
    delimiter: null,
    sheets: sheets.map(({ index, name, isHidden }) => ({ index, name, isHidden })),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}
