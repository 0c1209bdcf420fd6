import { expect, test } from 'bun:test'
import { readTable, rowsFrom } from '../../../helpers/rows.ts'

const numbers = [1, 2, 3, 4, 5, 6]

/** A table with these headers; each column's cells are made of the row's number. */
const tableOf = (columns: Record<string, (n: number) => string>) =>
  readTable(
    rowsFrom([Object.keys(columns), ...numbers.map((n) => Object.values(columns).map((cell) => cell(n)))]),
  ).decision

const name = (n: number) => `Article number ${n}`
const price = (n: number) => `${n}.50`

test('two columns that are called SKU as well are for a person to choose', () => {
  const decision = tableOf({
    'Article number': (n) => `A-${n}`,
    'Item number': (n) => `77${n}1`,
    Name: name,
    'Price EUR': price,
  })
  expect(decision.mapping.sku!.confidence).toBeLessThan(0.6)
  expect(decision.verdict).toBe('review')
})

test('a second column of SKUs that says the same, has gaps or repeats itself is no rival', () => {
  for (const other of [
    (n: number) => `A-${n}`,
    (n: number) => (n % 2 === 0 ? '' : `B-${n}`),
    (n: number) => `B-${n % 2}`,
  ]) {
    const decision = tableOf({
      'Article number': (n) => `A-${n}`,
      'Item number': other,
      Name: name,
      'Price EUR': price,
    })
    expect(decision.mapping.sku).toMatchObject({ column: 0, confidence: 1 })
    expect(decision.verdict).toBe('price-list')
  }
})

test('a column that is another field, and one that was named by a person, leave no tie', () => {
  const withEan = tableOf({
    SKU: (n) => `A-${n}`,
    EAN: (n) => `400638133393${n}`,
    Name: name,
    Description: (n) => `A long description of article ${n}`,
    'Price EUR': price,
  })
  expect(withEan.verdict).toBe('price-list')
})
