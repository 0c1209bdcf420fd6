import { decodeReferences } from '../markup/entities.ts'

/**
 * The text of a value that may hold HTML, as descriptions do: `Soft<br/>and <b>warm</b>` → "Soft\nand warm". Values
 * without markup come back trimmed.
 */
export function plainText(value: string): string {
  const text = value.trim()
  if (!text.includes('<')) return text.includes('&') ? decodeReferences(text, 'html').trim() : text
  const bare = withoutTags(text)
  // What looks like a tag and is none of HTML's is text: "Bolt <zinc>".
  if (bare === text) return text
  const decoded = decodeReferences(bare, 'html')
  const even = unevenBlanks.test(decoded) ? decoded.replace(/[ \t\u00a0]+/g, ' ') : decoded
  return unevenLines.test(even) ? even.replace(/ ?\n[ \n]*/g, '\n').trim() : even.trim()
}

const unevenBlanks = /[\t\u00a0]| {2}/
const unevenLines = / \n|\n[ \n]/

/** One look at every character, since descriptions are most of what some feeds consist of. */
function withoutTags(text: string): string {
  let bare = ''
  let from = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const name = text.charCodeAt(at + 1) === slash ? at + 2 : at + 1
    let end = name
    while (isNameCode(text.charCodeAt(end))) end++
    const kind = end === name ? undefined : kinds.get(text.slice(name, end).toLowerCase())
    if (kind === undefined) continue
    while (end < text.length && text.charCodeAt(end) !== greaterThan && text.charCodeAt(end) !== lessThan)
      end++
    if (text.charCodeAt(end) !== greaterThan) continue
    bare += text.slice(from, at)
    if (kind === 'line') bare += '\n'
    from = end + 1
    at = end
  }
  return from === 0 ? text : bare + text.slice(from)
}

/** Whether what follows such a tag begins a line. */
export function beginsLine(element: string): boolean {
  return (kinds.get(element) ?? kinds.get(element.toLowerCase())) === 'line'
}

const slash = 0x2f
const colon = 0x3a
const lessThan = 0x3c
const greaterThan = 0x3e
const lineNames = 'br p div li ul ol tr table h1 h2 h3 h4 h5 h6 hr'
const otherNames = `a abbr b big blockquote center code dd dl dt em font i iframe img input label o:p pre s script section
  small source span strike strong style sub sup svg tbody td tfoot th thead tt u video`

const kinds: ReadonlyMap<string, 'line' | 'other'> = new Map([
  ...lineNames.split(/\s+/).map((name) => [name, 'line'] as const),
  ...otherNames.split(/\s+/).map((name) => [name, 'other'] as const),
])

function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === colon
  )
}
