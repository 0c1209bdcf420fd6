import { markupHead } from './decoded.ts'

/** What a text that begins with a mark is; null: no document of this kind. */
export type DocumentKind = 'html' | 'excel-xml' | 'flat-ods' | 'xml'

/** @param head the file's first bytes */
export function documentKind(head: Uint8Array): DocumentKind | null {
  const text = markupHead(head).replace(leadingComments, '')
  if (htmlStart.test(text)) return 'html'
  if (!xmlStart.test(text)) return null
  if (text.includes('urn:schemas-microsoft-com:office:spreadsheet')) return 'excel-xml'
  return /<(?:[\w-]+:)?document\s[^>]*urn:oasis:names:tc:opendocument/.test(text) ? 'flat-ods' : 'xml'
}

export function isXmlDocument(head: Uint8Array): boolean {
  return documentKind(head) === 'xml'
}

const leadingComments = /^(?:<!--[\s\S]*?-->\s*)+/
const htmlStart =
  /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|title)\b/i
const xmlStart = /^(?:<\?xml\b|<!doctype\b|<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*<)/i
