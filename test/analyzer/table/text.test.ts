import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { similarTo } from '../../../src/analyzer/table/header/similarity.ts'
import { columnLetter, columnOfLetter } from '../../../src/analyzer/table/letters.ts'
import { cellText, normalize, plainNumber } from '../../../src/analyzer/table/text.ts'

describe('normalize', () => {
  test('folds case, diacritics, punctuation and width', () => {
    expect(normalize('Artikel-Nr.')).toBe('artikel nr')
    expect(normalize('unitPrice')).toBe('unit price')
    expect(normalize('  Единица_измерения ')).toBe('единица измерения')
    expect(normalize('Précio\u00a0(€)')).toBe('precio')
    expect(normalize('ＰＲＩＣＥ')).toBe('price')
    expect(normalize('Øl & Smørrebrød')).toBe('ol smorrebrod')
    expect(normalize('מק"ט')).toBe('מקט')
    expect(normalize('№')).toBe('no')
    expect(normalize('#')).toBe('#')
    expect(normalize('***')).toBe('')
  })

  test('says the same about what it said already', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        (text) => normalize(normalize(text)) === normalize(text),
      ),
    )
  })
})

describe('cellText', () => {
  test('trims white space of every kind', () => {
    expect(cellText('\u00a0 a b\u2003')).toBe('a b')
    expect(cellText('\ufeffSKU')).toBe('SKU')
    expect(cellText(undefined)).toBe('')
  })

  test('writes numbers in full', () => {
    expect(cellText(978588070263)).toBe('978588070263')
    expect(plainNumber(1e21)).toBe('1000000000000000000000')
    expect(plainNumber(-1.5e-7)).toBe('-0.00000015')
    expect(plainNumber(1.25e22)).toBe('12500000000000000000000')
  })

  test('keeps the value of every number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(plainNumber(value)).not.toContain('e')
        // -0 is written "0".
        expect(Number(plainNumber(value)) === value).toBe(true)
      }),
    )
  })
})

describe('column letters', () => {
  test('count as a spreadsheet does', () => {
    expect([0, 25, 26, 701, 702, 16_383].map(columnLetter)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD'])
    expect(columnOfLetter('xfe')).toBeNull()
    expect(columnOfLetter('A1')).toBeNull()
  })

  test('read back', () => {
    fc.assert(fc.property(fc.nat(16_383), (column) => columnOfLetter(columnLetter(column)) === column))
  })
})

describe('similarity', () => {
  const similarity = (a: string, b: string) => similarTo(a)(b)

  test('sees through a slip of the pen and cuts off other words', () => {
    expect(similarity('artikelnumer', 'artikelnummer')).toBeGreaterThan(0.9)
    expect(similarity('preis', 'pries')).toBe(0.8)
    expect(similarity('price', 'price')).toBe(1)
    expect(similarity('price', 'quantity')).toBe(0)
  })

  test('is symmetric and between 0 and 1', () => {
    const word = fc.string({ maxLength: 20 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        const alike = similarity(a, b)
        expect(alike).toBe(similarity(b, a))
        expect(alike === 0 || (alike >= 0.6 && alike <= 1)).toBe(true)
      }),
    )
  })
})
