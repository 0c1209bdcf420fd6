/** Longer words are cut; nobody types that much of a word. In UTF-16 units. */
export const wordLengthMax = 64

/**
 * The words of a text as the index has them: without case, accents and umlauts ("Größe" → "grosse"), in runs of letters
 * and digits. What stands together without a space is also one word: "DHP-482/Z" → dhp, 482, z and dhp482z. The same
 * on both engines, because neither of them takes texts apart itself.
 */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>()
  for (const parts of compoundsOf(text)) {
    for (const part of parts) words.add(cut(part))
    if (parts.length > 1) words.add(cut(parts.join('')))
  }
  return words
}

/** What stands between spaces, folded and taken apart: "DHP-482/Z rot" → [[dhp, 482, z], [rot]]. Nothing of it is empty. */
export function compoundsOf(text: string): string[][] {
  return folded(text)
    .split(/\s+/)
    .map((compound) => compound.match(run) ?? [])
    .filter((parts) => parts.length > 0)
}

const run = /[\p{L}\p{N}]+/gu

/** Letters that are no letter with an accent, as people without them write them. */
const plain: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
}

function folded(text: string): string {
  const lower = text.toLowerCase()
  // Most names of most lists.
  if (isAscii.test(lower)) return lower
  return (
    lower
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      // Folding may bring capitals back: "㎒" → "MHz".
      .toLowerCase()
      .replace(/[ßæœøđðłþıς]/g, (letter) => plain[letter]!)
      .toWellFormed()
  )
}

const isAscii = /^[\u0000-\u007f]*$/

export function cut(word: string): string {
  if (word.length <= wordLengthMax) return word
  // Not in the middle of a character.
  const isWhole = word.slice(0, wordLengthMax).isWellFormed()
  return word.slice(0, isWhole ? wordLengthMax : wordLengthMax - 1)
}
