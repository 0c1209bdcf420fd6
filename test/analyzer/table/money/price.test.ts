import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { DecimalStyle } from '../../../../src/analyzer/table/decision.ts'
import { priceReader } from '../../../../src/analyzer/table/money/price.ts'
import { formatE4 } from '../../../../src/lib/money.ts'
import golden from '../../../golden/numbers/prices.json'

const styles: (DecimalStyle | null)[] = ['dot', 'comma', 'mixed', null]

/** The price as a decimal string, or what else the cell is. */
function read(cell: string | number, style: DecimalStyle | null): string {
  const { kind, e4 } = priceReader(style)(cell)
  return kind === 'price' ? formatE4(e4) : kind
}

describe('a price cell', () => {
  for (const { text, unit, quantity, ...expected } of golden) {
    test(`reads ${JSON.stringify(text)}`, () => {
      for (const style of styles) {
        const answer = 'any' in expected ? expected.any : new Map(Object.entries(expected)).get(String(style))
        if (answer !== undefined) expect([style, read(text, style)]).toEqual([style, answer])
      }
      const reading = priceReader('comma')(text)
      expect(reading.unit).toBe(unit ?? null)
      expect(reading.quantityE4).toBe(quantity === undefined ? null : Number(quantity) * 10_000)
    })
  }

  test('reads binary numbers through their shortest decimal form', () => {
    expect(read(12.5, null)).toBe('12.5')
    expect(read(0.1 + 0.2, null)).toBe('0.3')
    expect(read(1.00005, null)).toBe('1.0001')
    // Not nothing: it would be given away.
    expect(read(1e-7, null)).toBe('too_many_decimals')
    expect(read(1e21, null)).toBe('too_large')
    expect(read(1e308, null)).toBe('too_large')
    expect(read(-1, null)).toBe('negative')
    expect(priceReader(null)(12.299999999999999).isRounded).toBe(true)
    expect(priceReader(null)(12.3).isRounded).toBe(false)
  })

  test('of thirty thousand characters is read in no time and is no price', () => {
    for (const cell of ['1'.repeat(32_000), '1 '.repeat(16_000), '1.'.repeat(16_000), '€'.repeat(32_000)]) {
      expect(read(cell, 'dot')).toBe('unreadable')
    }
  })
})

describe('any amount', () => {
  const amount = fc.record({
    whole: fc.integer({ min: 0, max: 2_000_000_000 }),
    cents: fc.integer({ min: 0, max: 99 }),
  })
  const cents = (value: number) => String(value).padStart(2, '0')
  const grouped = (whole: number, by: string) => String(whole).replace(/\B(?=(\d{3})+$)/g, by)
  const exact = ({ whole, cents: part }: { whole: number; cents: number }) =>
    formatE4(whole * 10_000 + part * 100)

  test('reads back from every way of writing it with a point', () => {
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom(',', ' ', '\u00a0', "'", '’', ''),
        fc.constantFrom('', '€ ', 'US$'),
        (value, by, before) => {
          expect(read(`${before}${grouped(value.whole, by)}.${cents(value.cents)}`, 'dot')).toBe(exact(value))
        },
      ),
    )
  })

  test('reads back from every way of writing it with a comma', () => {
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom('.', ' ', '\u202f', "'", ''),
        fc.constantFrom('', ' kr', ' €/kg'),
        (value, by, after) => {
          expect(read(`${grouped(value.whole, by)},${cents(value.cents)}${after}`, 'comma')).toBe(
            exact(value),
          )
        },
      ),
    )
  })

  test('reads back whole in a column of its own style', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (whole) => {
        expect(read(grouped(whole, '.'), 'comma')).toBe(String(whole))
        expect(read(grouped(whole, ','), 'dot')).toBe(String(whole))
      }),
    )
  })

  test('survives as a binary number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (e4) => {
        expect(read(e4 / 10_000, null)).toBe(formatE4(e4))
      }),
    )
  })
})

test('any text whatever is read without an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const { kind, e4 } = priceReader('dot')(text)
      expect(Number.isSafeInteger(e4)).toBe(true)
      expect(kind === 'price' || e4 === 0).toBe(true)
    }),
  )
})
