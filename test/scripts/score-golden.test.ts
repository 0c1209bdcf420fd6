import { describe, expect, test } from 'bun:test'
import { ArgumentError, parseArguments } from '../../scripts/lib/score/arguments.ts'
import { isSameDecimal, sumOf } from '../../scripts/lib/score/decimal.ts'
import { compareFigures, comparisonText, figuresOf, figuresText } from '../../scripts/lib/score/golden.ts'
import type { Score } from '../../scripts/lib/score/score.ts'
import { scoreText } from '../../scripts/lib/score/table.ts'

const count = { expected: 3, found: 2, isRight: false }
const found: Score = {
  lists: [
    {
      set: 'own',
      seconds: 0.1,
      file: 'list.csv',
      isNegative: false,
      found: 'price-list',
      verdict: 'right',
      isHeaderRight: true,
      wrongFields: ['price'],
      items: count,
      priced: count,
      rejected: { expected: [0, 1], found: 1, isRight: true },
      samples: { right: 3, of: 4 },
      silentlyWrong: 2,
      faults: [{ what: 'price column', expected: '3', found: '4' }],
    },
  ],
  pdfs: [{ set: 'icdar', file: 'eu-1', rows: 4, right: 3, missed: ['a | b'] }],
  workbooks: [
    { file: 'a.xlsx', refused: null, message: '', seconds: 1.25, cells: 4, same: 3, differing: ['row 1'] },
    { file: 'b.xls', refused: 'crash', message: 'Oh.', seconds: 0.1, cells: 0, same: 0, differing: [] },
  ],
  csv: [{ file: 'x.csv', right: true, found: '[]' }],
}

describe('the golden copy', () => {
  const figures = figuresOf(found)

  test('holds the figures that count, in the order of the files', () => {
    expect(Object.keys(figures)).toEqual([
      'csv/x.csv',
      'icdar/eu-1',
      'own/list.csv',
      'workbooks/a.xlsx',
      'workbooks/b.xls',
    ])
    expect(figures['own/list.csv']).toEqual({
      right: 0,
      verdictRight: 1,
      headerRight: 1,
      fieldsWrong: 1,
      countsOff: 2,
      samplesRight: 3,
      silentlyWrong: 2,
      crashed: 0,
    })
    expect(figures['workbooks/b.xls']).toEqual({ opened: 0, cellsSame: 0, crashed: 1 })
  })

  test('is written so that it reads back', () => {
    expect(JSON.parse(figuresText(figures))).toEqual(figures)
  })

  test('more wrong or less right is worse, the opposite is better', () => {
    const golden = { 'own/a': { samplesRight: 3, silentlyWrong: 1 } }
    const worse = compareFigures(golden, { 'own/a': { samplesRight: 2, silentlyWrong: 2 } })
    expect(worse.worse.map(({ figure }) => figure)).toEqual(['samplesRight', 'silentlyWrong'])
    expect(worse.better).toEqual([])
    const better = compareFigures(golden, { 'own/a': { samplesRight: 4, silentlyWrong: 0 } })
    expect(better.better.map(({ figure }) => figure)).toEqual(['samplesRight', 'silentlyWrong'])
    expect(better.worse).toEqual([])
  })

  test('a file that was not scored is not compared, a new one is named', () => {
    const comparison = compareFigures({ 'own/a': { right: 1 } }, { 'own/b': { right: 0 } })
    expect(comparison).toEqual({ worse: [], better: [], fresh: ['own/b'] })
    expect(comparisonText(comparison)).toContain('--update')
    expect(comparisonText(compareFigures(figures, figures))).toBe('')
  })

  test('what got worse is said with both figures', () => {
    const text = comparisonText(compareFigures({ 'own/a': { right: 1 } }, { 'own/a': { right: 0 } }))
    expect(text).toBe('Worse than the golden copy:\n  own/a: right 1 → 0')
  })
})

describe('the table of the score', () => {
  test('has a line a file, and the totals', () => {
    const lines = scoreText(found, false).split('\n')
    expect(lines).toContainEqual(
      expect.stringMatching(/^✗ list\.csv +price-list +right +price +2 not 3 +2 not 3 +1 +3\/4 +2$/),
    )
    expect(lines).toContainEqual(expect.stringMatching(/^≠ a\.xlsx +opened +3\/4 +1\.3 s$/))
    expect(lines).toContainEqual(expect.stringMatching(/^Silently wrong prices +2$/))
    expect(lines).toContainEqual(
      expect.stringMatching(/^Workbooks opened +1 of 2 \(50\.0 %\), 1 crashed, slowest 1\.3 s$/),
    )
    expect(lines.join('\n')).not.toContain('expected 3, found 4')
  })

  test('names every fault when asked to', () => {
    const text = scoreText(found, true)
    for (const detail of ['price column: expected 3, found 4', 'missed: a | b', 'row 1', 'Oh.'])
      expect(text).toContain(`    ${detail}`)
  })
})

describe('the arguments of the score', () => {
  test('are everything by default', () => {
    expect(parseArguments([])).toEqual({
      only: ['own', 'pricelists', 'pdf', 'workbooks', 'csv'],
      filter: null,
      json: null,
      isVerbose: false,
      shouldUpdate: false,
    })
    expect(parseArguments(['--help'])).toBeNull()
  })

  test('choose groups, a file, details and a file for programs', () => {
    expect(parseArguments(['--only', 'own,pdf', '-v', '--json', 'x.json', 'bath'])).toEqual({
      only: ['own', 'pdf'],
      filter: 'bath',
      json: 'x.json',
      isVerbose: true,
      shouldUpdate: false,
    })
  })

  test.each([
    [['--only', 'owls']],
    [['a', 'b']],
    [['--update', 'a']],
    [['--update', '--only', 'own']],
    [['--nope']],
  ])('%j is refused', (argv) => {
    expect(() => parseArguments(argv)).toThrow(ArgumentError)
  })
})

describe('decimal texts', () => {
  test('are summed exactly', () => {
    expect(sumOf(['0.1', '0.2', null, '1000'])).toBe('1000.3')
    expect(sumOf([])).toBe('0')
  })

  test('are the same number however they are written', () => {
    expect(isSameDecimal('12.5', '12.5000')).toBe(true)
    expect(isSameDecimal('12.5', '125')).toBe(false)
    expect(isSameDecimal(null, null)).toBe(true)
    expect(isSameDecimal(null, '0')).toBe(false)
  })
})
