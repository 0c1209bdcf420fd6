import { expect, test } from 'bun:test'
import { decodeHead, encodings } from '../../../src/analyzer/formats/text/encoding.ts'
import { canEncode, textEncoding } from '../../../src/analyzer/formats/text/text-encoder.ts'

/** Texts that lists are written in. */
const samples = [
  'é',
  'Größe',
  'Цена',
  'Größe 10 € · Ångström',
  'Цена, руб. № 5',
  'Τιμή Ά',
  'Fiyat ığşİ',
  'Żółć ďťň',
  'מחיר',
  'السعر',
  '価格 ﾊﾝｶｸ',
  '价格 價格',
  '가격',
  'ราคา',
]

for (const encoding of encodings.filter(canEncode)) {
  test(`${encoding}: what it has is written as it is read, and the rest as question marks`, () => {
    const { encode } = textEncoding(encoding)
    let written = 0
    for (const text of samples) {
      const back = decodeHead(encode(text), encoding)
      const characters = [...text]
      expect([...back]).toHaveLength(characters.length)
      for (const [index, character] of [...back].entries())
        if (character !== '?') expect(character).toBe(characters[index]!)
      if (back === text) written++
    }
    expect(written).toBeGreaterThan(0)
  })
}

test('Unicode is written with the mark by which spreadsheets know it', () => {
  expect([...textEncoding('utf-8').mark]).toEqual([0xef, 0xbb, 0xbf])
  expect([...textEncoding('utf-16be').mark]).toEqual([0xfe, 0xff])
  expect([...textEncoding('windows-1251').mark]).toEqual([])
})
