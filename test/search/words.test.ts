import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isFoundIn, wordQuery } from '../../src/search/word-query.ts'
import { wordLengthMax, wordsOf } from '../../src/search/words.ts'

const found = (search: string, ...texts: (string | null)[]) => {
  const query = wordQuery(search)
  return query !== null && isFoundIn(query, texts)
}

test('words are found in any order, without case, accents and umlauts, the last by its beginning', () => {
  const name = 'Akku-Winkelschleifer Größe 125 mm²'
  for (const search of [
    'winkelschleifer',
    'GRÖSSE akku',
    'grosse 125',
    'größe wink',
    'akkuwinkel',
    'akku-wink',
    '125 mm2',
    'mm',
  ])
    expect(found(search, name), search).toBe(true)
  for (const search of ['schleifer', 'wink größe', 'akku bohrer', '25', 'wink '])
    expect(found(search, name), search).toBe(false)
  expect(found('odegaard lukasik', 'Ødegaard & Łukasik')).toBe(true)
  expect(found('ΟΔΟΣ', 'οδος')).toBe(true)
})

test('model codes and numbers are found however they are put together', () => {
  for (const [search, name] of [
    ['DHP-482/Z', 'Makita DHP482Z Akku'],
    ['dhp482', 'Makita DHP-482/Z Akku'],
    ['dhp 482', 'Makita DHP-482/Z Akku'],
    ['dhp-4', 'Makita DHP482Z'],
    ['0,5l', 'Flasche 0.5l'],
    ['1/2"', 'Kugelhahn 1/2" DN 15'],
  ] as const)
    expect(found(search, name), search).toBe(true)
  expect(found('A-77', null, 'A-770')).toBe(true)
  expect(found('A-77', 'Ventil', null)).toBe(false)
})

test('what has no letter and no digit finds nothing', () => {
  for (const search of ['', ' ', '%', '*', '"', '-', '()', '\\', "';--", '_', '🙂'])
    expect(wordQuery(search), search).toBe(null)
})

test('words hold nothing that means anything to an index, and are of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const word of wordsOf(text)) {
        expect(word).toMatch(/^[\p{L}\p{N}]+$/u)
        expect(word.length).toBeLessThanOrEqual(wordLengthMax)
        expect(word.isWellFormed()).toBe(true)
      }
    }),
  )
})

test('a text is found by itself, and by its beginning', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      if (wordQuery(text) === null) return
      expect(found(text, text)).toBe(true)
      expect(found(text, `${text} und mehr`)).toBe(true)
    }),
  )
})
