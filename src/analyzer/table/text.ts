import { type Cell, isTidyAt, type Row } from './rows/row.ts'

/**
 * The form in which headers and words are compared: NFKC, lower case, without diacritics, camelCase split and
 * every run of punctuation one space. "Artikel-Nr." → "artikel nr", "unitPrice" → "unit price", "№" → "no".
 * A lone "#" stays, because there it is the whole word.
 */
export function normalize(text: string): string {
  const cut = text.length > normalizedLengthMax ? text.slice(0, normalizedLengthMax) : text
  const folded = cut
    .normalize('NFKC')
    .replace(/([a-z0-9])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .replace(/[øœæßłđðþıё]/g, (letter) => foldedLetters[letter] ?? letter)
    // Quotation marks inside a word are part of it: ש"ח, price's.
    .replace(/(?<=\p{L})["'’״׳](?=\p{L})/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return folded === '' && cut.trim() === '#' ? '#' : folded
}

/** Trims white space of every kind, NBSP and BOM included, and marks that only turn the direction of writing. */
export function trimmed(text: string): string {
  const length = text.length
  if (length === 0) return text
  // Most cells have letters or digits at both ends; only the others pay for a call.
  return isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(length - 1)) ? text : withoutEnds(text)
}

function withoutEnds(text: string): string {
  let from = 0
  let to = text.length
  for (;;) {
    if (from < to && isMarkOrBlank(text.charCodeAt(from))) from++
    else if (from < to && isMarkOrBlank(text.charCodeAt(to - 1))) to--
    // What begins another direction and what ends it belong together.
    else if (to - from > 1 && isOpening(text.charCodeAt(from)) && isClosing(text.charCodeAt(to - 1))) {
      from++
      to--
    } else return text.slice(from, to)
  }
}

function isMarkOrBlank(code: number): boolean {
  return (
    code === 0x200e ||
    code === 0x200f ||
    code === 0xfeff ||
    (!isInk(code) && blank.test(String.fromCharCode(code)))
  )
}

const blank = /\s/

function isOpening(code: number): boolean {
  return (
    code === 0x202a ||
    code === 0x202b ||
    (code >= 0x202d && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2068)
  )
}

function isClosing(code: number): boolean {
  return code === 0x202c || code === 0x2069
}

/** A cell as trimmed text; numbers in full, without an exponent. */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  return typeof cell === 'string' ? trimmed(cell) : plainNumber(cell)
}

/** `cellText` of one cell of a row. What is tidy is handed on without a look at it. */
export function rowText(row: Row, column: number): string {
  const cell = row.cells[column]
  return typeof cell === 'string' && isTidyAt(row, column) ? cell : cellText(cell)
}

/** The shortest decimal that reads back as the same number, without exponent: 1e21 → "1000000000000000000000". */
export function plainNumber(value: number): string {
  const text = String(value)
  const exponentAt = text.indexOf('e')
  if (exponentAt < 0) return text
  const sign = text.startsWith('-') ? '-' : ''
  const [whole, fraction = ''] = text.slice(sign.length, exponentAt).split('.')
  const digits = whole! + fraction
  const point = whole!.length + Number(text.slice(exponentAt + 1))
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Number of cells that hold anything but white space. */
export function filledCount(cells: readonly Cell[]): number {
  let count = 0
  for (const cell of cells) if (typeof cell === 'number' || trimmed(cell) !== '') count++
  return count
}

// Longer texts are never headers or key words, and folding them all would let a hostile cell cost time.
const normalizedLengthMax = 200

// Letters that Unicode does not decompose; й, å and the like are folded by NFD.
const foldedLetters: Record<string, string> = {
  ø: 'o',
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ё: 'е',
}

/**
 * Whether a character may stand anywhere in a tidy text: it needs no escape in JSON, is no NUL, no line
 * break and no U+FFFD, and opens no quote.
 */
export function isTidyCode(code: number): boolean {
  return code >= 32 && code !== 34 && code !== 92 && (code < 0xd800 || code >= 0xe000) && code !== 0xfffd
}

/** Surely no white space: ASCII ink, Latin letters, Cyrillic, Hebrew and so on, currency signs, Chinese characters. */
export function isInk(code: number): boolean {
  if (code < 0x1680) return (code > 32 && code < 127) || code > 0xa0
  return code >= 0x2070 && code < 0xd800 && code !== 0x3000
}
