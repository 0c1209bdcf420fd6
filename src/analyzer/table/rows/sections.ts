/** The headings above the current row, outermost first. */
export interface Sections {
  /** Takes a heading, untrimmed: its indent tells its level. @param column 0-based */
  heading(text: string, column: number): void
  /** Tells that an item came, so the next heading does not nest below the last one. */
  item(): void
  /** Whether an item came since the last heading. */
  isBehindItem(): boolean
  /** The headings joined by " > "; null without any. */
  path(): string | null
}

/**
 * Follows one-cell headings. Lists show levels by numbering ("01." over " 1."), indent or capitals; a heading that
 * looks like one on the stack replaces it, one that looks new and directly follows a heading nests below it.
 * @param nests whether a heading that looks like the one right above it nests below it too
 */
export function sectionTracker(nests = false): Sections {
  const stack: Level[] = []
  let followsHeading = false
  let hasItem = false
  let path: string | null = null
  return {
    heading(text, column) {
      const level = levelOf(text, column)
      const isPair = nests && followsHeading && stack.at(-1)?.look === level.look
      if (isPair) moveUp(stack)
      const at = isPair ? stack.length : placeOf(level, stack, followsHeading)
      stack.length = Math.min(at, levelsMax - 1)
      stack.push(level)
      followsHeading = true
      path = stack.map((entry) => entry.text).join(' > ')
    },
    item() {
      followsHeading = false
      hasItem = true
    },
    isBehindItem: () => hasItem && !followsHeading,
    path: () => path,
  }
}

/** A heading of the sample. `isFirst`: an article stands between it and the heading before. */
export interface Heading {
  text: string
  /** 0-based. */
  column: number
  isFirst: boolean
  /** Whether any article stands above it. */
  hasArticleAbove: boolean
}

/** Whether nearly every article is followed by one such row: then they are second lines of the articles. */
export function areSecondLines(headings: readonly Heading[], articles: number): boolean {
  const single = headings.filter(({ isFirst }) => isFirst).length
  // What precedes the first article is a heading; where each article has one before it, they are brands or groups.
  const isBehind = headings[0]?.isFirst === true && headings[0].hasArticleAbove
  return isBehind && headings.length >= 3 && single >= articles * 0.7
}

/**
 * Whether a list shows two levels by order alone: it begins with two headings in a row that look the same, and no more
 * than two ever follow each other.
 * @param headings in their order
 */
export function nestsByOrder(headings: readonly Heading[]): boolean {
  const runs: number[] = []
  let above = ''
  for (const { text, column, isFirst } of headings) {
    const { look, number } = levelOf(text, column)
    if (number !== null) return false
    if (!isFirst && look === above) runs.push((runs.pop() ?? 0) + 1)
    else runs.push(1)
    above = look
  }
  return runs[0] === 2 && runs.every((length) => length <= 2)
}

interface Level {
  text: string
  /** How it looks: numbered, indented, in capitals. */
  look: string
  /** "12. Cables" → 12. */
  number: number | null
}

/** The last heading turns out to be a parent: it goes where the first one that looks the same is. */
function moveUp(stack: Level[]): void {
  const last = stack.pop()!
  const first = stack.findIndex(({ look }) => look === last.look)
  if (first >= 0) stack.length = first
  stack.push(last)
}

const levelsMax = 8
const headingLengthMax = 200

function levelOf(text: string, column: number): Level {
  const inner = withoutCount(bare(text.trim().replace(/\s+/g, ' ').slice(0, headingLengthMax)))
  const numbered = /^(\d{1,4}(?:\.\d{1,4}){0,4})[.)]?\s/.exec(inner)
  if (numbered !== null) {
    const parts = numbered[1]!.split('.')
    // "01." and " 1." are different levels of one list (1C prints groups so); right-aligned " 9." and "10." are not.
    const isPadded = parts[0]!.startsWith('0')
    return {
      text: inner,
      look: `${column} n${parts.length}${isPadded ? 'p' : ''}`,
      number: Number(parts.at(-1)),
    }
  }
  const indent = text.length - text.trimStart().length
  const isCapitals = inner === inner.toUpperCase() && inner !== inner.toLowerCase()
  return { text: inner, look: `${column} ${indent}${isCapitals ? 'c' : ''}`, number: null }
}

/** The depth at which the heading goes; what is there and deeper goes away. */
function placeOf(level: Level, stack: readonly Level[], followsHeading: boolean): number {
  let alike = -1
  for (let at = stack.length - 1; at >= 0; at--) {
    const other = stack[at]!
    if (other.look !== level.look) continue
    if (level.number === null || other.number === null || level.number > other.number) return at
    if (alike < 0) alike = at
  }
  // Numbering that starts again right below a heading is a level of its own: "5. Cables", "1. USB".
  if (alike >= 0) return followsHeading && alike === stack.length - 1 ? stack.length : alike
  if (followsHeading) return stack.length
  return Math.max(0, stack.length - 1)
}

/** "--- CABLES ---", "*** Cables ***" are ornaments round a word. */
function bare(text: string): string {
  const inner = text.replace(/^[-–—=*_~#•►.:\s]{2,}/u, '').replace(/[-–—=*_~#•◄:\s]{2,}$/u, '')
  return /\p{L}/u.test(inner) ? inner : text
}

/** "Cables (12)" and "Cables [12 pcs]" are "Cables": next week there will be 13. Years stay. */
function withoutCount(text: string): string {
  const name = text.replace(countAtEnd, '')
  return /\p{L}/u.test(name) ? name : text
}

const countAtEnd = / ?[([] ?\d{1,3}(?: ?(?:шт|поз|pcs?|items?|stk|st|szt|ks|artikel|articles?))?\.? ?[)\]]$/iu
