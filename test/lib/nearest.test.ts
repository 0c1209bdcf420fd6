import { expect, test } from 'bun:test'
import { nearest, suggestion } from '../../src/lib/nearest.ts'

const names = ['ingest', 'imports', 'items', 'history', 'try']
const cases: [string, string | null][] = [
  ['ingset', 'ingest'],
  ['import', 'imports'],
  ['ITEMS', 'items'],
  ['histroy', 'history'],
  ['tyr', 'try'],
  ['serve', null],
  ['', null],
]
for (const [written, meant] of cases) {
  test(`"${written}" ${meant === null ? 'is near nothing' : `probably means ${meant}`}`, () => {
    expect(nearest(written, names)).toBe(meant)
  })
}

test('a suggestion ends a message, and is empty where nothing is near', () => {
  expect(suggestion('itmes', names)).toBe('; did you mean items?')
  expect(suggestion('xylophone', names)).toBe('')
})

test('very long text is no burden', () => {
  expect(nearest('x'.repeat(1_000_000), names)).toBeNull()
})
