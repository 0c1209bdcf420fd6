import { expect, test } from 'bun:test'
import { moneyText } from '../../src/admin/format/money.ts'
import { bytesText, countOf, moveText } from '../../src/admin/format/number.ts'
import { durationText, utcText, whenText } from '../../src/admin/format/time.ts'
import { sentenceCase } from '../../src/admin/format/words.ts'

test('prices have at least the decimals of their currency, and lose none of their own', () => {
  expect(moneyText('13.5', 'EUR', 'en')).toBe('13.50\u00a0EUR')
  expect(moneyText('1234567.0825', 'EUR', 'de')).toBe('1.234.567,0825\u00a0EUR')
  expect(moneyText('99', 'JPY', 'en')).toBe('99\u00a0JPY')
  expect(moneyText('12345678901234567890.5', null, 'en')).toBe('12,345,678,901,234,567,890.50')
  expect(moneyText('1', 'not a currency', 'en')).toBe('1.00\u00a0not a currency')
})

test('times are said as people say them', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const at = (text: string) => whenText(new Date(text), now, 'en')
  expect(at('2026-11-22T11:59:50Z')).toBe('just now')
  expect(at('2026-11-22T11:57:00Z')).toBe('3 min. ago')
  expect(at('2026-11-22T14:00:00Z')).toBe('in 2 hr.')
  expect(at('2026-11-21T11:00:00Z')).toBe('yesterday')
  expect(at('2026-10-01T12:00:00Z')).toBe('Oct 1, 2026')
  expect(utcText(now)).toBe('2026-11-22 12:00:00 UTC')
  expect([850, 4200, 185_000, 7_800_000, 7_200_000].map(durationText)).toEqual([
    '850 ms',
    '4.2 s',
    '3 min 5 s',
    '2 h 10 min',
    '2 h',
  ])
})

test('counts, bytes, moves and words are read easily', () => {
  expect(countOf(1, 'item')).toBe('1 item')
  expect(countOf(1200, 'entry', 'entries', 'en')).toBe('1,200 entries')
  expect([12, 12_400, 123_456_789].map(bytesText)).toEqual(['12 B', '12.4 kB', '123 MB'])
  expect([0.05, -0.125, 12].map(moveText)).toEqual(['+5.0\u00a0%', '\u221212.5\u00a0%', '+1200\u00a0%'])
  expect(sentenceCase('partial_success')).toBe('Partial success')
})
