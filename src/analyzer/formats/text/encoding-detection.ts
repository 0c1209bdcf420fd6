import { type Choice, sureChoice } from '../../table/card/choice.ts'
import { decodeHead } from './encoding.ts'
import { languages } from './languages.ts'

/** The encoding that a byte order mark states, or null. "utf-32" is not among those that can be read. */
export function encodingOfMark(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32' | null {
  const [a, b, c, d] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && head.length > 3 ? 'utf-32' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32'
  return null
}

/**
 * UTF-16 without a byte order mark: nearly every line of a table has ASCII characters (digits, delimiters), whose
 * zero byte is always on the same side.
 */
export function utf16Order(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  let even = 0
  let odd = 0
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  if (even + odd < 2 || even + odd < head.length * 0.05) return null
  // A few letters of the other bytes end in a zero too, such as U+5F00.
  const order = odd > even ? 'utf-16le' : 'utf-16be'
  if (Math.min(even, odd) > Math.max(even, odd) * 0.1) return null
  const text = decodeHead(head.subarray(0, head.length - (head.length % 2)), order)
  const unfit = text.match(/[\u0000-\u0008\u000e-\u001f\ue000-\uf8ff\ufffd-\uffff]/g)?.length ?? 0
  return unfit <= text.length * 0.01 ? order : null
}

/**
 * Tells the encoding of text that has no byte order mark and is not UTF-16.
 *
 * UTF-8 where most of the sequences are valid, so a few broken bytes do not matter. Otherwise each encoding is
 * taken together with the languages that are written in it: the sample is decoded, and what comes out is judged
 * by how likely its letters are in that language, by the shape of its words (case, mixed scripts, symbols inside)
 * and by characters that no price list has. The most likely pair wins. Encodings that give the same text are told
 * apart by how common they are. The judgement is a naive Bayes classifier; all weights are natural logarithms.
 *
 * @param sample some KiB, best of nothing but lines that have bytes beyond ASCII; may end inside a character
 * @returns one of `encodings` ("utf-8" for pure ASCII) with how sure it is, what the text looks like, and what it would
 *   be otherwise
 */
export function chooseEncoding(sample: Uint8Array): Choice {
  const { valid, broken } = utf8Sequences(sample)
  if (valid === 0 && broken === 0) return sureChoice('utf-8', 'plain ASCII, alike in all of them')
  if (broken === 0) return sureChoice('utf-8', `reads ${exampleOf(decodeHead(sample, 'utf-8'))}`)
  if (valid >= broken * 2)
    return {
      ...sureChoice('utf-8', `reads ${exampleOf(decodeHead(sample, 'utf-8'))}, with a few broken characters`),
      confidence: Math.round((valid / (valid + broken)) * 100) / 100,
    }
  const scored: Scored[] = []
  for (const [encoding, prior] of Object.entries(priors)) {
    const lead = leadRanges[encoding]
    let score = prior
    score += lead === undefined ? singleByteScore(sample, encoding) : doubleByteScore(sample, lead)
    if (encoding === 'euc-kr') score += 4 * countOf(decodeHead(sample, encoding), commonSyllables)
    scored.push({ encoding, score })
  }
  // The first of equals stays first: they are sorted by how common they are.
  scored.sort((a, b) => b.score - a.score)
  return choiceAmong(scored, sample)
}

function choiceAmong(scored: Scored[], sample: Uint8Array): Choice {
  const best = scored[0]!
  const text = decodeHead(sample, best.encoding)
  // Encodings that read the same text are no alternative.
  const next = scored.slice(1).find(({ encoding }) => decodeHead(sample, encoding) !== text)
  if (next === undefined) return sureChoice(best.encoding, `reads ${exampleOf(text)}`)
  const other = decodeHead(sample, next.encoding)
  const confidence = Math.round(likelihood(best, next, text) * 100) / 100
  return {
    value: best.encoding,
    confidence,
    why: `reads ${exampleOf(text, other)}`,
    runnerUp: {
      value: next.encoding,
      confidence: Math.round((1 - confidence) * 100) / 100,
      why: `would read ${exampleOf(other, text)}`,
    },
  }
}

interface Scored {
  encoding: string
  score: number
}

/** How likely the best is beside the next one. */
function likelihood(best: Scored, next: Scored, text: string): number {
  const prior = (priors[best.encoding] ?? 0) - (priors[next.encoding] ?? 0)
  // Letters of a text hang together, so their logarithms add up to more than they prove.
  const letters = countOf(text, /[^\u0000-\u007f]/g)
  const proof = prior + (best.score - next.score - prior) / (1 + letters / 50)
  return 1 / (1 + Math.exp(-Math.max(0, proof)))
}

/** The cell with the first character beyond ASCII, or with the first that another encoding reads differently. */
function exampleOf(text: string, other = ''): string {
  let at = other === '' ? text.search(/[^\u0000-\u007f]/) : 0
  while (other !== '' && at < text.length - 1 && text[at] === other[at]) at++
  const before = text.slice(Math.max(0, at - exampleLength), Math.max(0, at))
  const from = at - before.length + before.search(/[^\r\n\t";,|]*$/)
  const [cell = ''] = text.slice(from, at + exampleLength).split(/[\r\n\t";,|]/, 1)
  return `"${cell.trim().toWellFormed()}"`
}

const exampleLength = 20

// How common each is in price lists.
const priors: Record<string, number> = {
  'windows-1252': 0,
  'windows-1251': -0.5,
  'windows-1250': -1,
  'windows-1253': -1.5,
  'windows-1254': -1.5,
  'windows-1255': -1.5,
  'windows-1256': -1.5,
  'windows-1257': -1.5,
  'windows-874': -2,
  'iso-8859-15': -0.5,
  'iso-8859-2': -2,
  'iso-8859-5': -4,
  'koi8-r': -2,
  'koi8-u': -2.5,
  ibm866: -1.5,
  ibm850: -2,
  ibm852: -3,
  ibm437: -3,
  macintosh: -3,
  'x-mac-cyrillic': -4,
  shift_jis: -2,
  'euc-jp': -4,
  gb18030: -2,
  big5: -2,
  'euc-kr': -3,
}

interface LeadRange {
  /** First and last lead byte, first and last trail byte; null: a character of a single byte. */
  lead: [number, number]
  trail: [number, number] | null
  weight: number
}

const kana = -4.4
const commonSign = -8.2
const rareSign = -13
const invalid = -14

// Character classes of the East Asian encodings, by their bytes; the first match counts, and no match is invalid.
// Common signs lie together in each of them, sorted by use or by sound.
const leadRanges: Record<string, LeadRange[]> = {
  shift_jis: [
    { lead: [0x82, 0x82], trail: [0x9f, 0xf1], weight: kana },
    { lead: [0x83, 0x83], trail: [0x40, 0x96], weight: kana },
    { lead: [0x81, 0x82], trail: [0x40, 0xfc], weight: -5.5 },
    { lead: [0x88, 0x97], trail: [0x40, 0xfc], weight: -7.5 },
    { lead: [0x83, 0x9f], trail: [0x40, 0xfc], weight: rareSign },
    { lead: [0xe0, 0xfc], trail: [0x40, 0xfc], weight: rareSign },
    // Katakana of half width.
    { lead: [0xa1, 0xdf], trail: null, weight: -6 },
  ],
  'euc-jp': [
    { lead: [0xa4, 0xa5], trail: [0xa1, 0xf6], weight: kana },
    { lead: [0xa1, 0xa3], trail: [0xa1, 0xfe], weight: -5.5 },
    { lead: [0xb0, 0xcf], trail: [0xa1, 0xfe], weight: -8 },
    { lead: [0x8e, 0x8e], trail: [0xa1, 0xdf], weight: -6 },
    { lead: [0xa6, 0xfe], trail: [0xa1, 0xfe], weight: invalid },
  ],
  gb18030: [
    { lead: [0xa1, 0xa3], trail: [0xa1, 0xfe], weight: -5.5 },
    { lead: [0xb0, 0xd7], trail: [0xa1, 0xfe], weight: commonSign },
    { lead: [0xd8, 0xf7], trail: [0xa1, 0xfe], weight: -11 },
    { lead: [0x81, 0xfe], trail: [0x40, 0xfe], weight: rareSign },
  ],
  big5: [
    { lead: [0xa1, 0xa3], trail: [0x40, 0xfe], weight: -5.5 },
    { lead: [0xa4, 0xc6], trail: [0x40, 0x7e], weight: commonSign },
    { lead: [0xa4, 0xc6], trail: [0xa1, 0xfe], weight: commonSign },
    { lead: [0xc9, 0xf9], trail: [0x40, 0xfe], weight: -11 },
  ],
  'euc-kr': [
    { lead: [0xa1, 0xac], trail: [0xa1, 0xfe], weight: -5.5 },
    { lead: [0xb0, 0xc8], trail: [0xa1, 0xfe], weight: -8.6 },
    { lead: [0x81, 0xfe], trail: [0x41, 0xfe], weight: invalid },
  ],
}

// Korean has 2350 syllables in this encoding, of which these make up most of any text; Chinese, whose signs have
// the same bytes, hits them only by chance.
const commonSyllables =
  /[이다는의가에을로은한고리지기도를하서사인대어나자시정그해제일과수보부스장라전주아성원조게동드상국으용오구유선세비중신경공연화소위진치안트관단마물모방무버바반번본블색생설센속순식심양업여역영온외우운육입작재저적절점접차창천체초추출카커코크타터토통판패퍼펌포표품프플피학합형호회흰검]/g

/** How many characters beyond ASCII are right UTF-8, and how many bytes are not. */
export function utf8Sequences(bytes: Uint8Array): { valid: number; broken: number } {
  let valid = 0
  let broken = 0
  let i = 0
  while (i < bytes.length) {
    const lead = bytes[i]!
    if (lead < 0x80) {
      i++
      continue
    }
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    // The sample may be cut inside a character.
    if (
      i + length > bytes.length &&
      lead >= 0xc2 &&
      lead <= 0xf4 &&
      areContinuations(bytes, i + 1, bytes.length)
    ) {
      // As the only character beyond ASCII it is more likely one of another encoding.
      if (valid === 0) broken++
      break
    }
    const second = bytes[i + 1] ?? 0
    const isValid =
      lead >= 0xc2 &&
      lead <= 0xf4 &&
      i + length <= bytes.length &&
      areContinuations(bytes, i + 1, i + length) &&
      !(lead === 0xe0 && second < 0xa0) &&
      !(lead === 0xed && second > 0x9f) &&
      !(lead === 0xf0 && second < 0x90) &&
      !(lead === 0xf4 && second > 0x8f)
    if (isValid) valid++
    else broken++
    i += isValid ? length : 1
  }
  return { valid, broken }
}

function areContinuations(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i]! < 0x80 || bytes[i]! > 0xbf) return false
  return true
}

function doubleByteScore(bytes: Uint8Array, ranges: LeadRange[]): number {
  let score = 0
  let i = 0
  while (i < bytes.length) {
    const lead = bytes[i]!
    if (lead < 0x80) {
      i++
      continue
    }
    const trail = bytes[i + 1]
    if (trail === undefined) return score - 6
    const range = ranges.find(
      (each) =>
        lead >= each.lead[0] &&
        lead <= each.lead[1] &&
        (each.trail === null || (trail >= each.trail[0] && trail <= each.trail[1])),
    )
    score += range?.weight ?? invalid
    // The other encodings would have to explain the trail byte as a letter of its own.
    if (range !== undefined && range.trail !== null && trail < 0x80) score += 3
    // "LED電球" is written without a blank, "Gr批e" is not.
    if (i > 0 && bytes[i - 1]! >= 0x61 && bytes[i - 1]! <= 0x7a) score -= 5
    i += range === undefined || range.trail === null ? 1 : 2
  }
  return score
}

const signsOfPriceLists = '°±²³½¼¾€£§®™©«»–—“”„‘’‚•…×µº·№\u00a0\u00ad'

function singleByteScore(sample: Uint8Array, encoding: string): number {
  const text = decodeHead(sample, encoding)
  let score = wordShapeScore(text)
  const letterCounts = new Map<string, number>()
  for (const sign of text) {
    if (sign <= '\u007f') continue
    if (signsOfPriceLists.includes(sign)) score -= 3.5
    else if (/[\p{L}\p{M}]/u.test(sign)) {
      const small = sign === 'İ' ? 'ı' : sign.toLowerCase()
      letterCounts.set(small, (letterCounts.get(small) ?? 0) + 1)
    } else score += /[\p{C}\ufffd]/u.test(sign) ? invalid : -9
  }
  let best = Number.NEGATIVE_INFINITY
  for (const language of languages) {
    if (language.encodings.includes(encoding))
      best = Math.max(best, letterScore(letterCounts, language.letters))
  }
  return score + best
}

/** What nobody writes: "sKÍŽKA", "KŠse", "цЯrt", "P³yta", "½ufs", "Ł12", "¸¹". */
function wordShapeScore(text: string): number {
  let score = 0
  for (const [word] of text.matchAll(/[\p{L}\p{M}]{2,}/gu)) {
    if (!/[^\u0000-\u007f]/.test(word)) continue
    score -= 3 * countOf(word, /\p{Ll}\p{Lu}/gu)
    if (/\p{Script=Latin}/u.test(word) && /[^\p{Script=Latin}\p{Script=Inherited}]/u.test(word)) score -= 5
  }
  score -= 3 * countOf(text, /\p{L}[^\u0000-\u007f\p{L}\p{M}\u00a0\u00ad’‘·•–×°®™…/](?=\p{L})/gu)
  score -= 4 * countOf(text, /[¼½¾¹²³](?=\p{L})/gu)
  score -= 3 * countOf(text, /(?<![\p{L}\p{M}])[^\P{L}\u0000-\u007fºªµ](?=\d)/gu)
  score -= 4 * countOf(text, /[^\u0000-\u00a0\p{L}\p{M}][^\u0000-\u00a0\p{L}\p{M}]/gu)
  return score
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function letterScore(counts: Map<string, number>, letters: string): number {
  // Frequencies fall about exponentially with the rank, from first to last by a factor of 27.
  const decay = 3.3 / letters.length
  const total = (1 - Math.exp(-3.3)) / (1 - Math.exp(-decay))
  const isLatin = /\p{Script=Latin}/u.test(letters[0] ?? '')
  let score = 0
  for (const [letter, count] of counts) {
    const rank = letters.indexOf(letter)
    // Letters beyond ASCII are about one in ten of a text in Latin script, and all of one in another script.
    if (rank >= 0) score += count * (-rank * decay - Math.log(total) - (isLatin ? 2 : 0))
    // A foreign name in the same script, or another script altogether.
    else score += count * (/\p{Script=Latin}/u.test(letter) === isLatin ? -9.6 : -12)
  }
  return score
}
