import { markupHead } from './encoding.ts'

/** What a text that begins with a mark is; null: no document of this kind. */
export type DocumentKind = 'html' | 'excel-xml' | 'flat-ods' | 'xml'

/** @param head the file's first bytes */
export function documentKind(head: Uint8Array): DocumentKind | null {
  const { text, isDeclared } = withoutProlog(markupHead(head))
  if (htmlStart.test(text)) return 'html'
  if (!isDeclared && !xmlStart.test(text)) return null
  if (text.includes('urn:schemas-microsoft-com:office:spreadsheet')) return 'excel-xml'
  return /<(?:[\w-]+:)?document\s[^>]*urn:oasis:names:tc:opendocument/.test(text) ? 'flat-ods' : 'xml'
}

export function isXmlDocument(head: Uint8Array): boolean {
  return documentKind(head) === 'xml'
}

const htmlStart = /^<(?:!doctype\s+html|html|head|body|table|meta|style|title)\b/i
const xmlStart = /^(?:<!doctype\b|<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*<)/i

/** Without what comes before the first element, one by one: a pattern for all of it would try every way to cut it. */
function withoutProlog(head: string): { text: string; isDeclared: boolean } {
  const isDeclared = /^<\?xml\b/i.test(head)
  let text = head
  for (;;) {
    const end = text.startsWith('<!--') ? '-->' : text.startsWith('<?') ? '?>' : null
    if (end === null) return { text, isDeclared }
    const at = text.indexOf(end, 2)
    if (at < 0) return { text: '', isDeclared }
    text = text.slice(at + end.length).trimStart()
  }
}
