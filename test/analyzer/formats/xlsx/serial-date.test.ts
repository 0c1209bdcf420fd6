import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isoDateText, serialText } from '../../../../src/analyzer/formats/xlsx/serial-date.ts'

test('a day is a date, a day with a fraction also has the time', () => {
  expect(serialText(45_992, 'date', false)).toBe('2025-12-01')
  expect(serialText(45_992.35, 'date', false)).toBe('2025-12-01T08:24:00')
  expect(serialText(2_958_465, 'date', false)).toBe('9999-12-31')
})

test('the day that Excel invented in 1900 does not shift the days around it', () => {
  expect(serialText(1, 'date', false)).toBe('1900-01-01')
  expect(serialText(59, 'date', false)).toBe('1900-02-28')
  expect(serialText(60, 'date', false)).toBe('1900-02-28')
  expect(serialText(61, 'date', false)).toBe('1900-03-01')
})

test('workbooks from 1904 begin with their first day', () => {
  expect(serialText(0, 'date', true)).toBe('1904-01-01')
  expect(serialText(44_530, 'date', true)).toBe('2025-12-01')
  expect(serialText(2_957_003, 'date', true)).toBe('9999-12-31')
})

test('a time is a clock, an elapsed time counts beyond a day', () => {
  expect(serialText(0.35, 'time', false)).toBe('08:24:00')
  expect(serialText(45_992.35, 'time', false)).toBe('08:24:00')
  expect(serialText(0, 'time', false)).toBe('00:00:00')
  expect(serialText(0.5, 'date', false)).toBe('12:00:00')
  expect(serialText(1.5, 'elapsed', false)).toBe('36:00:00')
})

test('what is no date stays a number', () => {
  for (const serial of [-1, 0, 2_958_466, 1e300, Number.NaN]) {
    expect(serialText(serial, 'date', false)).toBeNull()
  }
})

test('rounding never makes a sixtieth second', () => {
  expect(serialText(45_992.999999, 'date', false)).toBe('2025-12-02')
  const second = fc.integer({ min: 61 * 86_400, max: 2_958_465 * 86_400 })
  fc.assert(
    fc.property(second, fc.double({ min: -0.4, max: 0.4, noNaN: true }), (seconds, noise) => {
      const expected = new Date(Date.UTC(1899, 11, 30) + seconds * 1000).toISOString().slice(0, 19)
      const text = serialText((seconds + noise) / 86_400, 'date', false) ?? ''
      expect(text.includes('T') ? text : `${text}T00:00:00`).toBe(expected)
    }),
  )
})

test('ISO dates lose midnight, parts of a second and the zone', () => {
  expect(isoDateText('2014-02-14T08:27:48.123Z')).toBe('2014-02-14T08:27:48')
  expect(isoDateText('2014-02-14T00:00:00.000Z')).toBe('2014-02-14')
  expect(isoDateText('2014-02-14T08:27')).toBe('2014-02-14T08:27:00')
  expect(isoDateText('2014-02-14')).toBe('2014-02-14')
  expect(isoDateText('12:30:00')).toBe('12:30:00')
  expect(isoDateText('2014-02-14T08:27:48+02:00')).toBe('2014-02-14T08:27:48+02:00')
})
