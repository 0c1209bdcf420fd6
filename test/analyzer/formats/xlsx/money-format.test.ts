import { expect, test } from 'bun:test'
import { moneyFormatOf } from '../../../../src/analyzer/formats/xlsx/money-format.ts'

test('a number format shows a currency by its sign, its code, or the locale of a shared sign', () => {
  const formats: [string, string | null][] = [
    ['[$€-407] #,##0.00', 'EUR'],
    ['#,##0.00\\ [$€-407];[Red]\\-#,##0.00\\ [$€-407]', 'EUR'],
    ['_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', 'EUR'],
    ['#,##0.00"р."', 'RUB'],
    ['#,##0.00\\ [$₽-419]', 'RUB'],
    ['[$$-409]#,##0.00', 'USD'],
    ['[$$-2C0A]\\ #,##0.00', 'ARS'],
    ['[$$-en-CA]#,##0.00', 'CAD'],
    ['#,##0.00\\ [$kr-41D]', 'SEK'],
    ['[$kr-414] #,##0.00', 'NOK'],
    ['[$¥-411]#,##0', 'JPY'],
    ['[$USD] #,##0.00', 'USD'],
    ['[$-409]#,##0.00', null],
    ['#,##0.00', null],
    ['General', null],
    // Whose machine it was is not known.
    ['"$"#,##0.00', null],
    ['$#,##0.00', null],
  ]
  for (const [code, currency] of formats) {
    expect([code, moneyFormatOf(code).currency?.code ?? null]).toEqual([code, currency])
  }
  expect(moneyFormatOf('$#,##0.00').currency?.candidates).toContain('ARS')
})

test('a number format shows percentages and units', () => {
  expect(moneyFormatOf('0.0%').isPercent).toBe(true)
  expect(moneyFormatOf('0.0"%"').isPercent).toBe(false)
  expect(moneyFormatOf('#,##0.00 "€/kg"').text).toBe('€/kg')
})

test('a number format of any length is read in no time', () => {
  for (const code of ['['.repeat(30_000), '[$-'.repeat(10_000), '"'.repeat(30_000), '\\'.repeat(30_000)])
    expect(moneyFormatOf(code).isPercent).toBe(false)
})
