import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsOf } from '../../../helpers/rows.ts'

function priceOf(text: string) {
  const { decision } = readTable(rowsOf(text))
  return decision.mapping.price?.header
}

describe('a price after discount is the price', () => {
  test('where the header says so', () => {
    expect(
      priceOf(`ΚΩΔ.|ΠΕΡΙΓΡΑΦΗ|ΤΙΜΗ ΤΙΜΟΚ.|ΕΚΠΤ.%|ΤΙΜΗ ΜΕΤΑ ΤΗΝ ΕΚΠΤΩΣΗ
        0012|Βάνα 1/2|12,50|20|10,00
        0013|Βάνα 3/4|15,00|20|12,00
        0014|Σπιράλ 50|4,20|10|3,78`),
    ).toBe('ΤΙΜΗ ΜΕΤΑ ΤΗΝ ΕΚΠΤΩΣΗ')
  })

  test('where the cells prove it, whatever it is called', () => {
    const rows = (discounts: readonly string[]) =>
      `Code|Tyre|PVP|Dto.|Neto
        T-1|Primacy 205|129,00|${discounts[0]}|83,85
        T-2|Pilot 225|189,50|${discounts[1]}|123,18
        T-3|Cinturato 205|118,00|${discounts[2]}|73,16`
    expect(priceOf(rows(['35%', '35%', '38%']))).toBe('Neto')
    expect(priceOf(rows(['35', '35', '38']))).toBe('Neto')
    const { decision, items } = readTable(rowsOf(rows(['35%', '35%', '38%'])))
    expect(decision.verdict).toBe('price-list')
    expect(items[0]).toMatchObject({ priceE4: 838_500 })
    expect(items[0]?.tiers).toContain('"name":"PVP"')
  })

  test('but not where the discount leads elsewhere: then nothing is proven, and a person is asked', () => {
    const { decision } = readTable(
      rowsOf(`Code|Tyre|PVP|Dto.|Neto
        T-1|Primacy 205|129,00|20%|83,85
        T-2|Pilot 225|189,50|10%|123,18
        T-3|Cinturato 205|118,00|5%|73,16`),
    )
    expect(decision.verdict).toBe('review')
  })

  test('but not where only some articles have one', () => {
    expect(
      priceOf(`SKU|Product|Price|Discount %|Sale price
        A-1|Hammer|15.00|20|12.00
        A-2|Saw|30.00||
        A-3|Drill|40.00||
        A-4|Axe|20.00|10|18.00
        A-5|File|10.00|10|9.00`),
    ).toBe('Price')
  })
})

test('a price that looks like a quantity of prices is none', () => {
  const table = readTable(
    rowsOf(`Nr|Artikel|kg-Preis|ca. Gew./St.|Preis/St. ca.
      101|Rinderfilet|54,90|2,2|120,78
      102|Roastbeef|39,90|3,5|139,65
      103|Hüfte|29,90|4,0|119,60`),
  )
  expect(columnsIn(table)).toEqual({ sku: 0, name: 1, price: 2 })
  expect(table.items[0]).toMatchObject({ priceE4: 549_000, unit: 'kg', priceQuantityE4: null })
})

test('the size of a bunch is no stock', () => {
  const table = readTable(
    rowsOf(
      'Sort|Pris/st|Pris/bunt|Antal/bunt\nRosa|8,50|170,00|20\nTulpan|3,20|160,00|50\nLilja|12,00|120,00|10',
    ),
  )
  expect(columnsIn(table)).toEqual({ name: 0, price: 1 })
})
