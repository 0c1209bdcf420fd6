import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { contradicts, decimalEvidence } from '../../../../src/analyzer/table/money/decimal-style.ts'
import { numberScanner } from '../../../../src/analyzer/table/money/number.ts'

function decide(...cells: string[]) {
  return evidenceOf(...cells).decision()
}

function evidenceOf(...cells: string[]) {
  const scan = numberScanner()
  const evidence = decimalEvidence()
  for (const [row, raw] of cells.entries()) evidence.see(scan(raw), row, raw)
  return evidence
}

describe('the decimal style of a column', () => {
  test('is proved by a single cell that can be read in one way only', () => {
    expect(decide('1.234', '12,50', '2.500')).toMatchObject({
      style: 'comma',
      confidence: 1,
      ambiguousCount: 2,
    })
    expect(decide('1,234', '12.50')).toMatchObject({ style: 'dot', evidence: [{ row: 1, raw: '12.50' }] })
    expect(decide('0.125', '1.234').style).toBe('dot')
    expect(decide('1234.567', '1.234').style).toBe('dot')
    expect(decide('1.234.567', '1.234').style).toBe('comma')
  })

  test('is none where no cell needs it', () => {
    expect(decide('12', '1 234', '99')).toEqual({
      style: null,
      from: null,
      confidence: 1,
      ambiguousCount: 0,
      evidence: [],
    })
  })

  test('takes separators before three digits for thousands where nothing is proved', () => {
    const decision = decide('7,684', '16,730', '248,178')
    expect(decision.style).toBe('dot')
    expect(decision.confidence).toBeGreaterThanOrEqual(0.6)
    expect(decide('850', '1.234', '990')).toMatchObject({ style: 'comma', confidence: 0.8 })
  })

  test('is doubtful where one shape is all there is', () => {
    expect(decide('1.234', '1.879').confidence).toBeLessThan(0.6)
    expect(decide('1.234', '2500', '3400').confidence).toBeLessThan(0.6)
    expect(decide('1.234', '1,234')).toMatchObject({ style: 'mixed', confidence: 0.3 })
  })

  test('is told by a currency without coins, and by one of a thousand', () => {
    const prices = evidenceOf('1.234', '1.879')
    const inCurrency = (currency: string) => prices.decision({ currency, fileStyle: null })
    for (const currency of ['JPY', 'KRW', 'CLP', 'ISK', 'HUF', 'COP']) {
      expect(inCurrency(currency)).toMatchObject({ style: 'comma', from: 'currency', confidence: 0.9 })
    }
    for (const currency of ['KWD', 'BHD', 'OMR', 'JOD', 'TND']) {
      expect(inCurrency(currency)).toMatchObject({ style: 'dot', from: 'currency', confidence: 0.9 })
    }
    expect(inCurrency('EUR').confidence).toBeLessThan(0.6)
  })

  test('is told by the other numbers of the file, or put in doubt by them', () => {
    const prices = evidenceOf('1.234', '1.879')
    const beside = (fileStyle: 'dot' | 'comma') => prices.decision({ currency: null, fileStyle })
    expect(beside('comma')).toMatchObject({ style: 'comma', from: 'file' })
    expect(beside('comma').confidence).toBeGreaterThanOrEqual(0.6)
    expect(beside('dot').confidence).toBeLessThan(0.6)
    expect(evidenceOf('1.234', '12,50').decision({ currency: 'KWD', fileStyle: 'dot' })).toMatchObject({
      style: 'comma',
      from: 'column',
    })
  })

  test('is doubtful where one cell of many shows other decimals', () => {
    const thousands = ['1.299', '2.499', '3.199', '1.099', '1.899']
    expect(decide(...thousands, '12.50').confidence).toBeLessThan(0.6)
    // Three decimals are what the others may have as well.
    expect(decide(...thousands, '0.125')).toMatchObject({ style: 'dot', confidence: 1 })
    expect(decide(...thousands, '12,50')).toMatchObject({ style: 'comma', confidence: 1 })
  })

  test('is mixed where cells prove both', () => {
    expect(decide('12,50', '12.50', '1.234').style).toBe('mixed')
    expect(decide('12,50', '12.50')).toMatchObject({ style: 'mixed', confidence: 1 })
  })

  test('never depends on the order of the cells', () => {
    const cell = fc.constantFrom('12', '1.234', '12,50', '12.50', '1,234', '0.125', '1 234', '7,684.10')
    const seen = fc.array(cell, { maxLength: 20 }).chain((cells) =>
      fc.record({
        cells: fc.constant(cells),
        shuffled: fc.shuffledSubarray(cells, { minLength: cells.length }),
      }),
    )
    fc.assert(
      fc.property(seen, ({ cells, shuffled }) => {
        const { evidence: _, ...decided } = decide(...cells)
        const { evidence: __, ...again } = decide(...shuffled)
        expect(again).toEqual(decided)
      }),
    )
  })
})

describe('a proved style', () => {
  test('contradicts another one only where a cell follows the column', () => {
    expect(contradicts(decide('1.234'), decide('1.234', '12.50'))).toBe(true)
    expect(contradicts(decide('12'), decide('12', '12.50'))).toBe(false)
    expect(contradicts(decide('12,50'), decide('12,50', '1.234'))).toBe(false)
  })

  test('outweighs what the file or the currency said, and usage does not', () => {
    const dinars = evidenceOf('1.234').decision({ currency: 'KWD', fileStyle: null })
    expect(contradicts(dinars, decide('1.234', '2.345'))).toBe(false)
    expect(contradicts(dinars, decide('1.234', '2,50'))).toBe(true)
    expect(contradicts(dinars, decide('1.234', '1,234'))).toBe(true)
  })
})
