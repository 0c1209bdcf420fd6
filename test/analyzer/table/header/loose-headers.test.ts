import { expect, test } from 'bun:test'
import { columnsIn, readTable, rowsOf } from '../../../helpers/rows.ts'

const read = (text: string) => columnsIn(readTable(rowsOf(text)))

test('"Art." and "Typ" over codes are what an article is ordered by', () => {
  expect(read('Art.|Bezeichnung|Preis\n4711|Saw|5\n4712|Axe|6\n4713|Nail|7')).toMatchObject({
    sku: 0,
    name: 1,
  })
  const typed = read('Typ|Leistung|Preis\nGX-1|100 W|5\nGX-2|200 W|6\nGX-3|300 W|7')
  expect(typed).toMatchObject({ sku: 0, price: 2 })
  expect(typed).not.toHaveProperty('name')
})

test('"Art." over words is the article, or its kind beside a better name', () => {
  expect(read('Art|Preis\nSaw|5\nAxe|6\nNail|7')).toMatchObject({ name: 0 })
  expect(read('Art|Bezeichnung|Preis\nSaw|S 100|5\nAxe|A 200|6\nNail|N 300|7')).toMatchObject({
    name: 1,
    category: 0,
  })
})

test('they yield to an article number and stay kinds where they repeat', () => {
  expect(read('SKU|Type|Name|Price\nA1|X100|Saw|5\nA2|X200|Axe|6\nA3|X300|Nail|7')).toMatchObject({
    sku: 0,
    category: 1,
  })
  const kinds = read('Art.|Bezeichnung|Preis\nK1|Saw|5\nK1|Axe|6\nK2|Nail|7')
  expect(kinds).toMatchObject({ category: 0, name: 1 })
  expect(kinds).not.toHaveProperty('sku')
})

test("the supplier's own code comes before the manufacturer's", () => {
  const text = 'Manufacturer code|Supplier code|Name|Price\nM-1|S-1|Saw|5\nM-2|S-2|Axe|6\nM-3|S-3|Nail|7'
  expect(read(text)).toMatchObject({ sku: 1 })
})

test('a second line of names is no rival of the first', () => {
  const { decision } = readTable(
    rowsOf(
      'Artikelnr.|Bezeichnung 1|Bezeichnung 2|Preis\n11|Zement|25 kg|5\n12|Kalk|50 kg|6\n13|Gips|5 kg|7',
    ),
  )
  expect(decision).toMatchObject({ verdict: 'price-list', mapping: { name: { column: 1 } } })
})
