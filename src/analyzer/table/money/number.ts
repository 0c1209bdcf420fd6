/**
 * How one number is written, found in one pass over char codes without regex or allocation (prices are read a
 * million at a time). Whether a lone "1.234" is one and a bit or over a thousand is not decided here: that is the
 * column's business; see decimal-style.ts.
 */
export interface NumberShape {
  /** False: no number, or separators that no way of writing explains ("1.2.3", "12,34,5"). */
  isNumber: boolean
  /** The number is text[start, end). */
  start: number
  end: number
  /** Position of the decimal separator; -1: none. Of an ambiguous number: its one separator. */
  decimalAt: number
  /** One separator with three digits behind it and one to three before: "1.234", "12,500". */
  isAmbiguous: boolean
  /** Digits before the lone separator of an ambiguous number. */
  leadingDigits: number
  /** What this number alone proves about the decimal sign: 46 ".", 44 ",", 0 nothing. */
  provesDecimal: number
  /** A vulgar fraction right behind the digits, in ten-thousandths: "12½" → 5000. */
  fractionE4: number
}

/** What `valueE4` answers where the number is none of ours. */
export const tooManyDecimals = -1
export const tooLarge = -2

/** A scanner that fills and returns one shape again and again: copy what must last. */
export function numberScanner(): (text: string) => NumberShape {
  const shape: NumberShape = {
    isNumber: false,
    start: 0,
    end: 0,
    decimalAt: -1,
    isAmbiguous: false,
    leadingDigits: 0,
    provesDecimal: 0,
    fractionE4: 0,
  }
  const groups: Groups = {
    dots: 0,
    commas: 0,
    groupings: 0,
    arabic: 0,
    lastAt: -1,
    lastKind: 0,
    firstLength: 0,
    lastLength: 0,
    innerThree: true,
    innerTwo: true,
  }
  return (text) => scan(text, shape, groups)
}

/**
 * The exact value of text[start, end) in ten-thousandths, with the decimal separator at `decimalAt` (-1: none) and
 * every other separator skipped. `tooManyDecimals` where non-zero digits stand beyond the fourth decimal,
 * `tooLarge` where it is no safe integer.
 */
export function valueE4(text: string, start: number, end: number, decimalAt: number): number {
  let value = 0
  let decimals = -1
  for (let i = start; i < end; i++) {
    if (i === decimalAt) {
      decimals = 0
      continue
    }
    const digit = digitOf(text.charCodeAt(i))
    if (digit < 0) continue
    if (decimals >= 0 && ++decimals > 4) {
      if (digit !== 0) return tooManyDecimals
      continue
    }
    value = value * 10 + digit
    if (value > Number.MAX_SAFE_INTEGER) return tooLarge
  }
  for (let i = decimals < 0 ? 0 : decimals; i < 4; i++) value *= 10
  return value > Number.MAX_SAFE_INTEGER ? tooLarge : value
}

/** 0–9 for ASCII, Arabic, Persian, Devanagari and full-width digits; -1 for anything else. */
export function digitOf(code: number): number {
  if (code < 58) return code >= 48 ? code - 48 : -1
  if (code < 0x660) return -1
  if (code <= 0x669) return code - 0x660
  if (code >= 0x6f0 && code <= 0x6f9) return code - 0x6f0
  if (code >= 0x966 && code <= 0x96f) return code - 0x966
  if (code >= 0xff10 && code <= 0xff19) return code - 0xff10
  return -1
}

/** Whether a "-" of any kind: hyphen, Unicode minus, dashes, full-width. */
export function isMinus(code: number): boolean {
  return code === 45 || code === 0x2212 || (code >= 0x2010 && code <= 0x2015) || code === 0xff0d
}

const dot = 46
const comma = 44
/** Groups digits and never starts decimals: spaces, apostrophes, the Arabic thousands sign. */
const grouping = 1
/** The Arabic decimal sign, which is always one. */
const arabicDecimal = 2

/** The digits between separators, from the first digit to the last. */
interface Groups {
  /** How often each kind of separator stands between digits. */
  dots: number
  commas: number
  groupings: number
  arabic: number
  /** Position and kind of the last one; -1 and 0 without any. */
  lastAt: number
  lastKind: number
  firstLength: number
  lastLength: number
  /** Whether every group between two separators has three digits, or two as India groups above the thousands. */
  innerThree: boolean
  innerTwo: boolean
}

function scan(text: string, shape: NumberShape, groups: Groups): NumberShape {
  const length = text.length
  let first = 0
  while (first < length && digitOf(text.charCodeAt(first)) < 0 && fractionOf(text.charCodeAt(first)) === 0) {
    first++
  }
  shape.isNumber = false
  shape.isAmbiguous = false
  shape.decimalAt = -1
  shape.provesDecimal = 0
  shape.fractionE4 = 0
  shape.leadingDigits = 0
  shape.start = first
  shape.end = first
  if (first === length) return shape
  const end = splitGroups(text, first, groups)
  shape.end = end
  const isGrouped = groups.lastAt >= 0
  if (first > 0 && isPointStart(text, first - 1)) {
    shape.start = first - 1
    shape.decimalAt = first - 1
    shape.provesDecimal = separatorKind(text.charCodeAt(first - 1))
    shape.isNumber = !isGrouped
    return shape
  }
  if (isGrouped) return explain(text, groups, shape)
  shape.isNumber = true
  // "12½" and "12 ½"
  const fractionAt = end + 1 < length && separatorKind(text.charCodeAt(end)) === grouping ? end + 1 : end
  const fraction = fractionAt < length ? fractionOf(text.charCodeAt(fractionAt)) : 0
  if (fraction > 0) {
    shape.fractionE4 = fraction
    shape.end = fractionAt + 1
  }
  return shape
}

/** Walks digits and the separators between them from `first` on; answers where they end. */
function splitGroups(text: string, first: number, groups: Groups): number {
  groups.dots = groups.commas = groups.groupings = groups.arabic = 0
  groups.lastAt = -1
  groups.lastKind = 0
  groups.firstLength = 0
  groups.innerThree = groups.innerTwo = true
  let groupLength = 0
  let i = first
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (digitOf(code) >= 0) {
      groupLength++
      continue
    }
    const kind = separatorKind(code)
    if (kind === 0 || i + 1 >= text.length || digitOf(text.charCodeAt(i + 1)) < 0) break
    if (kind === grouping && !startsGroup(text, i, groupLength, groups.lastKind)) break
    if (groups.lastAt < 0) groups.firstLength = groupLength
    else {
      if (groupLength !== 3) groups.innerThree = false
      if (groupLength !== 2) groups.innerTwo = false
    }
    if (kind === dot) groups.dots++
    else if (kind === comma) groups.commas++
    else if (kind === grouping) groups.groupings++
    else groups.arabic++
    groups.lastAt = i
    groups.lastKind = kind
    groupLength = 0
  }
  groups.lastLength = groupLength
  return i
}

/** Tells which separator, if any, starts the decimals; leaves `isNumber` false where no way of writing fits. */
function explain(text: string, groups: Groups, shape: NumberShape): NumberShape {
  const { dots, commas, groupings, arabic, lastAt, lastKind, firstLength, lastLength, innerThree } = groups
  const separators = dots + commas + groupings + arabic
  if (lastKind === grouping) {
    // Grouping signs may only group alone; a "." or "," before them makes no number.
    shape.isNumber = separators === groupings && innerThree && lastLength === 3
    return shape
  }
  const sameKind = lastKind === dot ? dots : lastKind === comma ? commas : arabic
  if (sameKind > 1) {
    // The same sign more than once groups thousands, which proves that the other one is the decimal sign.
    const byThree = innerThree && lastLength === 3 && firstLength <= 3
    const byTwo = lastKind === comma && groups.innerTwo && lastLength === 3 && firstLength <= 2
    if (separators !== sameKind || lastKind === arabicDecimal || !(byThree || byTwo)) return shape
    shape.provesDecimal = lastKind === dot ? comma : dot
    shape.isNumber = true
    return shape
  }
  if (separators > 1) {
    // What stands before the decimal sign groups the thousands, all of one kind.
    const others = Number(dots > 0) + Number(commas > 0) + Number(groupings > 0) - Number(arabic === 0)
    const isGroupedWell = innerThree || (innerTwoThenThree(text, lastAt) && firstLength <= 2)
    if (others > 1 || firstLength > 3 || !isGroupedWell) return shape
    shape.provesDecimal = lastKind === arabicDecimal ? 0 : lastKind
  } else {
    const startsWithZero = digitOf(text.charCodeAt(shape.start)) === 0
    shape.isAmbiguous = lastKind !== arabicDecimal && lastLength === 3 && firstLength <= 3 && !startsWithZero
    if (shape.isAmbiguous) shape.leadingDigits = firstLength
    else shape.provesDecimal = lastKind === arabicDecimal ? 0 : lastKind
  }
  shape.decimalAt = lastAt
  shape.isNumber = true
  return shape
}

function separatorKind(code: number): number {
  switch (code) {
    case dot:
    case 0xff0e:
      return dot
    case comma:
    case 0xff0c:
      return comma
    case 0x20:
    case 0xa0:
    case 0x2007:
    case 0x2009:
    case 0x200a:
    case 0x202f:
    case 0x3000:
    case 0x27:
    case 0x2019:
    case 0x60:
    case 0xb4:
    case 0x66c:
      return grouping
    case 0x66b:
      return arabicDecimal
    default:
      return 0
  }
}

/** Whether the grouping sign at `at` is followed by exactly three digits and continues groups, not decimals. */
function startsGroup(text: string, at: number, groupLength: number, lastKind: number): boolean {
  if (groupLength > 3 || (lastKind !== 0 && lastKind !== grouping)) return false
  if (at + 3 >= text.length) return false
  if (digitOf(text.charCodeAt(at + 2)) < 0 || digitOf(text.charCodeAt(at + 3)) < 0) return false
  return at + 4 >= text.length || digitOf(text.charCodeAt(at + 4)) < 0
}

/** "." or "," that opens a number (".50", "€ ,50") rather than ending a word ("Rs.50"). */
function isPointStart(text: string, at: number): boolean {
  const kind = separatorKind(text.charCodeAt(at))
  if (kind !== dot && kind !== comma) return false
  if (at === 0) return true
  const before = text.charCodeAt(at - 1)
  return (
    separatorKind(before) === grouping ||
    isMinus(before) ||
    before === 0x24 ||
    before === 0x20ac ||
    before === 0xa3
  )
}

/** "1,23,456.78": groups of two above a last group of three. Rare, so it may walk the text again. */
function innerTwoThenThree(text: string, decimalAt: number): boolean {
  let groupLength = 0
  let groups = 0
  for (let i = decimalAt - 1; i >= 0; i--) {
    if (digitOf(text.charCodeAt(i)) >= 0) {
      groupLength++
      continue
    }
    if (text.charCodeAt(i) !== comma) break
    if (groupLength !== (groups === 0 ? 3 : 2)) return false
    groups++
    groupLength = 0
  }
  return groups > 1
}

/** ¼ ½ ¾ in ten-thousandths; 0 for anything else. */
function fractionOf(code: number): number {
  return code === 0xbd ? 5000 : code === 0xbc ? 2500 : code === 0xbe ? 7500 : 0
}
