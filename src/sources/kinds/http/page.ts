import { visibleText } from '../../../lib/visible-text.ts'

/** So much of a file is looked at: a page says what it is before that. */
export const sniffedBytes = 16_384

/** What is known of a body without reading all of it. */
export interface Beginning {
  /** The first bytes, up to `sniffedBytes` of them. */
  bytes: Uint8Array
  /** As the server said; null: it said none. */
  contentType: string | null
  /** As the server said; null: it said none. */
  disposition: string | null
}

/** A web page. */
export interface Page {
  /** Null: it has none that can be shown. */
  title: string | null
}

/**
 * The web page that came in place of a list, such as a login or an error with status 200; null: it is none.
 *
 * Its bytes say so, and not its type, which is often that of a page for a plain CSV. A page that is handed out as a
 * workbook or as a file to be saved is a list: many shops call a table of HTML "prices.xls".
 * @param withheld takes out of a title what must not be shown: a page may echo what was sent to it
 */
export function pageIn(
  { bytes, contentType, disposition }: Beginning,
  withheld: (text: string) => string,
): Page | null {
  const isHandedOut =
    /ms-?excel|spreadsheet/i.test(contentType ?? '') || /^\s*attachment\b/i.test(disposition ?? '')
  if (isHandedOut) return null
  const text = textOf(bytes)
  return pageTag.test(withoutPreamble(text)) ? { title: titleOf(text, withheld) } : null
}

const pageTag = /^<(?:!doctype\s+html|html|head|body|title|meta|script|link|style)\b/i

/** What may stand before a page and says nothing: blanks, comments, an XML declaration. */
function withoutPreamble(text: string): string {
  let rest = text.trimStart()
  for (;;) {
    const end = rest.startsWith('<!--') ? '-->' : rest.startsWith('<?') ? '?>' : null
    if (end === null) return rest
    const at = rest.indexOf(end)
    if (at < 0) return ''
    rest = rest.slice(at + end.length).trimStart()
  }
}

/** Whatever its encoding, its tags are ASCII. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  const isLittle = (first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)
  const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes).replace(/^\ufeff/, '')
}

const titleLengthMax = 80

function titleOf(text: string, withheld: (text: string) => string): string | null {
  const written = /<title[^>]{0,200}>([^<]*)<\/title/i.exec(text)?.[1] ?? ''
  // Before it is cut: half a secret is not known as one.
  const title = withheld(visibleText(written.replace(/&(#\d+|#x[\da-f]+|\w+);/gi, entityText)))
  if (title === '') return null
  return title.length <= titleLengthMax ? title : `${title.slice(0, titleLengthMax)}…`
}

const entities = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }))

function entityText(whole: string, name: string): string {
  if (!name.startsWith('#')) return entities.get(name.toLowerCase()) ?? whole
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
}
