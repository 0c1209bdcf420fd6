import { expect, test } from 'bun:test'
import { dateOrderOf, isAmbiguousDate, parseDate } from '../../../../src/analyzer/table/columns/dates.ts'
import { isEan } from '../../../../src/analyzer/table/columns/ean.ts'

test('dates are read in the ways that lists write them', () => {
  for (const text of [
    '2026-11-22',
    '2026-11-22T08:30:00',
    '20261122',
    '22.11.2026',
    '22/11/2026',
    '11/22/2026',
    '22-11-26',
    '2026/11/22',
  ]) {
    expect([text, parseDate(text, null)]).toEqual([text, '2026-11-22'])
  }
  expect(parseDate('1.2.2026', null)).toBe('2026-02-01')
  expect(parseDate('29.02.2024', null)).toBe('2024-02-29')
})

test('what is no date is none', () => {
  for (const text of ['29.02.2026', '32.01.2026', '2026-13-01', '12.5', '100', 'soon', '1/2', '22.11/2026']) {
    expect([text, parseDate(text, 'dmy')]).toEqual([text, null])
  }
})

test('day and month are told apart by the column, else not at all', () => {
  expect(isAmbiguousDate('03/04/2026')).toBe(true)
  expect(isAmbiguousDate('03/03/2026')).toBe(false)
  expect(parseDate('03/04/2026', 'dmy')).toBe('2026-04-03')
  expect(parseDate('03/04/2026', 'mdy')).toBe('2026-03-04')
  expect(dateOrderOf(['03/04/2026', '22/04/2026'])).toBe('dmy')
  expect(dateOrderOf(['03/04/2026', '04/22/2026'])).toBe('mdy')
  expect(dateOrderOf(['22/04/2026', '04/22/2026'])).toBeNull()
})

test('an EAN is known by its check digit', () => {
  expect(isEan('4006381333931')).toBe(true)
  expect(isEan('978-5-93108-161-8')).toBe(true)
  expect(isEan('96385074')).toBe(true)
  expect(isEan('4006381333932')).toBe(false)
  expect(isEan('51357444075')).toBe(false)
})
