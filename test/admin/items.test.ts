import { expect, test } from 'bun:test'
import { cellName } from '../../src/admin/pages/items/cell-name.ts'
import { characteristicColumns } from '../../src/admin/pages/items/characteristic-columns.ts'
import { chartOf, moveBefore } from '../../src/admin/pages/items/price-points.ts'

const point = (day: number, price: string | null, more: { tier?: string; currency?: string } = {}) => ({
  tier: null,
  min_quantity: null,
  price,
  currency: 'EUR',
  price_quantity: null,
  recorded_at: `2026-11-0${day}T00:00:00.000Z`,
  ...more,
})

test('cells are named as spreadsheets name them', () => {
  expect([cellName(811, 3), cellName(0, 26), cellName(5, 701), cellName(5, 702)]).toEqual([
    'D812',
    'AA1',
    'ZZ6',
    'AAA6',
  ])
  expect([cellName(5, null), cellName(null, 3)]).toEqual(['row 6', null])
})

test('characteristics that most items have are columns, the most frequent first', () => {
  const items = [
    { characteristics: { colour: 'red', weight: '1 kg' } },
    { characteristics: { colour: 'blue', weight: '2 kg', rare: 'x' } },
    { characteristics: { colour: 'black' } },
  ]
  expect(characteristicColumns(items)).toEqual(['colour', 'weight'])
  expect(characteristicColumns([])).toEqual([])
})

test('a chart has an item’s own prices in the latest currency, and where it was on request a gap', () => {
  const history = [
    point(5, '12'),
    point(4, null),
    point(3, '10'),
    point(3, '8', { tier: 'from 10' }),
    point(1, '11', { currency: 'USD' }),
  ]
  expect(chartOf(history)).toEqual({
    times: [3, 4, 5].map((day) => Date.UTC(2026, 10, day) / 1000),
    prices: [10, null, 12],
    currency: 'EUR',
  })
  expect(chartOf([])).toEqual({ times: [], prices: [], currency: null })
})

test('a price’s move is told against the one before it of the same kind', () => {
  const history = [
    point(5, '12'),
    point(4, '8', { tier: 'a' }),
    point(3, '10'),
    point(1, '9', { currency: 'USD' }),
  ]
  expect(history.map((each) => moveBefore(each, history))).toEqual([expect.closeTo(0.2, 9), null, null, null])
})
