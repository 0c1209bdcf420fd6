import type { WrapperKind } from '../../../imports/model.ts'
import { InvalidError } from '../../../lib/errors.ts'
import { openZip } from '../zip/zip.ts'

/**
 * What a file is packed in, by its beginning and, for a ZIP archive, its directory: most of these are documents.
 * @returns null: nothing, or a ZIP archive that cannot be opened, for which the readers of workbooks have better words
 */
export function wrapperOf(path: string, head: Uint8Array): WrapperKind | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return isZip(head) && isPlainZip(path) ? 'zip' : null
}

/** Whether it begins like an archive; workbooks do too. */
export function isZip(head: Uint8Array): boolean {
  const [p, k, a, b] = head
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6) || (a === 7 && b === 8))
}

/** Parts that make an archive a document or a program of some kind. */
const documentParts = [
  '[Content_Types].xml',
  '_rels/.rels',
  'mimetype',
  'META-INF/manifest.xml',
  'META-INF/MANIFEST.MF',
  'xl/workbook.xml',
  'xl/workbook.bin',
  'word/document.xml',
  'ppt/presentation.xml',
  'visio/document.xml',
  'Index/Document.iwa',
  'Index.zip',
  'AndroidManifest.xml',
]

/** Whether a ZIP archive is no document, and holds something. */
export function isPlainZip(path: string): boolean {
  try {
    const zip = openZip(path)
    try {
      return zip.entries.length > 0 && documentParts.every((part) => zip.find(part) === null)
    } finally {
      zip.close()
    }
  } catch (error) {
    if (error instanceof InvalidError) return false
    throw error
  }
}
