import { decodeReferences } from '../markup/entities.ts'

/**
 * The text of a value that may hold HTML, as descriptions do: `Soft<br/>and <b>warm</b>` → "Soft\nand warm". Values
 * without markup come back trimmed.
 */
export function plainText(value: string): string {
  const text = value.trim()
  if (!text.includes('<')) return text.includes('&') ? decodeReferences(text, 'html').trim() : text
  // What looks like a tag and is none of HTML's is text: "Bolt <zinc>".
  const bare = text.replace(lineMarks, '\n').replace(otherMarks, '')
  if (bare === text) return text
  return decodeReferences(bare, 'html')
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

/** Whether what follows such a tag begins a line. */
export function beginsLine(element: string): boolean {
  return lineElements.has(element.toLowerCase())
}

const lineNames = 'br p div li ul ol tr table h1 h2 h3 h4 h5 h6 hr'
const otherNames = `a abbr b big blockquote center code dd dl dt em font i iframe img input label o:p pre s script section
  small source span strike strong style sub sup svg tbody td tfoot th thead tt u video`
const lineElements = new Set(lineNames.split(' '))
// Each attempt ends at the next "<", so the cost stays in proportion to the length.
const lineMarks = tagPattern(lineNames)
const otherMarks = tagPattern(otherNames)

function tagPattern(names: string): RegExp {
  return new RegExp(`</?(?:${names.split(/\s+/).join('|')})(?:[\\s/][^<>]*)?>`, 'gi')
}
