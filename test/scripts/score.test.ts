import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { root } from '../../scripts/lib/build.ts'
import { compareFigures, comparisonText, figuresOf } from '../../scripts/lib/score/golden.ts'
import { findCorpus, readGolden } from '../../scripts/lib/score/places.ts'
import { type Group, groups, score } from '../../scripts/lib/score/score.ts'

const corpus = findCorpus(root)
const golden = await readGolden(root)

/** The corpus takes seconds of computing, on a busy machine much longer. */
const timeLimitMs = 300_000

/** Nothing may be worse than the golden copy; what is better is said, so that somebody keeps it. */
async function compared(only: readonly Group[], fewestFiles: number): Promise<string> {
  const figures = figuresOf(await score({ testFolder: join(root, 'test'), corpus, only, filter: null }))
  expect(Object.keys(figures).length).toBeGreaterThanOrEqual(fewestFiles)
  const comparison = compareFigures(golden, figures)
  const text = comparisonText(comparison)
  if (text !== '') console.log(text)
  return comparison.worse.length === 0 ? '' : text
}

test(
  'our own lists are read as well as the golden copy says',
  async () => {
    expect(await compared(['own'], 43)).toBe('')
  },
  timeLimitMs,
)

describe.skipIf(corpus === null)('the corpus', () => {
  const fewest = { pricelists: 20, pdf: 30, workbooks: 80, csv: 12 }
  test.each(groups.filter((group) => group !== 'own'))(
    '%s is read as well as the golden copy says',
    async (group) => {
      expect(await compared([group], fewest[group])).toBe('')
    },
    timeLimitMs,
  )
})
