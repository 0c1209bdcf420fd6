import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { guarded, guardedText, unguarded } from '../../../src/analyzer/rejects/formula-guard.ts'

test('a cell that a spreadsheet would run is made text, and a number is left alone', () => {
  for (const text of [
    '=1+1',
    '+cmd|x',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '＝1+1',
    "-5+cmd|'/C calc'!A0",
    '+49 (0) 12',
  ])
    expect(guarded(text)).toBe(`'${text}`)
  for (const text of ['-12,50', '+3', '-', '--', '- 5 %', '-1.234,50', 'a=b', '', '12-3', "'quoted'"])
    expect(guarded(text)).toBe(text)
})

test('every cell comes back as it was, from CSV and from workbooks', () => {
  const signs = fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '＝', '1', ',', 'a', ' ')
  const cells = fc.oneof(
    fc.string(),
    fc.array(signs).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(cells, (text) => {
      expect(unguarded(guarded(text))).toBe(text)
      expect(unguarded(guardedText(text))).toBe(text)
      if (/^[=@]/.test(text)) expect(guarded(text)).toStartWith("'")
    }),
    { numRuns: 2000 },
  )
})
