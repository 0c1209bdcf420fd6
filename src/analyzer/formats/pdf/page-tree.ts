/**
 * Gives a document whose pages are one long list the tree that the format means: the library goes through the list
 * from its beginning for every page, so that 4,000 pages cost 43 s and 10,000 more than 150 s, where a tree costs some
 * 4.5 ms a page. The list is added to the end once more, in groups, as a program adds a change; nothing before is touched.
 *
 * Many programs write such lists, and write them so that they can be read without the library. Everything else is
 * left as it is: short lists, trees, encrypted documents, and those with packed objects, which may say it anew.
 * @returns null: there is nothing to be changed
 */
export function withPageTree(bytes: Buffer): Buffer | null {
  if (bytes.includes('/Encrypt') || bytes.includes('/ObjStm')) return null
  const list = pageList(bytes)
  if (list === null) return null
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - tailBytes))
  const before = /startxref\s+(\d{1,12})\s+%%EOF\s*$/.exec(tail)?.[1]
  const root = lastMatch(bytes, '/Root', /^\/Root\s+(\d{1,10}\s+\d{1,5}\s+R)\b/)
  const size = lastMatch(bytes, '/Size', /^\/Size\s+(\d{1,10})\b/)
  if (before === undefined || root === null || size === null) return null
  const { number, entries, refs } = list
  const groups: string[] = []
  for (let from = 0; from < refs.length; from += groupSize) {
    const group = refs.slice(from, from + groupSize)
    groups.push(`<< /Type /Pages /Count ${group.length} /Kids [${group.join(' ')}] >>`)
  }
  const at = bytes.length + 1
  const object = `\n${number} 0 obj\n<< ${entries}\n/Kids [${groups.join('\n')}] >>\nendobj\n`
  const table = `xref\n${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`
  const trailer = `trailer\n<< /Size ${size} /Root ${root} /Prev ${before} >>\n`
  const end = `startxref\n${bytes.length + object.length}\n%%EOF\n`
  return Buffer.concat([bytes, Buffer.from(object + table + trailer + end, 'latin1')])
}

/** Below this the list costs less than it takes to change it. */
const listedMin = 500
const groupSize = 100
const tailBytes = 1024
/** What may stand between the beginning of the object and its list. */
const headBytes = 2048
const listBytesMax = 8 * 1024 * 1024

interface PageList {
  /** Of the object that is the list. */
  number: string
  /** What it says besides the pages. */
  entries: string
  /** "8 0 R" */
  refs: string[]
}

/** The list of all pages, if it stands there openly and is the only one. */
function pageList(bytes: Buffer): PageList | null {
  const at = bytes.indexOf('/Kids')
  if (at < 0 || bytes.indexOf('/Kids', at + 1) >= 0) return null
  const before = bytes.toString('latin1', Math.max(0, at - headBytes), at)
  const [, number, opening] = openingPattern.exec(before) ?? []
  const close = bytes.indexOf('endobj', at)
  if (number === undefined || opening === undefined || close < 0 || close - at > listBytesMax) return null
  const [, kids = '', closing = ''] = listPattern.exec(bytes.toString('latin1', at, close)) ?? []
  const refs = kids.match(refPattern) ?? []
  if (kids.replace(refPattern, '').trim() !== '') return null
  const entries = `${opening}\n${closing}`
  const count = /\/Count\s+(\d{1,10})\b/.exec(entries)?.[1]
  return refs.length < listedMin || refs.length !== Number(count) ? null : { number, entries, refs }
}

const openingPattern = /(?:^|\s)(\d{1,10})\s+0\s+obj\s*<<((?:(?!endobj|stream)[\s\S])*)$/
const listPattern = /^\/Kids\s*\[([\d\sR]*)\]([\s\S]*)>>\s*$/
const refPattern = /\b\d{1,10}\s{1,4}\d{1,5}\s{1,4}R/g

function lastMatch(bytes: Buffer, name: string, pattern: RegExp): string | null {
  const at = bytes.lastIndexOf(name)
  return at < 0 ? null : (pattern.exec(bytes.toString('latin1', at, at + 40))?.[1] ?? null)
}
