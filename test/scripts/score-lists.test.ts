import { describe, expect, test } from 'bun:test'
import { type ExpectedList, truthOfExpected } from '../../scripts/lib/score/expected.ts'
import type { ReadList } from '../../scripts/lib/score/list-reading.ts'
import { isRight, scoreList } from '../../scripts/lib/score/list-score.ts'
import type { ListTruth } from '../../scripts/lib/score/truth.ts'
import type { PreviewItem } from '../../src/analyzer/preview.ts'
import { sureChoice } from '../../src/analyzer/table/card/choice.ts'
import { decideTable } from '../../src/analyzer/table/decide.ts'
import { defaultTableOptions, type TableDecision, type Verdict } from '../../src/analyzer/table/decision.ts'

const truth: ListTruth = {
  file: 'list.csv',
  note: '',
  verdict: ['price-list'],
  tables: [{ headerRows: [0], mapping: { sku: [0], name: [1], price: [2] } }],
  currency: 'EUR',
  items: 2,
  priced: 2,
  rejected: 0,
  samples: [{ row: 1, sku: 'A1', name: 'Bolt', price: '1.50', currency: 'EUR' }],
  prices: { A1: '1.50', A2: '2' },
  pitfalls: '',
}

const bolt: PreviewItem = {
  row: 1,
  sku: 'A1',
  name: 'Bolt',
  price: '1.50',
  currency: 'EUR',
  unit: null,
  price_quantity: null,
  category: null,
  brand: null,
  tiers: [],
  sheet: null,
}
const nut: PreviewItem = { ...bolt, row: 2, sku: 'A2', name: 'Nut', price: '2.00' }

/** Headers SKU, Name, Price; whatever else the reader would decide. */
function table(): TableDecision {
  const rows = [
    ['SKU', 'Name', 'Price EUR'],
    ['A1', 'Bolt', '1.50'],
    ['A2', 'Nut', '2.00'],
  ]
  return decideTable(
    rows.map((cells, index) => ({ index, cells })),
    { index: 0, name: null, isHidden: false },
    defaultTableOptions,
  )
}

function reading(items: readonly PreviewItem[], verdict: Verdict = 'price-list'): ReadList {
  const priced = items.filter(({ price }) => price !== null).length
  const counts = { read: 3, accepted: items.length, priced, unchanged: 0, rejected: 0, ignored: 1 }
  const decision = {
    format: 'csv',
    wrapping: null,
    encoding: 'utf-8',
    delimiter: ',',
    choices: { format: sureChoice('csv', null), encoding: null, delimiter: null },
    layoutChanges: [],
    verdict,
    reasons: [],
    tables: [{ ...table(), counts, ignored: {} }],
  }
  return { decision, counts, items, error: null }
}

const whats = (items: readonly PreviewItem[], of: Partial<ListTruth> = {}) =>
  scoreList({ ...truth, ...of }, reading(items)).faults.map(({ what }) => what)

describe('the score of a list', () => {
  test('a list that is read as a person reads it is right', () => {
    const score = scoreList(truth, reading([bolt, nut]))
    expect(score.faults).toEqual([])
    expect(isRight(score)).toBe(true)
    expect(score).toMatchObject({ verdict: 'right', samples: { right: 1, of: 1 }, silentlyWrong: 0 })
  })

  test('a wrong price that nobody would be asked about is silently wrong', () => {
    const wrong = reading([bolt, { ...nut, price: '200.00' }])
    expect(scoreList(truth, wrong)).toMatchObject({ silentlyWrong: 1 })
    const asked = reading([bolt, { ...nut, price: '200.00' }], 'review')
    expect(scoreList(truth, asked)).toMatchObject({ verdict: 'held', silentlyWrong: 0 })
  })

  test('a price that was lost, an item that is not there and a wrong currency are silently wrong', () => {
    expect(scoreList(truth, reading([bolt, { ...nut, price: null }])).silentlyWrong).toBe(1)
    expect(scoreList(truth, reading([bolt, nut, { ...nut, row: 3, sku: 'A3' }])).silentlyWrong).toBe(1)
    expect(scoreList(truth, reading([bolt, { ...nut, currency: 'USD' }])).silentlyWrong).toBe(1)
  })

  test('a price for another quantity is another price', () => {
    const samples = [{ ...truth.samples[0]!, priceQuantity: '100' }]
    expect(scoreList({ ...truth, samples }, reading([bolt, nut])).silentlyWrong).toBe(1)
    const perHundred = reading([{ ...bolt, price_quantity: '100' }, nut])
    expect(scoreList({ ...truth, samples }, perHundred).faults).toEqual([])
  })

  test('a missing currency is wrong, but not silently: it is asked for', () => {
    const items = [bolt, { ...nut, currency: null }]
    expect(whats(items)).toEqual(['currency'])
    expect(scoreList(truth, reading(items)).silentlyWrong).toBe(0)
  })

  test('only acceptable currencies pass where the list names none', () => {
    const unknown = [bolt, nut].map((item) => ({ ...item, currency: null }))
    const samples = [{ sku: 'A1', price: '1.50' }]
    expect(whats(unknown, { currency: null, samples })).toEqual([])
    expect(whats([bolt, nut], { currency: null, samples })).toEqual(['currency'])
    expect(whats([bolt, nut], { currency: [null, 'EUR'], samples })).toEqual([])
  })

  test('wrong columns and headers are named', () => {
    const tables = [{ headerRows: [0, 1], mapping: { sku: [0], price: [3], unit: [1] } }]
    const score = scoreList({ ...truth, tables }, reading([bolt, nut]))
    expect(score).toMatchObject({ isHeaderRight: false, wrongFields: ['price', 'unit'] })
  })

  test('counts may differ by rows that repeat an article', () => {
    const short = { items: 4, priced: 4, prices: { A1: '1.50', A2: '2' } }
    expect(whats([bolt, nut], short)).toEqual(['items', 'priced'])
    expect(whats([bolt, nut], { ...short, repeated: 1 })).toEqual([])
  })

  test('a sum tells that a price is wrong where the prices are not known one by one', () => {
    const { prices: _, ...rest } = truth
    expect(scoreList({ ...rest, priceSum: '3.5' }, reading([bolt, nut])).faults).toEqual([])
    const score = scoreList({ ...rest, priceSum: '4' }, reading([bolt, nut]))
    expect(score.faults.map(({ what }) => what)).toEqual(['sum of prices'])
    expect(score.silentlyWrong).toBe(1)
  })

  test('a sample that is nowhere, and everything that differs about one, is named', () => {
    const samples = [
      { sku: 'A9', name: 'Washer', price: '1' },
      {
        row: 2,
        name: ['Nut', 'A nut'],
        price: '2',
        unit: 'pc',
        category: [['Small', 'Parts']],
        brand: 'Acme',
      },
    ]
    const prefix = 'sample Nut (row 2): '
    expect(whats([bolt, nut], { samples })).toEqual([
      'sample A9 (row ?)',
      ...['unit', 'category', 'brand'].map((what) => prefix + what),
    ])
    const whole = { ...nut, unit: 'pc', category: 'Small > Parts', brand: 'Acme' }
    expect(whats([bolt, whole], { samples: samples.slice(1) })).toEqual([])
  })

  test('further prices are found by their price and quantity, whatever they are called', () => {
    const tiers = [{ price: '1.2', minQuantity: '10' }, { price: '2' }]
    const samples = [{ sku: 'A1', price: '1.50', tiers }]
    const tier = { name: 'from 10', min_quantity: '10', price: '1.20', currency: null }
    const retail = { name: 'RRP', min_quantity: null, price: '2.00', currency: null }
    expect(whats([{ ...bolt, tiers: [tier, retail] }, nut], { samples })).toEqual([])
    expect(whats([{ ...bolt, tiers: [{ ...tier, min_quantity: '100' }] }, nut], { samples })).toEqual([
      'sample A1 (row ?): tier',
      'sample A1 (row ?): tier',
    ])
  })

  test('where another column was taken for the SKU, the prices are not therefore wrong', () => {
    const others = [bolt, nut].map((item) => ({ ...item, sku: `X-${item.sku}` }))
    const score = scoreList(truth, reading(others))
    expect(score.silentlyWrong).toBe(0)
    expect(score.faults.map(({ what }) => what)).toEqual(['sample A1 (row 1): sku'])
  })

  test('of a file that is no list only the verdict is asked', () => {
    const negative: ListTruth = { ...truth, verdict: ['not-a-price-list', 'review'], tables: [], samples: [] }
    expect(isRight(scoreList(negative, reading([bolt], 'review')))).toBe(true)
    expect(isRight(scoreList(negative, reading([], 'not-a-price-list')))).toBe(true)
    const taken = scoreList(negative, reading([bolt, nut]))
    expect(taken).toMatchObject({ isNegative: true, verdict: 'wrong', silentlyWrong: 2 })
  })

  test('refusing a file that is no list is right, unless its format is just not known', () => {
    const negative: ListTruth = { ...truth, verdict: ['not-a-price-list'], tables: [], samples: [] }
    const refused = (code: string) => isRight(scoreList(negative, { error: { code, message: '' } }))
    expect(refused('no_records')).toBe(true)
    expect(refused('unsupported_format')).toBe(false)
    expect(refused('crash')).toBe(false)
  })

  test('a list that cannot be read is wrong', () => {
    const score = scoreList(truth, { error: { code: 'damaged_workbook', message: 'No.' } })
    expect(score).toMatchObject({ verdict: 'refused', found: 'damaged_workbook', isHeaderRight: false })
    expect(isRight(score)).toBe(false)
  })
})

describe('the expectations of a corpus', () => {
  const expected: ExpectedList = {
    file: 'list.csv',
    header_row: 0,
    mapping: { isbn_sku: 1, name: 'Title', price_candidates: [3, 4], author: 2 },
    currency: 'ARS ("$"; must not become USD silently)',
    valid_items: 5,
    no_price: 1,
    samples: [
      { row: 3, isbn_sku: 'X1', name: 'Book', price: 12.5, stock: 4, category_path: ['A', 'B'] },
      { 'name~': 'part', 'Retail 1': 10, 'Trade 2': 8 },
    ],
  }

  test('take the form of our truths', () => {
    expect(truthOfExpected(expected, {}, ['Title', 'ISBN'])).toEqual({
      file: 'list.csv',
      note: '',
      verdict: ['price-list'],
      tables: [{ headerRows: [0], mapping: { sku: [1], name: [0], price: [3, 4] } }],
      currency: [null, 'ARS'],
      items: [6, 5],
      priced: 5,
      samples: [
        { row: 3, sku: 'X1', name: 'Book', price: ['12.5'], category: ['A', 'B'] },
        { nameHolds: 'part', price: ['10', '8'] },
      ],
      pitfalls: '',
    })
  })

  test('a currency that the list states is asked for, one that must be asked for may be', () => {
    const stated = { ...expected, currency: 'RUB (in header)' }
    expect(truthOfExpected(stated, {}, []).currency).toBe('RUB')
    const asked = { ...expected, currency: null, currency_note: 'RUB by locale → must be asked or defaulted' }
    expect(truthOfExpected(asked, {}, [])).toMatchObject({
      currency: [null, 'RUB'],
      verdict: ['price-list', 'review'],
    })
  })

  test('a negative is no list, and an amendment wins', () => {
    const negative = truthOfExpected({ file: 'x.csv', negative: 'a tariff' }, { difference: 'none' }, [])
    expect(negative).toMatchObject({
      verdict: ['not-a-price-list', 'review'],
      tables: [],
      difference: 'none',
    })
  })
})
