import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { ShortTexts, shortTextBytesMax } from '../../../../src/analyzer/formats/xlsx/short-texts.ts'

test('a text that is remembered is the one that the bytes say, whatever came between', () => {
  const letter = fc.constantFrom('a', 'b', '\0', '<', 'ö')
  const text = fc.oneof(fc.string({ unit: letter, maxLength: 2 }), fc.string({ unit: letter, maxLength: 12 }))
  const texts = fc.array(text, { minLength: 100, maxLength: 200 })
  let found = 0
  fc.assert(
    fc.property(texts, fc.string({ maxLength: 5 }), (list, before) => {
      const known = new ShortTexts()
      for (const text of list) {
        const from = Buffer.byteLength(before)
        const bytes = Buffer.from(`${before}${text}</t>`)
        const length = bytes.length - 4 - from
        // A hash that often is the same for different texts.
        const hash = length + bytes[from]!
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
        const answer = known.get(view, from, length, hash)
        if (answer !== null) {
          found++
          expect(answer).toBe(text)
        }
        known.set(view, from, length, hash, text)
        expect(known.get(view, from, length, hash)).toBe(text)
      }
    }),
  )
  expect(found).toBeGreaterThan(100)
  expect(shortTextBytesMax).toBe(24)
})
