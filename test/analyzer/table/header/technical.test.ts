import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsFrom, rowsOf } from '../../../helpers/rows.ts'

describe('the output of an ERP system', () => {
  const tableOf = (header: string, quantity: (n: number) => string) =>
    readTable(
      rowsFrom([
        header.split('|'),
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => [
          `00000001000${n}`,
          `Ring ${n} NBR grau`,
          `${n},85`,
          'EUR',
          quantity(n),
          'ST',
        ]),
      ]),
    )

  test('names its columns in short words', () => {
    for (const header of [
      'Material|Materialkurztext|Betrag|Währg|pro|ME',
      'MATNR|MAKTX|KBETR|KONWA|KPEIN|KMEIN',
    ]) {
      const table = tableOf(header, (n) => (n % 2 === 0 ? '100' : '1'))
      const columns = { sku: 0, name: 1, price: 2, currency: 3, price_quantity: 4, unit: 5 }
      expect([header, columnsIn(table)]).toEqual([header, columns])
      expect(table.decision.verdict).toBe('price-list')
    }
  })

  test('has no price quantity in a column of other numbers', () => {
    for (const header of ['pro', 'CV_QUANTITY', 'Unit quantity'])
      expect(
        columnsIn(tableOf(`Material|Bezeichnung|Preis|Währung|${header}|ME`, (n) => `${n * 3}`)),
      ).not.toHaveProperty('price_quantity')
  })
})

test('a code of several groups of digits is a code', () => {
  const { decision } = readTable(
    rowsOf(`Codice|Descrizione|Prezzo
      0 986 494 019|Pastiglie freno anteriori|48,90
      0 986 479 098|Disco freno ventilato 288 mm|62,40
      1 457 429 238|Filtro olio|9,75
      00 1234 567|Raccordo tubo gas|0,85`),
  )
  expect(decision.mapping.sku?.confidence).toBeGreaterThan(0.6)
  expect(decision.verdict).toBe('price-list')
})

test('a column that says "free" in every row is no price', () => {
  const { decision } = readTable(
    rowsOf(`SKU|Name|Cost|Price
      A-1|Hammer, small|free|12.50
      A-2|Saw, large|free|24.50
      A-3|Drill, cordless|free|36.50`),
  )
  expect(decision.mapping.price?.header).toBe('Price')
})

test('services are names', () => {
  const { decision } = readTable(
    rowsOf(`Služba|Cena|Jednotka
      Roční registrace – dospělí|200 Kč|rok
      Roční registrace – děti|zdarma|rok
      Barevný tisk A4|12,50 Kč|strana
      Nájem sálu|1 200 Kč|hod.`),
  )
  expect(decision.verdict).toBe('price-list')
})

test('numbered price lists are titles, and the first is asked about or taken, never read as a row', () => {
  for (const header of ['Nome|Preço 1|Preço 2|Preço 3|Código', 'Name|Price 1|Price 2|Price 3|Code']) {
    const { decision } = readTable(
      rowsFrom([
        header.split('|'),
        ...[1, 2, 3, 4, 5, 6].map((n) => [
          `Parafuso sextavado ${n}`,
          `1,2${n}`,
          `1,1${n}`,
          `0,9${n}`,
          `P${n}0`,
        ]),
      ]),
    )
    expect(decision.headerRows).toEqual([0])
    expect(decision.mapping.price?.column).toBe(1)
  }
})

test('shortened titles of a database are understood', () => {
  const { decision } = readTable(
    rowsOf(`prd_cd|prd_nm|prc_amt|uom_cd|cur_cd
      P001|Steel pipe 1 inch|11.50|PCS|USD
      P002|Steel pipe 2 inch|12.50|PCS|USD
      P003|Steel pipe 3 inch|14.50|PCS|USD`),
  )
  expect(decision.verdict).toBe('price-list')
  expect(decision.mapping.price?.header).toBe('prc_amt')
})

test('a shop’s internal reference is its SKU, not the outer id of the record', () => {
  const { decision } = readTable(
    rowsOf(`External ID|Internal Reference|Name|Sales Price|Cost
      __export__.product_1|FURN_001|Office chair|121.00|81.5
      __export__.product_2|FURN_002|Office desk|221.00|91.5
      __export__.product_3|FURN_003|Desk lamp|21.00|11.5`),
  )
  expect(decision.mapping.sku?.header).toBe('Internal Reference')
  expect(decision.verdict).toBe('price-list')
})
