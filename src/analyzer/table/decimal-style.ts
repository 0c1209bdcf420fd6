import type { DecimalDecision, DecimalStyle } from './decision.ts'
import type { NumberShape } from './number.ts'

/** Collects what the cells of a price column prove about its decimal sign. */
export interface DecimalEvidence {
  /** Counts one readable number. `shape` is only looked at, never kept. */
  see(shape: NumberShape, row: number, raw: string): void
  /** What everything seen so far proves. */
  decision(): DecimalDecision
}

/**
 * Decides per column, never per cell: "12,50" proves a comma, "1.234,50" too, "1.234" says nothing alone.
 * Where nothing is proved, lone separators before three digits are thousands: prices with three decimals are rare,
 * and "7,684", "16,730", "248,178" side by side are no such prices.
 */
export function decimalEvidence(): DecimalEvidence {
  const dot: Tally = { proofs: 0, cells: [] }
  const comma: Tally = { proofs: 0, cells: [] }
  const ambiguous: AmbiguousTally = { dots: 0, commas: 0, lengths: 0, cells: [] }
  let plainShort = 0
  let plainLong = 0
  return {
    see(shape, row, raw) {
      if (shape.provesDecimal !== 0) {
        const tally = shape.provesDecimal === dotCode ? dot : comma
        tally.proofs++
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
    decision: () => decide({ dot, comma, ambiguous, plainShort, plainLong }),
  }
}

/**
 * Whether reading with `provisional` read some cell differently from what the whole column has proved. What a person
 * said is not contradicted.
 */
export function contradicts(provisional: DecimalDecision, proved: DecimalDecision): boolean {
  return provisional.isPinned !== true && proved.ambiguousCount > 0 && proved.style !== provisional.style
}

interface Tally {
  proofs: number
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

function decide({ dot, comma, ambiguous, plainShort, plainLong }: Seen): DecimalDecision {
  const ambiguousCount = ambiguous.dots + ambiguous.commas
  const proofs = dot.proofs + comma.proofs
  if (proofs > 0) {
    const isMixed = dot.proofs > 0 && comma.proofs > 0
    const stronger = dot.proofs >= comma.proofs ? dot : comma
    const evidence = isMixed ? [dot.cells[0]!, comma.cells[0]!] : stronger.cells.slice()
    const style: DecimalStyle = isMixed ? 'mixed' : stronger === dot ? 'dot' : 'comma'
    // In a mixed column the cells that prove nothing are rejected, so only their share is in doubt. One proof among
    // many cells that read both ways may be a slip of the pen.
    const mixedConfidence = proofs / (proofs + ambiguousCount)
    const confidence = isMixed ? mixedConfidence : proofs === 1 && ambiguousCount > 20 ? 0.7 : 1
    return { style, confidence, ambiguousCount, evidence }
  }
  if (ambiguousCount === 0) return { style: null, confidence: 1, ambiguousCount, evidence: [] }
  const evidence = ambiguous.cells.slice()
  // "1.234" beside "1,234": one of them is no thousand, and nothing says which.
  if (ambiguous.dots > 0 && ambiguous.commas > 0) {
    return { style: 'mixed', confidence: 0.3, ambiguousCount, evidence }
  }
  const style: DecimalStyle = ambiguous.dots > 0 ? 'comma' : 'dot'
  return {
    style,
    confidence: thousandsConfidence(ambiguous.lengths, plainShort, plainLong),
    ambiguousCount,
    evidence,
  }
}

/** How sure lone separators are thousands: by the variety of lengths before them, and by the plain numbers beside. */
function thousandsConfidence(lengths: number, plainShort: number, plainLong: number): number {
  const lengthCount = Number((lengths & 2) > 0) + Number((lengths & 4) > 0) + Number((lengths & 8) > 0)
  // A list that writes 1234 plainly does not group 1.234.
  if (plainLong > plainShort) return 0.3
  if (lengthCount >= 2) return 0.9
  // Everything below a thousand is plain, everything above is grouped.
  return plainShort > 0 && plainLong === 0 ? 0.8 : 0.5
}
