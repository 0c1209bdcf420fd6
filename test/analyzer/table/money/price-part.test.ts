import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsOf } from '../../../helpers/rows.ts'

describe('prices that are not what one article costs', () => {
  const reasons = (text: string) => readTable(rowsOf(text)).decision.reasons.join(' ')

  test('are for a person where their coins stand in a column of their own', () => {
    expect(reasons('Товар|грн|коп\nСир|12|50\nХліб|9|5\nМасло|45|00')).toContain('"коп" may hold the coins')
    expect(reasons('SKU|Name|Price|\nA-1|Saw|12|50\nA-2|Axe|13|05\nA-3|Nail|0|95')).toContain('Column D')
    // Two digits under another name are a stock, and numbers of any length are no coins.
    expect(reasons('SKU|Name|Price|Stock\nA-1|Saw|12|50\nA-2|Axe|13|15\nA-3|Nail|1|95')).toBe('')
    expect(reasons('SKU|Name|Price|\nA-1|Saw|12|50\nA-2|Axe|13|105\nA-3|Nail|1|9')).toBe('')
  })

  test('are for a person where they are what a quantity comes to', () => {
    expect(reasons('SKU|Name|Qty|Total price\nA-1|Saw|10|125.00\nA-2|Axe|5|35.00')).toContain('"Total price"')
    expect(reasons('SKU|Name|Qty|Price|Total price\nA-1|Saw|10|12.50|125.00\nA-2|Axe|5|7.00|35.00')).toBe('')
  })

  test('are for a person where many are below 0', () => {
    const lines = (negative: number) =>
      Array.from({ length: 10 }, (_, row) => `A-${row}|Tool ${row}|${row < negative ? '-' : ''}5.00`).join(
        '\n',
      )
    expect(reasons(`SKU|Name|Price\n${lines(2)}`)).toContain('2 of 10 amounts')
    expect(reasons(`SKU|Name|Price\n${lines(1)}`)).toBe('')
  })
})

describe('a header over merged cells', () => {
  test('means the column beside it that holds the prices', () => {
    const signs = readTable(rowsOf('SKU|Name|Price||Unit\nA-1|Saw|€|12.50|pc\nA-2|Axe|€|13.50|pc'))
    expect(columnsIn(signs)).toMatchObject({ price: 3, currency: 2, unit: 4 })
    expect(signs.decision.verdict).toBe('price-list')
    const blank = readTable(rowsOf('SKU|Name|Price|\nA-1|Saw||12.50\nA-2|Axe||13.50'))
    expect(columnsIn(blank)).toMatchObject({ price: 3 })
    expect(blank.decision.verdict).toBe('price-list')
  })

  test('keeps its own column where that has prices, however few', () => {
    const few = readTable(rowsOf('SKU|Name|Price|\nA-1|Saw|5.00|12.50\nA-2|Axe||13.50\nA-3|Nail|7.00|14.50'))
    expect(columnsIn(few)).toMatchObject({ price: 2 })
  })
})

test('an offer that is not there leaves the price that always holds', () => {
  const { items } = readTable(
    rowsOf('SKU|Name|Regular price|Special price\nA-1|Saw|12.50|10.00\nA-2|Axe|13.50|\nA-3|Nail|14.50|11.00'),
  )
  expect(items.map(({ priceE4 }) => priceE4)).toEqual([100_000, 135_000, 110_000])
})

test('what others are to be asked yields to what a dealer pays', () => {
  const priceOf = (header: string) =>
    readTable(rowsOf(`SKU|Name|${header}\nA-1|Saw|10.00|8.00\nA-2|Axe|20.00|15.00`)).decision.mapping.price
  expect(priceOf('RRP|Dealer price')?.header).toBe('Dealer price')
  expect(priceOf('UVP|HEK')?.header).toBe('HEK')
  expect(priceOf('РРЦ|Дилер')?.header).toBe('Дилер')
  expect(priceOf('MRP|Stock')?.header).toBe('MRP')
})
