/**
 * The text of a cell as people read it: ligatures and Arabic letter shapes as plain letters, and writing from right
 * to left in the order in which it is read, since a page knows only where each letter stands.
 * @param words from left to right
 */
export function joinWords(words: readonly { text: string }[]): string {
  const text = plain(words.map((word) => word.text).join(' '))
  return rightToLeft.test(text) ? readingOrder(text) : text
}

/** One cell from its lines, top to bottom. */
export function joinLines(lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n')
}

const presentationForms = /[\ufb00-\ufdff\ufe70-\ufefc]/
const rightToLeft = /[\u0590-\u08ff]/
const noise = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u00ad\u200b\u2060\ufeff\ufffe\uffff]/g

function plain(text: string): string {
  const clean = text.replace(noise, '').replace(/\s+/g, ' ').trim()
  return presentationForms.test(clean) ? clean.normalize('NFKC') : clean
}

/** Turns the whole round, and words of Latin letters and numbers back again. */
function readingOrder(visual: string): string {
  const turned = [...visual].reverse().map((letter) => mirrored[letter] ?? letter)
  return turned
    .join('')
    .replace(
      /[\p{Script=Latin}\p{N}](?:[\p{Script=Latin}\p{N}.,:/%+*-]*[\p{Script=Latin}\p{N}%])?/gu,
      (run) => [...run].reverse().join(''),
    )
}

const mirrored: Record<string, string> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '<': '>',
  '>': '<',
  '«': '»',
  '»': '«',
}
