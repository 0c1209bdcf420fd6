import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsOf } from '../../helpers/rows.ts'

const list = `A-1|Hammer|12.00
A-2|Saw|24.00
A-3|Drill|36.00`

describe('the header', () => {
  test('is found below titles, addresses and blank rows', () => {
    const { decision, kinds } = readTable(
      rowsOf(`Price list 2026|
        ACME Ltd, 1 Main Street|phone 555-1234

        Valid from|01.12.2026
        SKU|Product|Price, EUR
        ${list}`),
    )
    expect(decision.headerRows).toEqual([4])
    expect(kinds).toEqual(['title', 'title', 'blank', 'title', 'header', 'item', 'item', 'item'])
  })

  test('is found a hundred and fifty rows down', () => {
    const { decision } = readTable(rowsOf(`${'text\n'.repeat(150)}SKU|Product|Price\n${list}`))
    expect(decision.headerRows).toEqual([150])
  })

  test('may have two rows', () => {
    const table = readTable(
      rowsOf(`Article|Product|Price||Stock
        ||Retail|Wholesale|
        A-1|Hammer|12.00|10.00|5
        A-2|Saw|24.00|20.00|6
        A-3|Drill|36.00|30.00|7`),
    )
    expect(table.decision.headerRows).toEqual([0, 1])
    expect(table.decision.headers).toEqual(['Article', 'Product', 'Price Retail', 'Price Wholesale', 'Stock'])
    expect(columnsIn(table)).toEqual({ sku: 0, name: 1, price: 2, stock: 4 })
    expect(table.items).toHaveLength(3)
  })

  test('may be missing', () => {
    const { decision, kinds } = readTable(rowsOf(`Our prices|\n${list}`))
    expect(decision.headerRows).toEqual([])
    expect(kinds).toEqual(['title', 'item', 'item', 'item'])
  })

  test('in words that nobody knows is still no item', () => {
    const { decision, kinds } = readTable(rowsOf(`Kudu|Jina|Bei\n${list}`))
    expect(decision.headerRows).toEqual([0])
    expect(decision.verdict).toBe('review')
    expect(kinds).toEqual(['header', 'item', 'item', 'item'])
  })

  test('that comes again on every page is ignored', () => {
    const { kinds } = readTable(
      rowsOf(`SKU|Product|Price\n${list}\nSKU|Product|Price\n${list.replaceAll('A-', 'B-')}`),
    )
    expect(kinds[4]).toBe('repeated_header')
    expect(kinds.filter((kind) => kind === 'item')).toHaveLength(6)
  })

  test('cells with line breaks and spaces are one line', () => {
    const rows = rowsOf(`SKU|Product|Price\n${list}`)
    rows[0]!.cells = [' SKU ', 'Product\nname', 'Price,\r\n EUR ']
    const { decision } = readTable(rows)
    expect(decision.headers).toEqual(['SKU', 'Product name', 'Price, EUR'])
    expect(decision.currency).toEqual({ code: 'EUR', from: 'header' })
  })

  test('gives the price its unit', () => {
    const per = (header: string) => readTable(rowsOf(`SKU|Product|${header}\n${list}`)).decision.priceUnit
    expect(per('Preis / 100 St')).toEqual({ unit: 'St', quantityE4: 1_000_000 })
    expect(per('Price per kg')).toEqual({ unit: 'kg', quantityE4: null })
    expect(per('Цена за шт')).toEqual({ unit: 'шт', quantityE4: null })
    expect(per('Preis/Euro')).toEqual({ unit: null, quantityE4: null })
    expect(per('Price')).toEqual({ unit: null, quantityE4: null })
  })
})
