import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsOf } from '../../../helpers/rows.ts'

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

  test('that says what a price is for wins over a column that says what the goods are sold in', () => {
    const read = (header: string, ...units: string[]) =>
      readTable(
        rowsOf(
          `SKU|Product|Unit|${header}\n${units.map((unit, row) => `A-${row}|Hammer|${unit}|5`).join('\n')}`,
        ),
      ).items.map(({ unit, priceQuantityE4 }) => `${(priceQuantityE4 ?? 10_000) / 10_000} ${unit}`)
    expect(read('Preis je 100 kg', 'Sack', 'Sack')).toEqual(['100 kg', '100 kg'])
    expect(read('Preis/VPE', 'Stk', 'Stk')).toEqual(['1 VPE', '1 VPE'])
    // The column speaks of the price where it says the header's unit too, and where the header leaves it open.
    expect(read('Цена, руб./м2', 'м2', 'шт')).toEqual(['1 м2', '1 шт'])
    expect(read('Price per unit', 'kg', 'm')).toEqual(['1 kg', '1 m'])
    expect(read('Preis / 100 St', 'm', 'St')).toEqual(['100 m', '100 St'])
  })

  test('gives the price its unit', () => {
    const per = (header: string) => readTable(rowsOf(`SKU|Product|${header}\n${list}`)).decision.priceUnit
    expect(per('Preis / 100 St')).toEqual({ unit: 'St', quantityE4: 1_000_000 })
    expect(per('Price per kg')).toEqual({ unit: 'kg', quantityE4: null })
    expect(per('Цена за шт')).toEqual({ unit: 'шт', quantityE4: null })
    expect(per('Preis/Euro')).toEqual({ unit: null, quantityE4: null })
    expect(per('Price')).toEqual({ unit: null, quantityE4: null })
    expect(per('Pris kr pr. 1000 frø eks. mva.')).toEqual({ unit: null, quantityE4: 10_000_000 })
    expect(per('Precio por 6 botellas')).toEqual({ unit: 'botellas', quantityE4: 60_000 })
    expect(per('USD/K')).toEqual({ unit: null, quantityE4: 10_000_000 })
    expect(per('Kilopreis')).toEqual({ unit: 'kg', quantityE4: null })
    expect(per('KG FİYATI (TL)')).toEqual({ unit: 'kg', quantityE4: null })
    expect(per('Prezzo al mq')).toEqual({ unit: 'm²', quantityE4: null })
  })

  test('gives it no unit where it names a year, a size or a tax', () => {
    const per = (header: string) => readTable(rowsOf(`SKU|Product|${header}\n${list}`)).decision.priceUnit
    for (const header of [
      'Цена за 2026 г.',
      'Цена за 2026 год',
      'Preise 2025/2026 netto',
      'Price 01/26 excl VAT',
      'Price L',
      'Preis/netto',
    ])
      expect([header, per(header)]).toEqual([header, { unit: null, quantityE4: null }])
  })
})

describe('a header of several rows', () => {
  const cases: [string, string, number[], string[]][] = [
    [
      'with a numbering of the columns',
      'Артикул|Наименование|Цена, руб|Остаток\n1|2|3|4\nA-1|Молоток|120,50|5\nA-2|Пила|240,00|3',
      [0, 1],
      ['Артикул', 'Наименование', 'Цена, руб', 'Остаток'],
    ],
    [
      'with a row of units',
      'Артикул|Наименование|Масса|Цена\n||кг|руб.\nA-1|Молоток|0,5|120,50\nA-2|Пила|0,3|240,00',
      [0, 1],
      ['Артикул', 'Наименование', 'Масса кг', 'Цена руб.'],
    ],
    [
      'in two languages',
      'Артикул|Наименование|Цена\nItem no|Description|Price\nA-1|Hammer|120.50\nA-2|Saw|240.00',
      [0, 1],
      ['Артикул Item no', 'Наименование Description', 'Цена Price'],
    ],
    [
      'with a group over its prices',
      'SKU|Product|Prices, EUR||Stock\n||Retail|Wholesale|\nA-1|Hammer|12.50|11.00|7\nA-2|Saw|24.50|21.00|8',
      [0, 1],
      ['SKU', 'Product', 'Prices, EUR Retail', 'Prices, EUR Wholesale', 'Stock'],
    ],
    [
      'with a group and nothing else above',
      '||Prices, EUR||\nSKU|Product|Retail|Wholesale|Stock\nA-1|Hammer|12.50|11.00|7\nA-2|Saw|24.50|21.00|8',
      [0, 1],
      ['SKU', 'Product', 'Prices, EUR Retail', 'Prices, EUR Wholesale', 'Stock'],
    ],
    [
      'with the quantities that its prices hold from',
      'SKU|Product|Unit price, US$|||Stock\n||1|10|1,000|\nA-1|Hammer|12.50|11.00|10.20|7\nA-2|Saw|24.50|21.00|20.10|8',
      [0, 1],
      ['SKU', 'Product', 'Unit price, US$ 1', 'Unit price, US$ 10', 'Unit price, US$ 1,000', 'Stock'],
    ],
    [
      'three of them, and a numbering',
      'SKU|Product|Prices||Stock\n||Retail|Wholesale|\n||EUR|EUR|pcs\n1|2|3|4|5\nA-1|Hammer|12.50|11.00|7\nA-2|Saw|24.50|21.00|8',
      [0, 1, 2, 3],
      ['SKU', 'Product', 'Prices Retail EUR', 'Prices Wholesale EUR', 'Stock pcs'],
    ],
  ]
  test.each(cases)('%s', (_, text, rows, headers) => {
    const { decision, items, kinds } = readTable(rowsOf(text))
    expect(decision.headerRows).toEqual(rows)
    expect(decision.headers).toEqual(headers)
    expect(decision.verdict).toBe('price-list')
    expect(items.map(({ sku }) => sku)).toEqual(['A-1', 'A-2'])
    // Printed again on the next page it is still no item.
    const lines = text.split('\n')
    const again = readTable(
      rowsOf([...lines, ...lines.slice(0, rows.length), 'A-3|Nail|1.00|1.00|1'].join('\n')),
    )
    expect(again.kinds.slice(kinds.length, -1).filter((kind) => kind !== 'repeated_header')).toEqual([])
  })

  test('does not take a title in for a group, wherever it begins', () => {
    const title = readTable(
      rowsOf(
        `|Price list 02.02.2026, minimum order 500 EUR|||\nNo|Product|Box|Price, EUR\n1|Hammer|5|12.00\n2|Saw|6|13.00`,
      ),
    )
    expect(title.decision.headerRows).toEqual([1])
    expect(title.decision.headers).toEqual(['No', 'Product', 'Box', 'Price, EUR'])
  })

  test('does not swallow an article for quantities', () => {
    const falling = readTable(
      rowsOf('SKU|Product|Price||\n||100|10|1\nA-1|Hammer|12.00|11.00|1\nA-2|Saw|13.00|12.00|1'),
    )
    expect(falling.decision.headerRows).toEqual([0])
    const article = readTable(
      rowsOf('SKU|Product|Price|Wholesale\n||1|10\nA-1|Hammer|12.00|11.00\nA-2|Saw|13.00|12.00'),
    )
    expect(article.decision.headerRows).toEqual([0])
  })

  test('does not swallow what is no header', () => {
    // An address over a blank header cell, a first article in small numbers, a unit that is a name.
    const address = readTable(
      rowsOf(
        `ACME Ltd, Main Street|phone office|Mr. Smith\nSKU|Product||Price\n${list.replaceAll('|1', '||1')}`,
      ),
    )
    expect(address.decision.headerRows).toEqual([1])
    const numbers = readTable(rowsOf('No|Product|Price\n1|2|3\n2|Saw|4'))
    expect(numbers.decision.headerRows).toEqual([0, 1])
    const short = readTable(rowsOf('Code|Price\n1|2\n2|4\n3|5'))
    expect(short.decision.headerRows).toEqual([0])
    const units = readTable(rowsOf('Product|Unit|Price\nBox|шт|12.00\nSet|шт|13.00'))
    expect(units.decision.headerRows).toEqual([0])
    expect(units.items).toHaveLength(2)
  })

  test('below rows that read like articles is doubted', () => {
    const above = 'Kudu|Jina|Bei\nX-1|Nyundo|3.00\nX-2|Msumeno|4.00\nX-3|Patasi|5.00\nX-4|Koleo|6.00\n'
    const { decision } = readTable(rowsOf(`${above}SKU|Product|Price\n${list}`))
    expect(decision.verdict).toBe('review')
    expect(decision.reasons).toEqual(['4 rows above the header read like articles; say where the header is.'])
    const facts = 'Rate|EUR|48.10\nRate|USD|41.20\nDate|1 March|2026\n'
    expect(readTable(rowsOf(`${facts}SKU|Product|Price\n${list}`)).decision.verdict).toBe('price-list')
  })

  test('is found below contacts with numbers even in words that nobody knows', () => {
    const contacts = 'Simu|255 754 000\nBarua|info@example.com\nTarehe|01.03.2026\nKiwango|41,20'
    const { decision, kinds } = readTable(
      rowsOf(`${contacts}\nKudu|Jina|Bei|Idadi\nA-1|Nyundo|12.00|4\nA-2|Msumeno|24.00|5`),
    )
    expect(decision.headerRows).toEqual([4])
    expect(kinds.slice(4)).toEqual(['header', 'item', 'item'])
  })
})
