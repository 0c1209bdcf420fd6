/**
 * A text that says the same again and again, as merged cells come out of some programs, said once: "Hand saw Hand saw" and
 * "Hand sawHand saw" are "Hand saw". Null: it does not, or is too long to be looked at.
 */
export function saidOnce(text: string): string | null {
  const line = text.trim().replace(/\s+/g, ' ')
  if (line.length > lengthMax) return null
  return partOf(`${line} `) ?? partOf(line)
}

function partOf(text: string): string | null {
  const period = periodOf(text)
  const isWhole = period < text.length && text.length % period === 0
  // "yyyy" says nothing.
  return isWhole && period >= partMin ? text.slice(0, period).trimEnd() : null
}

const partMin = 8

const lengthMax = 32_768

/** The length of the shortest part whose repetition gives the text, or all but its end (Knuth, Morris, Pratt). */
function periodOf(text: string): number {
  const borders = new Int32Array(text.length)
  let border = 0
  for (let at = 1; at < text.length; at++) {
    while (border > 0 && text.charCodeAt(at) !== text.charCodeAt(border)) border = borders[border - 1]!
    if (text.charCodeAt(at) === text.charCodeAt(border)) border++
    borders[at] = border
  }
  return text.length - border
}
