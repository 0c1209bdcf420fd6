/**
 * What a number format makes of a number. `date` may show a time as well, `time` shows no date, `elapsed` counts
 * hours beyond 24; `zeros` shows at least so many digits ("00000" is how postcodes and codes keep theirs).
 */
export type NumberKind =
  | { kind: 'number' }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'elapsed' }
  | { kind: 'zeros'; count: number }

export const plainNumber: NumberKind = { kind: 'number' }

/**
 * The meaning of a format that has no code in the file.
 * Source: ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates of East Asian workbooks.
 */
export function builtinKind(id: number): NumberKind {
  if (id === 46) return { kind: 'elapsed' }
  if ((id >= 18 && id <= 21) || id === 45 || id === 47 || (id >= 32 && id <= 35) || id === 55 || id === 56) {
    return { kind: 'time' }
  }
  if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return { kind: 'date' }
  return plainNumber
}

/**
 * The meaning of a format code. Literal text, escapes, colours, locales and conditions do not count: "m"0 is a
 * number of metres, `#,##0.00 "kr/md"` a price.
 *
 *     kindOf('yyyy-mm-dd') → date        kindOf('[h]:mm') → elapsed
 *     kindOf('ДД.ММ.ГГГГ') → date        kindOf('[$-407]00000') → zeros, 5
 */
export function kindOf(code: string): NumberKind {
  for (const section of bareSections(code)) {
    const kind = sectionKind(section)
    if (kind !== null) return kind
  }
  return plainNumber
}

// Quoted text, an escaped character, a space as wide as a character, a character that fills the cell, and East
// Asian words for year, month, … that lack their quotes.
const literals = /"[^"]*"?|\\.|_.|\*.|[年月日時时分秒년월일시분초]/gsu
// Also the names of "General" in other languages, which some writers leave as they were shown.
const general =
  /general|standard|standaard|standaardformaat|основной|allgemein|estándar|generale|ogólny|yleinen/i
const elapsed = /\[(h+|m+|s+|ч+|м+|с+)\]/iu
const dayTime = /a\/p|am\/pm|上午\/下午|午前\/午後/giu
const digits = /[0#?]/
// Hundredths of seconds: the only place where a date has digit marks.
const secondFraction = /(s+|с+)[.,]0+/giu

/**
 * The letters of dates and times by language. A file should hold the English ones, whatever the program showed;
 * some writers put what they showed. All letters of a section must be of one line.
 */
const alphabets = [
  'ymdhsegb', // English, and e, g, b for the years of East Asian calendars
  'tmjhs', // German
  'дмгчс', // Russian
  'jmahs', // French
  'dmahs', // Spanish, Portuguese
  'gmahs', // Italian
  'dmjus', // Dutch
  'dmåts', // Danish, Norwegian, Swedish
  'pkvhms', // Finnish
  'dmrghs', // Polish, Czech
].map((letters) => new Set(letters))
const dateLetter = /[ydejtrvgbдгaå]/iu
const monthLetter = /[mм]/iu
const timeLetter = /[hsчсu]/iu

/** The sections of a code without literals and without brackets, except those of elapsed time. */
function bareSections(code: string): string[] {
  return code
    .replace(literals, '')
    .split(';')
    .map((section) => section.replace(/\[[^\]]*\]/g, (bracket) => (elapsed.test(bracket) ? bracket : '')))
}

/** Null: the section shows no value, so the next one decides. */
function sectionKind(section: string): NumberKind | null {
  if (general.test(section) || section.includes('@')) return plainNumber
  const zeros = section.trim()
  if (/^0{2,}$/.test(zeros)) return { kind: 'zeros', count: zeros.length }
  if (elapsed.test(section)) return { kind: 'elapsed' }
  const bare = section.replace(dayTime, 'h').replace(secondFraction, 's')
  if (digits.test(bare)) return plainNumber
  const letters = [...bare.toLowerCase()].filter((character) => /\p{L}/u.test(character))
  if (letters.length === 0) return null
  if (!alphabets.some((alphabet) => letters.every((letter) => alphabet.has(letter)))) return plainNumber
  if (dateLetter.test(bare)) return { kind: 'date' }
  if (timeLetter.test(bare)) return { kind: 'time' }
  return monthLetter.test(bare) ? { kind: 'date' } : plainNumber
}
