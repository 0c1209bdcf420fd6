/** The headings above the current row, outermost first. */
export interface Sections {
  /** Takes a heading, untrimmed: its indent tells its level. @param column 0-based */
  heading(text: string, column: number): void
  /** Tells that an item came, so the next heading does not nest below the last one. */
  item(): void
  /** The headings joined by " > "; null without any. */
  path(): string | null
}

/**
 * Follows one-cell headings. Lists show levels by numbering ("01." over " 1."), indent or capitals; a heading that
 * looks like one on the stack replaces it, one that looks new and directly follows a heading nests below it.
 */
export function sectionTracker(): Sections {
  const stack: Level[] = []
  let followsHeading = false
  let path: string | null = null
  return {
    heading(text, column) {
      const level = levelOf(text, column)
      const at = placeOf(level, stack, followsHeading)
      stack.length = Math.min(at, levelsMax - 1)
      stack.push(level)
      followsHeading = true
      path = stack.map((entry) => entry.text).join(' > ')
    },
    item() {
      followsHeading = false
    },
    path: () => path,
  }
}

interface Level {
  text: string
  /** How it looks: numbered, indented, in capitals. */
  look: string
  /** "12. Cables" → 12. */
  number: number | null
}

const levelsMax = 8
const headingLengthMax = 200

function levelOf(text: string, column: number): Level {
  const inner = text.trim().replace(/\s+/g, ' ').slice(0, headingLengthMax)
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
