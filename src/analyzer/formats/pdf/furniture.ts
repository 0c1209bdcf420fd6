import type { TextLine } from './text-lines.ts'

/** The lines of a page, top to bottom. */
export interface PageLines {
  lines: readonly TextLine[]
  height: number
}

/**
 * Finds what repeats on every page around its content: running titles, footers, page numbers. What stands first on
 * a first page stays, since a title is said there once; so does what may be a repeated header.
 */
export function findFurniture(
  page: PageLines,
  before: PageLines | null,
  after: PageLines | null,
): Set<TextLine> {
  const found = new Set<TextLine>()
  const { lines, height } = page
  const edge = Math.min(edgeLinesMax, lines.length)
  for (let at = 0; at < edge; at++) {
    const line = lines[at]!
    if (line.y > height * topShare) break
    const isNumber = pageNumber.test(textOf(line))
    const isRunning = before !== null && repeats(line, before, 'top') && !mayBeHeader(at, page, before)
    if (!isNumber && !isRunning) break
    found.add(line)
  }
  for (let at = 0; at < edge; at++) {
    const line = lines[lines.length - 1 - at]!
    if (line.y < height * bottomShare) break
    const isNumber = pageNumber.test(textOf(line))
    const others = [before, after].filter((other) => other !== null)
    if (!isNumber && !others.some((other) => repeats(line, other, 'bottom'))) break
    found.add(line)
  }
  return found
}

const edgeLinesMax = 6
const topShare = 0.25
const bottomShare = 0.8
const placeTolerance = 4

/** "3", "- 3 -", "Seite 3 von 12", "Page 3/12", "стр. 3". */
const pageNumber =
  /^[-–—|\s]*(?:(?:page|seite|s\.|p\.|pag\.?|página|pagina|strona|str\.?|strana|sida|side|sivu|стр\.?|страница|сторінка|с\.|sayfa|σελίδα|עמוד|صفحة|第)\s*)?\d{1,5}(?:\s*(?:\/|of|von|de|di|van|sur|z|ze|av|af|из|із|з)\s*\d{1,5})?\s*(?:ページ|页|頁)?[-–—|\s]*$/iu

/** Whether the other page has the line at the same place, numbers aside. */
function repeats(line: TextLine, { lines }: PageLines, end: 'top' | 'bottom'): boolean {
  const looked = end === 'top' ? lines.slice(0, edgeLinesMax) : lines.slice(-edgeLinesMax)
  const text = withoutNumbers(textOf(line))
  return looked.some(
    (other) => Math.abs(other.y - line.y) <= placeTolerance && withoutNumbers(textOf(other)) === text,
  )
}

/** The same texts on both pages, several of them right above others: the names of columns. */
function mayBeHeader(at: number, { lines }: PageLines, other: PageLines): boolean {
  const line = lines[at]!
  const below = lines[at + 1]
  const text = textOf(line)
  const isSame = other.lines.slice(0, edgeLinesMax).some((each) => textOf(each) === text)
  const count = textCount(line)
  if (!isSame || below === undefined) return false
  if (count > 2) return true
  return below.y - line.y <= (count === 2 ? 1.6 : 1) * line.size
}

/** How many texts stand apart on the line. */
function textCount({ words }: TextLine): number {
  let count = 1
  for (let at = 1; at < words.length; at++) if (words[at]!.x0 - words[at - 1]!.x1 > words[at]!.size) count++
  return count
}

function textOf({ words }: TextLine): string {
  return words.map(({ text }) => text).join(' ')
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, '#')
}
