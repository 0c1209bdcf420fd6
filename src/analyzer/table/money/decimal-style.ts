import { minorDigits } from '../../../lib/money.ts'
import type { DecimalDecision, DecimalStyle } from '../decision.ts'
import type { NumberShape } from './number.ts'

/** Collects what the cells of a price column prove about its decimal sign. */
export interface DecimalEvidence {
  /** Counts one readable number. `shape` is only looked at, never kept. */
  see(shape: NumberShape, row: number, raw: string): void
  /** What everything seen so far proves, and what is known besides says where it proves nothing. */
  decision(known?: DecimalKnowledge): DecimalDecision
}

/** What is known about a column beside its cells. */
export interface DecimalKnowledge {
  /** ISO 4217. */
  currency: string | null
  /** What the other numbers of the file prove. */
  fileStyle: FileStyle
}

/** The decimal sign of a whole file; null: not known, or it writes both. */
export type FileStyle = 'dot' | 'comma' | null

/**
 * Decides per column, never per cell: "12,50" proves a comma, "1.234,50" too, "1.234" says nothing alone.
 * Where nothing is proved, the currency may tell: no yen is written "1.234" unless it is a thousand, and "1.250" dinars
 * are one and a quarter. Failing that, lone separators before three digits are thousands: prices with three decimals
 * are rare, and "7,684", "16,730", "248,178" side by side are no such prices. Other numbers of the file (a weight of
 * "1,5") support or contradict that; where they contradict, a person is asked.
 */
export function decimalEvidence(): DecimalEvidence {
  const dot: Tally = { proofs: 0, threeDecimals: 0, cells: [] }
  const comma: Tally = { proofs: 0, threeDecimals: 0, cells: [] }
  const ambiguous: AmbiguousTally = { dots: 0, commas: 0, lengths: 0, cells: [] }
  let plainShort = 0
  let plainLong = 0
  return {
    see(shape, row, raw) {
      if (shape.provesDecimal !== 0) {
        const tally = shape.provesDecimal === dotCode ? dot : comma
        tally.proofs++
        if (shape.decimalAt >= 0 && shape.end - shape.decimalAt === 4) tally.threeDecimals++
        if (tally.cells.length < evidenceMax) tally.cells.push({ row, raw: raw.slice(0, evidenceLengthMax) })
      } else if (shape.isAmbiguous) {
        const code = raw.charCodeAt(shape.decimalAt)
        if (code === dotCode || code === fullWidthDot) ambiguous.dots++
        else ambiguous.commas++
        ambiguous.lengths |= 1 << shape.leadingDigits
        if (ambiguous.cells.length < evidenceMax) {
          ambiguous.cells.push({ row, raw: raw.slice(0, evidenceLengthMax) })
        }
      } else if (shape.decimalAt < 0) {
        if (shape.end - shape.start >= 4) plainLong++
        else plainShort++
      }
    },
    decision: (known = nothingKnown) => decide({ dot, comma, ambiguous, plainShort, plainLong }, known),
  }
}

/**
 * Whether reading with `provisional` read some cell differently from what the whole column has proved. What a person
 * said is not contradicted.
 */
export function contradicts(provisional: DecimalDecision, proved: DecimalDecision): boolean {
  if (provisional.isPinned || proved.ambiguousCount === 0 || proved.style === provisional.style) return false
  // What only usage says about the column does not outweigh what the currency or the file said.
  return (
    proved.from === 'column' ||
    proved.style === 'mixed' ||
    provisional.style === null ||
    provisional.from === 'usage'
  )
}

/** What the columns of a file prove together. */
export function fileStyleOf(columns: readonly DecimalDecision[]): FileStyle {
  const styles = new Set(
    columns.filter(({ from, confidence }) => from === 'column' && confidence === 1).map(({ style }) => style),
  )
  const [style] = styles
  return styles.size !== 1 || style === undefined || style === 'mixed' ? null : style
}

const nothingKnown: DecimalKnowledge = { currency: null, fileStyle: null }

interface Tally {
  proofs: number
  /** Proofs such as "0.125" and "1 234.567". */
  threeDecimals: number
  cells: { row: number; raw: string }[]
}

interface AmbiguousTally {
  dots: number
  commas: number
  /** Bit n: seen with n digits before the separator. */
  lengths: number
  cells: { row: number; raw: string }[]
}

interface Seen {
  dot: Tally
  comma: Tally
  ambiguous: AmbiguousTally
  /** Whole numbers below 1000, and above without any separator. */
  plainShort: number
  plainLong: number
}

const dotCode = 46
const fullWidthDot = 0xff0e
const evidenceMax = 3
const evidenceLengthMax = 100

function decide(
  { dot, comma, ambiguous, plainShort, plainLong }: Seen,
  { currency, fileStyle }: DecimalKnowledge,
): DecimalDecision {
  const ambiguousCount = ambiguous.dots + ambiguous.commas
  if (dot.proofs + comma.proofs > 0) return proved({ dot, comma, ambiguous })
  if (ambiguousCount === 0) return { style: null, from: null, confidence: 1, ambiguousCount, evidence: [] }
  const evidence = ambiguous.cells.slice()
  // "1.234" beside "1,234": one of them is no thousand, and nothing says which.
  if (ambiguous.dots > 0 && ambiguous.commas > 0) {
    return { style: 'mixed', from: 'usage', confidence: 0.3, ambiguousCount, evidence }
  }
  const asThousands: DecimalStyle = ambiguous.dots > 0 ? 'comma' : 'dot'
  const asDecimals: DecimalStyle = ambiguous.dots > 0 ? 'dot' : 'comma'
  const coins = coinsOf(currency)
  if (coins !== null) {
    const style = coins === 'none' ? asThousands : asDecimals
    // Thousands of dinars are written so too: "12.500" may be either, and only the file tells.
    const isDoubtful = coins === 'thousand' && fileStyle === asThousands
    return { style, from: 'currency', confidence: isDoubtful ? 0.5 : 0.9, ambiguousCount, evidence }
  }
  const usual = thousandsConfidence(ambiguous.lengths, plainShort, plainLong)
  if (fileStyle === asThousands) {
    const confidence = Math.max(usual, 0.85)
    return { style: asThousands, from: 'file', confidence, ambiguousCount, evidence }
  }
  const confidence = fileStyle === null ? usual : Math.min(usual, 0.5)
  return { style: asThousands, from: 'usage', confidence, ambiguousCount, evidence }
}

function proved({ dot, comma, ambiguous }: Pick<Seen, 'dot' | 'comma' | 'ambiguous'>): DecimalDecision {
  const ambiguousCount = ambiguous.dots + ambiguous.commas
  const proofs = dot.proofs + comma.proofs
  if (dot.proofs > 0 && comma.proofs > 0) {
    // The cells that prove nothing are rejected, so only their share is in doubt.
    const confidence = proofs / (proofs + ambiguousCount)
    const evidence = [dot.cells[0]!, comma.cells[0]!]
    return { style: 'mixed', from: 'column', confidence, ambiguousCount, evidence }
  }
  const [style, tally, alike]: [DecimalStyle, Tally, number] =
    dot.proofs > 0 ? ['dot', dot, ambiguous.dots] : ['comma', comma, ambiguous.commas]
  // "1.234", "2.500" and a single "12.50": most of them look like thousands, and the one like a slip of the pen.
  const isSlip = tally.threeDecimals === 0 && alike > proofs * slipFactor
  const confidence = isSlip ? 0.5 : 1
  return { style, from: 'column', confidence, ambiguousCount, evidence: tally.cells.slice() }
}

/** Whether a currency has no coins in use, or a thousand of them; null: a hundred, or the currency is not known. */
function coinsOf(currency: string | null): 'none' | 'thousand' | null {
  if (currency === null) return null
  const digits = minorDigits(currency)
  if (digits === 0 || withoutCoins.has(currency)) return 'none'
  return digits === 3 && currency !== 'IQD' ? 'thousand' : null
}

/** Cells that look like thousands for each that proves decimals, from which on the proof is in doubt. */
const slipFactor = 4

/** ISO 4217 gives them decimals that no price list has. */
const withoutCoins: ReadonlySet<string> = new Set(
  'HUF COP IDR IRR LBP MMK SYP TZS UZS AMD CRC IQD LAK MNT MWK NGN SOS STN YER ALL'.split(' '),
)

/** How sure lone separators are thousands: by the variety of lengths before them, and by the plain numbers beside. */
function thousandsConfidence(lengths: number, plainShort: number, plainLong: number): number {
  const lengthCount = Number((lengths & 2) > 0) + Number((lengths & 4) > 0) + Number((lengths & 8) > 0)
  // A list that writes 1234 plainly does not group 1.234.
  if (plainLong > plainShort) return 0.3
  if (lengthCount >= 2) return 0.9
  // Everything below a thousand is plain, everything above is grouped.
  return plainShort > 0 && plainLong === 0 ? 0.8 : 0.5
}
