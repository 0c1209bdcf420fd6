import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { currencies, formatE4, isCurrency, minorDigits, parseE4 } from '../../src/lib/money.ts'

describe('formatE4', () => {
  test('writes the shortest exact decimal', () => {
    expect(formatE4(125_000)).toBe('12.5')
    expect(formatE4(13_750_000)).toBe('1375')
    expect(formatE4(5)).toBe('0.0005')
    expect(formatE4(0)).toBe('0')
    expect(formatE4(-12_500)).toBe('-1.25')
    expect(formatE4(Number.MAX_SAFE_INTEGER)).toBe('900719925474.0991')
  })
})

describe('parseE4', () => {
  test('reads decimal strings with up to four decimals', () => {
    expect(parseE4('12.50')).toBe(125_000)
    expect(parseE4('0')).toBe(0)
    expect(parseE4('-0')).toBe(0)
    expect(parseE4('-0.0001')).toBe(-1)
    expect(parseE4('900719925474.0991')).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('refuses everything else', () => {
    for (const text of [
      '',
      '.5',
      '5.',
      '1,5',
      '01',
      '+1',
      '1e3',
      '1.23456',
      '900719925474.0992',
      '9999999999999',
    ]) {
      expect(parseE4(text)).toBeNull()
    }
  })

  test('reads back whatever formatE4 wrote', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (e4) => parseE4(formatE4(e4)) === e4))
  })
})

describe('currencies', () => {
  test('are told from other words, and have their own number of decimals', () => {
    expect(isCurrency('EUR')).toBe(true)
    expect(isCurrency('eur')).toBe(false)
    expect(isCurrency('XYZ')).toBe(false)
    expect(minorDigits('JPY')).toBe(0)
    expect(minorDigits('EUR')).toBe(2)
    expect(minorDigits('KWD')).toBe(3)
    expect(minorDigits('nope')).toBeNull()
    expect(currencies.length).toBe(new Set(currencies).size)
    expect(currencies).toContain('UAH')
  })
})
