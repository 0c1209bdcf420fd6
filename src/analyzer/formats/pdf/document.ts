import { readFile, stat } from 'node:fs/promises'
import { getResolvedPDFJS } from 'unpdf'
import { InvalidError } from '../../../lib/errors.ts'
import { type FontFacts, type PageContent, readPageContent } from './page-content.ts'
import { withPageTree } from './page-tree.ts'

/** An open PDF. Nothing of its pages is kept. */
export interface PdfDocument {
  pageCount: number
  /**
   * @param page from 1; pages are best asked for in their order
   * @throws InvalidError `damaged_pdf`, `page_too_full`
   */
  page(page: number): Promise<DocumentPage>
  close(): Promise<void>
}

export interface DocumentPage extends PageContent {
  /** Whether it may show a picture: then a page without text was scanned. */
  hasPicture: boolean
}

/**
 * Opens a PDF with the library behind `unpdf`. The whole file is in memory while it is open, since PDF is read from
 * its end; pictures are never decoded, scripts never run, and fonts are only asked for their widths.
 * @throws InvalidError `encrypted_pdf`, `damaged_pdf`, `pdf_too_large`
 */
export async function openPdf(
  path: string,
  { sizeBytesMax }: { sizeBytesMax: number },
): Promise<PdfDocument> {
  const { size } = await stat(path)
  if (size > sizeBytesMax) {
    throw new InvalidError(
      'pdf_too_large',
      `The PDF has ${size} bytes; at most ${sizeBytesMax} are read. Ask for the list as CSV or XLSX.`,
    )
  }
  const written = await readFile(path)
  if (!hasEnd(written)) throw damaged('It ends too early.', null)
  const bytes = withPageTree(written) ?? written
  const hasPictures = bytes.includes('/Subtype/Image') || bytes.includes('/Subtype /Image')
  const pdfjs = await getResolvedPDFJS()
  const codes: Record<string, number> = pdfjs.OPS
  let { task, document } = await opened(pdfjs, bytes)
  let pagesRead = 0

  async function reopen(): Promise<void> {
    await task.destroy()
    pagesRead = 0
    const again = await opened(pdfjs, bytes)
    task = again.task
    document = again.document
    // Left to itself the runtime lets the garbage of a long document pile up to hundreds of megabytes.
    Bun.gc(true)
  }

  return {
    pageCount: document.numPages,
    async page(number) {
      if (pagesRead++ >= pagesPerOpening) await reopen()
      const page = await document.getPage(number).catch((error: unknown) => {
        throw damaged(`Page ${number} cannot be read.`, error)
      })
      const operators = await page
        .getOperatorList({ annotationMode: pdfjs.AnnotationMode.DISABLE })
        .catch((error: unknown) => {
          throw damaged(`Page ${number} cannot be read.`, error)
        })
      const facts = new Map<string, FontFacts>()
      const font = (name: string) => {
        const known = facts.get(name) ?? fontFacts(page.commonObjs, name)
        facts.set(name, known)
        return known
      }
      const viewport = page.getViewport({ scale: 1 })
      const content = readPageContent({ operators, viewport, font, codes })
      page.cleanup()
      if (content.isCut) {
        throw new InvalidError(
          'page_too_full',
          `Page ${number} holds more text than a page can show. Check the file, or ask for the list as CSV or XLSX.`,
        )
      }
      // A picture is left out of the operators, since it is not to be decoded; what places it is there.
      return { ...content, hasPicture: hasPictures && operators.fnArray.length > 0 }
    },
    async close() {
      await task.destroy()
    },
  }
}

/** The library keeps some 35 kB of every page that it has read; opening the document again costs a few pages. */
const pagesPerOpening = 500

type Library = Awaited<ReturnType<typeof getResolvedPDFJS>>

async function opened(pdfjs: Library, bytes: Buffer) {
  const task = pdfjs.getDocument({
    // The library takes over what it is given, and refuses a Buffer.
    data: new Uint8Array(bytes),
    maxImageSize: 1,
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: false,
    enableXfa: false,
    verbosity: 0,
  })
  try {
    const document = await task.promise
    if (document.numPages > 0) return { task, document }
  } catch (error) {
    throw openingError(error)
  }
  await task.destroy()
  throw damaged('It has no pages.', null)
}

/** The library repairs a file that was cut off, and would give the pages that are left as if they were all. */
function hasEnd(bytes: Buffer): boolean {
  const end = bytes.toString('latin1', Math.max(0, bytes.length - endSearched))
  return end.includes('%%EOF') || end.includes('startxref')
}

const endSearched = 2048

function openingError(error: unknown): InvalidError {
  const name = error instanceof Error ? error.name : ''
  if (name === 'PasswordException') {
    return new InvalidError(
      'encrypted_pdf',
      'The PDF is protected with a password. Save it without one and send it again.',
      { cause: error },
    )
  }
  return damaged('It has no readable structure.', error)
}

function fontFacts(
  objects: { has(name: string): boolean; get(name: string): unknown },
  name: string,
): FontFacts {
  const facts: FontFacts = { widthScale: 0.001, isVertical: false, name: '' }
  if (!objects.has(name)) return facts
  const font: unknown = objects.get(name)
  if (typeof font !== 'object' || font === null) return facts
  if ('fontMatrix' in font && Array.isArray(font.fontMatrix) && typeof font.fontMatrix[0] === 'number')
    facts.widthScale = font.fontMatrix[0]
  if ('vertical' in font) facts.isVertical = font.vertical === true
  if ('name' in font && typeof font.name === 'string') facts.name = font.name
  return facts
}

function damaged(what: string, cause: unknown): InvalidError {
  return new InvalidError(
    'damaged_pdf',
    `The PDF is damaged or incomplete: ${what} Fetch or save it again.`,
    {
      cause,
    },
  )
}
