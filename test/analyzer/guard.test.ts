import { expect, test } from 'bun:test'
import type { Diff } from '../../src/analyzer/diff.ts'
import { holdReasons } from '../../src/analyzer/guard.ts'
import type { ColumnDecision, Field, Verdict } from '../../src/analyzer/table/decision.ts'
import { type FileDecision, noChanges, noRows, type RowCounts } from '../../src/imports/model.ts'
import { defaultLimits, type Limits } from '../../src/sources/model.ts'

interface Case {
  counts?: Partial<RowCounts>
  diff?: Partial<Diff>
  gone?: number
  limits?: Partial<Limits>
  confidence?: Partial<Record<Field, number>>
  /** Of the table whose columns these are. */
  tableRows?: number
  header?: string | null
  verdict?: Verdict
  reasons?: string[]
  doubts?: (string | null)[]
}

/** The codes of the reasons, or with `message` the words of the only one. */
function reasonsFor(given: Case) {
  const counts = { ...noRows, ...given.counts }
  const mapping = Object.fromEntries(
    Object.entries(given.confidence ?? {}).map(([field, confidence], column): [string, ColumnDecision] => [
      field,
      { column, header: given.header === undefined ? field : given.header, confidence, runnerUp: null },
    ]),
  )
  const table = { mapping, counts: { ...noRows, accepted: given.tableRows ?? 1 } }
  const decision = {
    layoutChanges: (given.doubts ?? []).map((doubt) => ({ doubt })),
    verdict: given.verdict ?? 'price-list',
    reasons: given.reasons ?? [],
    tables: [table],
    // The guard reads nothing else of a decision.
  } as unknown as FileDecision
  const diff: Diff = {
    revision: 1,
    isFirst: false,
    hasPins: false,
    unchanged: 0,
    relisted: 0,
    changedPriced: 0,
    itemsBefore: 0,
    pricesCompared: 0,
    pricesMoved: 0,
    pricesOfOtherKind: 0,
    pricesWithoutCurrency: 0,
    hasTiers: false,
    ...given.diff,
    changes: { ...noChanges, gone: given.gone ?? 0 },
  }
  return holdReasons({ counts, decision, diff, limits: { ...defaultLimits, ...given.limits } })
}

const codes = (given: Case) => reasonsFor(given).map(({ code }) => code)
const off: Limits = {
  itemsKeptMin: null,
  movedShareMax: null,
  moveMax: 0.5,
  rejectedShareMax: null,
  confidenceMin: null,
}

test('a list that nothing speaks against is not held', () => {
  expect(codes({})).toEqual([])
})

test('a full list with under half its items is held; with exactly half it is not', () => {
  expect(codes({ diff: { itemsBefore: 10 }, gone: 5 })).toEqual([])
  const [reason] = reasonsFor({ diff: { itemsBefore: 10 }, gone: 6 })
  expect(reason).toEqual({
    code: 'items_missing',
    message: 'Only 4 of the 10 items that this list had before are still on it; below 50 % it is held.',
  })
  expect(codes({ diff: { itemsBefore: 1 }, gone: 1 })).toEqual(['items_missing'])
  expect(codes({ diff: { itemsBefore: 10 }, gone: 2, limits: { itemsKeptMin: 0.81 } })).toHaveLength(1)
  expect(codes({ diff: { itemsBefore: 10 }, gone: 2, limits: { itemsKeptMin: 0.8 } })).toEqual([])
})

test('more than 30 % of the prices moved too far is held; exactly 30 % is not', () => {
  expect(codes({ diff: { pricesCompared: 10, pricesMoved: 3 } })).toEqual([])
  const [reason] = reasonsFor({ diff: { pricesCompared: 10, pricesMoved: 4 } })
  expect(reason).toEqual({
    code: 'prices_moved',
    message: '4 of 10 known prices moved by more than 50 %; above 30 % of the prices it is held.',
  })
  expect(codes({ diff: { pricesCompared: 0, pricesMoved: 0 }, limits: { movedShareMax: 0 } })).toEqual([])
})

test('more than 10 % of the rows rejected is held; exactly 10 % is not; ignored rows do not count', () => {
  expect(codes({ counts: { read: 100, accepted: 9, rejected: 1, ignored: 90 } })).toEqual([])
  const [reason] = reasonsFor({ counts: { read: 100, accepted: 88, rejected: 12 } })
  expect(reason).toEqual({
    code: 'rows_rejected',
    message: '12 of 100 rows were rejected; above 10 % it is held.',
  })
})

test('low confidence in sku, name or price is held, each by its column; 60 % is enough', () => {
  expect(codes({ confidence: { sku: 0.6, name: 0.6, price: 0.6 } })).toEqual([])
  const reasons = reasonsFor({ confidence: { sku: 0.59, name: 0.1, price: 0.599 } })
  expect(reasons.map(({ code }) => code)).toEqual(['low_confidence', 'low_confidence', 'low_confidence'])
  expect(reasons[1]!.message).toBe(
    'Column "name" was taken for the name, but only with 10 % confidence; say which column it is (--map name=COLUMN).',
  )
  expect(codes({ confidence: { brand: 0.1, unit: 0 } })).toEqual([])
})

test('a column without a header is named by its letter, and a sheet without rows is not asked', () => {
  const [reason] = reasonsFor({ confidence: { unit: 1, price: 0.5 }, header: null })
  expect(reason!.message).toStartWith('Column B was taken for the price')
  expect(codes({ confidence: { price: 0.1 }, tableRows: 0 })).toEqual([])
})

test('a price without a currency and a doubtful list are held whatever the limits', () => {
  expect(codes({ diff: { pricesWithoutCurrency: 1 }, limits: off })).toEqual(['currency_unknown'])
  expect(codes({ verdict: 'review', limits: off })).toEqual(['needs_review'])
  expect(reasonsFor({ verdict: 'review', reasons: ['No names.', 'No SKUs.'] })[0]!.message).toBe(
    'No names. No SKUs.',
  )
})

test('limits that are switched off hold nothing', () => {
  const bad: Case = {
    counts: { accepted: 1, rejected: 99 },
    diff: { itemsBefore: 100, pricesCompared: 10, pricesMoved: 10 },
    gone: 100,
    confidence: { sku: 0, name: 0, price: 0 },
  }
  expect(codes({ ...bad, limits: off })).toEqual([])
  expect(codes(bad)).toHaveLength(6)
})

test('a layout change that a person has to look at is held whatever the limits, one that is only noted is not', () => {
  expect(codes({ doubts: [null, null] })).toEqual([])
  expect(reasonsFor({ doubts: [null, 'The price is gone.'], limits: off })).toEqual([
    { code: 'layout_changed', message: 'The price is gone.' },
  ])
})

test('a column that is not sure is told of once, with what to type', () => {
  const doubtful = { verdict: 'review', confidence: { price: 0.4 }, header: 'Netto' } as const
  const doubt = 'Sheet "A": It is not sure that column "Netto" is the price (40 %).'
  const messages = (reasons: string[]) => reasonsFor({ ...doubtful, reasons }).map(({ message }) => message)
  expect(messages([doubt, 'Sheet "A": It reads like an invoice.'])).toEqual([
    expect.stringContaining('say which column it is (--map price=COLUMN)'),
    'Sheet "A": It reads like an invoice.',
  ])
  expect(messages([doubt])[1]).toBe('Until that is said, a person has to look at it.')
})

test('prices that moved into another currency are told apart', () => {
  const [reason] = reasonsFor({ diff: { pricesCompared: 10, pricesMoved: 10, pricesOfOtherKind: 9 } })
  expect(reason!.message).toStartWith(
    '10 of 10 known prices moved by more than 50 % (9 of them into another currency, or to another quantity); ',
  )
})
