import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { decideTable } from '../../../../src/analyzer/table/decide.ts'
import { type DecimalDecision, defaultTableOptions } from '../../../../src/analyzer/table/decision.ts'
import { rawTextMax } from '../../../../src/analyzer/table/rows/issue.ts'
import type { RowOutcome } from '../../../../src/analyzer/table/rows/item.ts'
import { contradicts, tableReader } from '../../../../src/analyzer/table/rows/reader.ts'
import { readTable, rowsFrom, rowsOf } from '../../../helpers/rows.ts'

const list = `SKU|Product|Price
A-1|Hammer|12.00
A-2|Saw|24.00
A-3|Drill|36.00`

function issuesOf(outcome: RowOutcome | undefined) {
  return outcome?.kind === 'rejected' ? outcome.issues : []
}

describe('a row', () => {
  test('becomes an item with its price, where that came from, and its other columns', () => {
    const { items } = readTable(
      rowsOf(`SKU|Product|Price|Currency|Unit|Brand|EAN|Stock|Colour|Colour||Valid to
        A-1| Hammer \u00a0|€ 12,50 / 100 St|SEK|kg|Bosch|4006381333931|5|red|blue|x|31.12.2026
        A-2|Saw|24,00|EUR|||4006381333931|0|||y|`),
    )
    expect(items).toEqual([
      {
        row: 1,
        itemKey: 'A-1',
        sku: 'A-1',
        name: 'Hammer',
        priceE4: 125_000,
        currency: 'EUR',
        unit: 'St',
        priceQuantityE4: 1_000_000,
        category: null,
        brand: 'Bosch',
        validFrom: null,
        validTo: '2026-12-31',
        characteristics: '{"Colour":"red","Colour (2)":"blue","K":"x","ean":"4006381333931","stock":"5"}',
        tiers: null,
        tierCells: null,
        priceColumn: 2,
        priceRaw: '€ 12,50 / 100 St',
        notes: [],
      },
      expect.objectContaining({ currency: 'EUR', unit: null, brand: null, validTo: null }),
    ])
  })

  test('keeps workbook numbers: long codes in full, prices exact, characteristics as text', () => {
    const { items } = readTable(
      rowsFrom([
        ['Item code', 'Product', 'Price', 'Weight'],
        [978588070263, 'Book', 12.5, 0.25],
        [1e21, 'Large', 0.1 + 0.2, 1e-7],
        ['007', 'Agent', 7, ''],
      ]),
    )
    expect(items.map(({ sku }) => sku)).toEqual(['978588070263', '1000000000000000000000', '007'])
    expect(items.map(({ priceE4 }) => priceE4)).toEqual([125_000, 3000, 70_000])
    expect(items[0]?.characteristics).toBe('{"Weight":"0.25"}')
    expect(JSON.parse(items[1]!.characteristics)).toEqual({ Weight: '0.0000001' })
    expect(items[1]?.notes).toMatchObject([{ severity: 'note', code: 'price_rounded', row: 2, column: 2 }])
  })

  test('has the same characteristics wherever its columns stand', () => {
    const [one] = readTable(rowsOf('SKU|Product|Price|Width|Colour\nA-1|Saw|2,50|80|red')).items
    const [other] = readTable(rowsOf('Colour|SKU|Width|Product|Price\nred|A-1|80|Saw|2,50')).items
    expect(one?.characteristics).toBe('{"Colour":"red","Width":"80"}')
    expect(other?.characteristics).toBe(one?.characteristics)
  })

  test('without a price but on request is an item', () => {
    const { items } = readTable(rowsOf(`${list}\nA-4|Crane|on request\nA-5|Ship|-`))
    expect(items.slice(3)).toMatchObject([
      { sku: 'A-4', priceE4: null, currency: null, priceRaw: 'on request' },
      { sku: 'A-5', priceE4: null, currency: null, priceRaw: '-' },
    ])
  })

  test('with faults is rejected with every one of them', () => {
    const { outcomes, kinds } = readTable(
      rowsOf(`SKU|Product|Price|Currency|Valid from|Valid to
        A-1|Hammer|12.00|EUR|2026-01-01|2026-12-31
        A-2|Saw|24.00|EUR|2026-01-01|2026-12-31
        |Drill|#N/A|QQQ|2026-02-01|2026-01-01
        A-4||-5|EUR|soon|
        ${'x'.repeat(256)}|${'y'.repeat(501)}|1.23456|EUR||
        A-6|Nut|99999999999999999|EUR||
        A-7|Bolt||EUR||`),
    )
    expect(kinds.slice(3)).toEqual([
      'missing_sku unreadable_price unknown_currency invalid_dates',
      'missing_name negative_price invalid_date',
      'sku_too_long name_too_long too_many_decimals',
      'price_too_large',
      'missing_price',
    ])
    expect(issuesOf(outcomes[3])[1]).toEqual({
      severity: 'error',
      errorType: 'ValidationError',
      code: 'unreadable_price',
      message: 'Column "Price", row 4 holds "#N/A", which is no price; correct it, or write "on request"',
      row: 3,
      column: 2,
      raw: '#N/A',
    })
    expect(outcomes.slice(3).map((outcome) => outcome.kind === 'rejected' && outcome.itemKey)).toEqual([
      null,
      'A-4',
      null,
      'A-6',
      'A-7',
    ])
  })

  test('keeps only so much of a long cell in its issues', () => {
    const { outcomes } = readTable(rowsOf(`${list}\nA-4|${'y'.repeat(5000)}|1.00`))
    expect(issuesOf(outcomes[4])[0]?.raw).toHaveLength(rawTextMax)
  })

  test('with a NUL character is refused, and one that was badly decoded is noted', () => {
    const { outcomes, items } = readTable(rowsOf(`${list}\nA-4|Nu\u0000t|1.00\nA-5|B\ufffdlt|1.00`))
    expect(issuesOf(outcomes[4])).toMatchObject([{ code: 'nul_character', column: 1 }])
    expect(issuesOf(outcomes[4])[0]?.raw).not.toContain('\u0000')
    expect(items[3]?.notes).toMatchObject([{ code: 'undecodable_text', severity: 'note' }])
  })

  test('keeps line breaks out of names and leaves other inner space alone', () => {
    const rows = rowsOf(list)
    rows[1]!.cells[1] = ' Hammer  with\r\nhandle\n'
    expect(readTable(rows).items[0]?.name).toBe('Hammer  with handle')
  })

  test('may have no more decimals than its currency where the source demands that', () => {
    const text = `SKU|Product|Price|Currency
      A-1|Hammer|12.50|EUR
      A-2|Saw|12.505|EUR
      A-3|Drill|12.50|JPY
      A-4|Nail|12.505|KWD`
    expect(readTable(rowsOf(text)).kinds).toEqual(['header', 'item', 'item', 'item', 'item'])
    const { kinds } = readTable(rowsOf(text), { decimalsMax: 'currency' })
    expect(kinds).toEqual(['header', 'item', 'too_many_decimals', 'too_many_decimals', 'item'])
  })
})

describe('rows that are no items', () => {
  test('say what they are', () => {
    const { kinds } = readTable(
      rowsOf(`ACME price list||
        SKU|Product|Price

        Tools
        A-1|Hammer|12.00
        A-2|Saw|24.00
        Total:||36.00
        A-3|Total Cleaner 5 l|9.00
        |Grand total|45.00
        * Prices do not include VAT.
        Note: delivery on request
        All prices are valid from December until further notice, without VAT.`),
    )
    expect(kinds).toEqual([
      'title',
      'header',
      'blank',
      'section',
      'item',
      'item',
      'total',
      'item',
      'total',
      'note',
      'note',
      'note',
    ])
  })

  test('are told without SKUs too: a total is one, a product called Total is not', () => {
    const { kinds } = readTable(
      rowsOf(`Наименование|Цена
        Молоток|100
        Total Cleaner|90
        Итого:|190
        Всего|190`),
    )
    expect(kinds).toEqual(['header', 'item', 'item', 'total', 'total'])
  })

  test('are not those that lack what they should have', () => {
    const { kinds } = readTable(rowsOf(`${list}\nA-4||\n||5.00\n|Drill bit|7.00`))
    expect(kinds.slice(4)).toEqual(['missing_name missing_price', 'missing_sku missing_name', 'missing_sku'])
  })
})

describe('sections', () => {
  test('become the category of the rows below, level by level', () => {
    const { items } = readTable(
      rowsOf(`Номенклатура|Ед.|Цена
        01. Цифровая техника
        \u00a01. Телефоны
        BLACKVIEW
        A5|шт|3650
        XIAOMI
        Mi 5|шт|17990
        \u00a02. Планшеты
        XIAOMI
        Pad|шт|20000
        02. Прочее
        Ручка|шт|190`),
    )
    expect(items.map(({ category }) => category)).toEqual([
      '01. Цифровая техника > 1. Телефоны > BLACKVIEW',
      '01. Цифровая техника > 1. Телефоны > XIAOMI',
      '01. Цифровая техника > 2. Планшеты > XIAOMI',
      '02. Прочее',
    ])
  })

  test('yield to a category column', () => {
    const { items, kinds } = readTable(
      rowsOf('SKU|Product|Category|Price\nHand tools\nA-1|Hammer|Tools|12\nA-2|Saw|Tools|13'),
    )
    expect(kinds[1]).toBe('section')
    expect(items.map(({ category }) => category)).toEqual(['Tools', 'Tools'])
  })
})

test('a brand alone in its column is a faulty article, no section', () => {
  const { kinds, items } = readTable(
    rowsOf(`ISBN|Author|Title|Publisher|Price
      978-5-88070-263-3|Ann|Radar|Acme Press|100
      |||Acme Press|
      978-5-88070-204-6|Bob|Sonar|Acme Press|100`),
  )
  expect(kinds[2]).toBe('missing_sku missing_name missing_price')
  expect(items.map(({ category }) => category)).toEqual([null, null])
})

describe('variants', () => {
  test('that leave the name out inherit it from the row above', () => {
    const { items } = readTable(
      rowsOf(`Handle|Title|Option1 Value|Variant SKU|Variant Price|Vendor
        shirt|Blue Shirt|S||50|Acme
        shirt||M||50|
        shirt||L||55|
        top|Red Top|S||60|Other`),
    )
    expect(items.map(({ name, brand }) => [name, brand])).toEqual([
      ['Blue Shirt', 'Acme'],
      ['Blue Shirt', 'Acme'],
      ['Blue Shirt', 'Acme'],
      ['Red Top', 'Other'],
    ])
    expect(new Set(items.map(({ itemKey }) => itemKey)).size).toBe(4)
  })
})

describe('identity without SKUs', () => {
  const keys = (names: string[]) =>
    readTable(rowsOf(`Product|Unit|Price\n${names.map((name) => `${name}|pcs|5`).join('\n')}`)).items.map(
      ({ itemKey }) => itemKey,
    )

  test('is a hash of name and unit that survives re-typing', () => {
    const [one, two, three, four] = keys([
      'Blue  Hammer',
      'blue hammer',
      'Blue Hammer 2',
      'Bl\u0075\u0308e hammer',
    ])
    expect(one).toMatch(/^~[\w-]{22}$/)
    expect(two).toBe(one!)
    expect(three).not.toBe(one!)
    expect(four).toBe(keys(['blüe hammer', 'x', 'y'])[0]!)
  })
})

describe('currency', () => {
  const read = (price: string, header = 'Price', options = {}) =>
    readTable(rowsOf(`SKU|Product|${header}\nA-1|Hammer|${price}\nA-2|Saw|${price}`), options)

  test('comes from the cell, then the header, then the configuration', () => {
    expect(read('€ 12.50').decision.currency).toEqual({ code: 'EUR', from: 'symbol' })
    expect(read('12.50 SEK').decision.currency).toEqual({ code: 'SEK', from: 'code' })
    expect(read('12.50', 'Price, EUR').decision.currency).toEqual({ code: 'EUR', from: 'header' })
    expect(read('12.50', 'Price', { currency: 'NOK' }).decision.currency).toEqual({
      code: 'NOK',
      from: 'configuration',
    })
    expect(read('€ 12.50', 'Price, SEK', { currency: 'NOK' }).items[0]?.currency).toBe('EUR')
    expect(read('12.50', 'Price, SEK', { currency: 'NOK' }).items[0]?.currency).toBe('SEK')
    expect(read('12.50').items[0]?.currency).toBeNull()
  })

  test('that a shared sign leaves open stays open, unless the configuration settles it', () => {
    expect(read('$12.50').items[0]?.currency).toBeNull()
    expect(read('$12.50', 'Price', { currency: 'ARS' }).items[0]?.currency).toBe('ARS')
    expect(read('$12.50', 'Price', { currency: 'EUR' }).items[0]?.currency).toBeNull()
    expect(read('12,50 kr').items[0]?.currency).toBeNull()
    expect(read('12,50 kr', 'Försäljningspris').items[0]?.currency).toBe('SEK')
    expect(read('¥1,980', '価格').items[0]?.currency).toBe('JPY')
  })

  test('in a few cells speaks for those alone, whatever says what the others mean', () => {
    const prices = (header: string, options = {}) =>
      readTable(
        rowsOf(
          `SKU|Product|${header}\nA-1|Hammer|12.50\nA-2|Saw|30 USD\nA-3|Nail|$ 5\nA-4|Bolt|7\nA-5|Nut|8\nA-6|Cap|9`,
        ),
        options,
      ).items.map(({ currency }) => currency)
    expect(prices('Price, EUR')).toEqual(['EUR', 'USD', null, 'EUR', 'EUR', 'EUR'])
    expect(prices('Price', { currency: 'EUR' })).toEqual(['EUR', 'USD', null, 'EUR', 'EUR', 'EUR'])
    expect(prices('Price')).toEqual([null, 'USD', null, null, null, null])
  })

  test('beside the first price alone is meant for those below it', () => {
    const { items } = readTable(rowsOf(`${list.replace('12.00', '€ 12.00')}\nA-4|Nail|1\nA-5|Nut|2`))
    expect(items.map(({ currency }) => currency)).toEqual(['EUR', 'EUR', 'EUR', 'EUR', 'EUR'])
  })

  test('of a column belongs to its row', () => {
    const { items, decision } = readTable(
      rowsOf('SKU|Product|Price|Currency\nA-1|Hammer|12.50|EUR\nA-2|Saw|12.50|SEK\nA-3|Nail|12.50|'),
    )
    expect(decision.currency).toEqual({ code: null, from: 'column' })
    expect(items.map(({ currency }) => currency)).toEqual(['EUR', 'SEK', null])
  })
})

describe('dates', () => {
  test('follow their column, and are an issue where it does not tell', () => {
    const read = (...dates: string[]) =>
      readTable(
        rowsOf(
          `SKU|Product|Price|Valid from\n${dates.map((date, row) => `A-${row}|Hammer|5|${date}`).join('\n')}`,
        ),
      )
    expect(read('03/04/2026', '22/04/2026').items.map(({ validFrom }) => validFrom)).toEqual([
      '2026-04-03',
      '2026-04-22',
    ])
    expect(read('03/04/2026', '04/22/2026').items.map(({ validFrom }) => validFrom)).toEqual([
      '2026-03-04',
      '2026-04-22',
    ])
    expect(read('03/04/2026', '05/04/2026').kinds).toEqual(['header', 'ambiguous_date', 'ambiguous_date'])
  })
})

describe('hostile cells', () => {
  test('called __proto__ are ordinary keys', () => {
    const { items } = readTable(
      rowsOf('SKU|Product|Price|__proto__|constructor\nA-1|Hammer|5|x|y\nA-2|Saw|6|x|y'),
    )
    expect(items[0]?.characteristics).toBe('{"__proto__":"x","constructor":"y"}')
  })

  test('of any content give valid JSON', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        (cell, header) => {
          const rows = rowsFrom([
            ['SKU', 'Product', 'Price', `x ${header}`],
            ['A-1', 'Hammer', 5, `${cell}!`],
            ['A-2', 'Saw', 6, 'z'],
          ])
          for (const item of readTable(rows).items)
            expect(() => JSON.parse(item.characteristics)).not.toThrow()
        },
      ),
      { numRuns: 50 },
    )
  }, 30_000)

  test('of 32 kB are read like others', () => {
    const cells = [
      'a '.repeat(16_000),
      ' '.repeat(32_000),
      '1,'.repeat(16_000),
      '/'.repeat(32_000),
      '"'.repeat(32_000),
      '('.repeat(32_000),
    ]
    const lines = cells.map((cell) => [cell, cell, cell, cell])
    const { kinds } = readTable(
      rowsFrom([
        ['SKU', 'Product', 'Price', 'Note'],
        ['A-1', 'Hammer', '5.00', ''],
        ...lines,
        ['A-2', 'Saw', '5.00', ''],
      ]),
    )
    expect(kinds.at(-1)).toBe('item')
    expect(kinds.filter((kind) => kind === 'item')).toHaveLength(2)
  })
})

test('the order of the rows changes no item', () => {
  const rows = Array.from({ length: 30 }, (_, row) => [
    `A-${row}`,
    `Tool ${row}`,
    `${row * 37}.50`,
    `${row % 3}`,
  ])
  const header = ['SKU', 'Product', 'Price', 'Size']
  const read = (lines: string[][]) =>
    readTable(rowsFrom([header, ...lines]))
      .items.map(({ row: _, ...item }) => JSON.stringify(item))
      .sort()
  const expected = read(rows)
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(read(shuffled)).toEqual(expected)
    }),
    { numRuns: 25 },
  )
})

describe('a column that proves its style below the sample', () => {
  const lines = Array.from({ length: 1200 }, (_, row) => [
    `A-${row}`,
    `Tool ${row}`,
    row === 1100 ? '12.50' : `${1 + (row % 3)}.234`,
  ])
  const rows = rowsFrom([['SKU', 'Product', 'Price'], ...lines])
  const decision = decideTable(rows.slice(0, 1000), { index: 0, name: null }, defaultTableOptions)
  const readAll = (style: DecimalDecision) => {
    const reader = tableReader({ ...decision, decimal: style }, defaultTableOptions)
    const outcomes = rows.map((row) => reader.read(row))
    return { outcomes, proved: reader.decimalDecisions().price }
  }

  test('contradicts the sample once, and is read with what it proved then', () => {
    const first = readAll(decision.decimal)
    expect(decision.decimal.style).toBe('comma')
    expect(decision.verdict).toBe('review')
    expect(contradicts(decision.decimal, first.proved)).toBe(true)
    const second = readAll(first.proved)
    expect(second.outcomes[1]).toMatchObject({ item: { priceE4: 12_340 } })
    expect(contradicts(first.proved, second.proved)).toBe(false)
  })
})
