import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readTable, rowsFrom, rowsOf } from '../../helpers/rows.ts'

const categories = (text: string) => readTable(rowsOf(text)).items.map(({ category }) => category)

describe('headings', () => {
  test('by number, by indent and by capitals make a path', () => {
    const rows = rowsFrom(
      [
        ['Название', 'Ед.', 'Цена'],
        ['01. Инструмент', '', ''],
        ['  1. Молотки', '', ''],
        ['STAYER', '', ''],
        ['Молоток 500 г', 'шт', '350,00'],
        ['ЗУБР', '', ''],
        ['Молоток 300 г', 'шт', '250,00'],
        ['  2. Пилы', '', ''],
        ['Пила садовая', 'шт', '450,00'],
        ['02. Крепёж', '', ''],
        ['Гвоздь 100 мм', 'кг', '150,00'],
      ].map((cells) => cells),
    )
    expect(readTable(rows).items.map(({ category }) => category)).toEqual([
      '01. Инструмент > 1. Молотки > STAYER',
      '01. Инструмент > 1. Молотки > ЗУБР',
      '01. Инструмент > 2. Пилы',
      '02. Крепёж',
    ])
  })

  test('numbered 1, 1.1, 1.2 make a path', () => {
    expect(
      categories(
        'Art. no|Name|Price\n|1. Tools|\n|1.1 Hammers|\nA-1|Claw|12.00\n|1.2 Saws|\nA-2|Hack|9.00\n|2. Garden|\n|2.1 Hoses|\nA-3|Hose|19.00',
      ),
    ).toEqual(['1. Tools > 1.1 Hammers', '1. Tools > 1.2 Saws', '2. Garden > 2.1 Hoses'])
  })

  test('two in a row that look the same are parent and child where the list begins so', () => {
    expect(
      categories(
        'SKU|Name|Price\nTools||\nHammers||\nA-1|Claw|12.00\nSaws||\nA-2|Hack|9.00\nGarden||\nHoses||\nA-3|Hose|19.00\nRakes||\nA-4|Rake|9.00',
      ),
    ).toEqual(['Tools > Hammers', 'Tools > Saws', 'Garden > Hoses', 'Garden > Rakes'])
  })

  test('without articles do not become parents of the next one', () => {
    expect(
      categories(
        'SKU|Name|Price\nHammers||\nA-1|Claw|12.00\nSaws||\nDrills||\nA-2|Bit|9.00\nRakes||\nA-3|Rake|9.00',
      ),
    ).toEqual(['Hammers', 'Drills', 'Rakes'])
  })

  test('lose what is only drawn round them', () => {
    const { items } = readTable(
      rowsOf(`SKU|Product|Price
        --- LINEN ---||
        A-1|Sheet|12.00
        *** Silk ***||
        A-2|Scarf|13.00`),
    )
    expect(items.map(({ category }) => category)).toEqual(['LINEN', 'Silk'])
  })

  test('are known again whatever they count', () => {
    expect(
      categories(
        'SKU|Name|Price\nHammers (12)||\nA-1|Claw|12.00\nSaws [3 pcs]||\nA-2|Hack|9.00\nModels (2024)||\nA-3|X|9.00',
      ),
    ).toEqual(['Hammers', 'Saws', 'Models (2024)'])
  })

  test('over merged cells, and with sums beside them, are no articles', () => {
    const { kinds, items } = readTable(
      rowsOf(
        'SKU|Name|Stock|Price\nHammers|Hammers|Hammers|Hammers\nA-1|Claw|4|12.00\n|Saws|17|\nA-2|Hack|8|9.00\nA-3|Old saw|9|\n|Nameless|3|5.00',
      ),
    )
    expect(kinds).toEqual(['header', 'section', 'item', 'section', 'item', 'missing_price', 'missing_sku'])
    expect(items.map(({ category }) => category)).toEqual(['Hammers', 'Saws'])
  })

  test('in the name column of each repeated header are sections, the first one too', () => {
    const { kinds, items } = readTable(
      rowsOf(
        'Cables|Unit|Price, EUR\nRed|m|1.00\nBlue|m|1.10\nSwitches|Unit|Price, EUR\nRound|pcs|4.00\nFlat|pcs|5.00',
      ),
    )
    expect(kinds).toEqual(['header', 'item', 'item', 'section', 'item', 'item'])
    expect(items.map(({ category }) => category)).toEqual(['Cables', 'Cables', 'Switches', 'Switches'])
    const named = readTable(rowsOf('Name|Unit|Price\nRed|m|1.00\nName|Unit|Price\nRound|pcs|4.00'))
    expect(named.items.map(({ category }) => category)).toEqual([null, null])
  })

  test('above a header count where each repeated header has one', () => {
    expect(
      categories('ACME\nHammers\nSKU|Name|Price\nA-1|Claw|12.00\nSaws\nSKU|Name|Price\nA-2|Hack|9.00'),
    ).toEqual(['Hammers', 'Saws'])
    expect(categories('ACME\nSpring list\nSKU|Name|Price\nA-1|Claw|12.00\nSaws\nA-2|Hack|9.00')).toEqual([
      null,
      'Saws',
    ])
  })

  test('above a list without a header count where others follow in their column', () => {
    const names = ['Claw hammer 500 g', 'Mallet rubber big', 'Hack saw for metal', 'Band saw for wood']
    const list = Array.from({ length: 12 }, (_, n) => `A-${100 + n}|${names[n % 4]} ${n}|${n + 2}.50`)
    const read = (...lines: string[]) =>
      readTable(rowsOf(lines.join('\n'))).items.map(({ category }) => category)[0]
    expect(read('Hammers||', ...list.slice(0, 6), 'Saws||', ...list.slice(6))).toBe('Hammers')
    expect(read('Our prices||', ...list)).toBeNull()
  })

  test('in small letters below a name go on with it, unless headings are written so', () => {
    const categories = (lines: string) =>
      readTable(rowsOf(`SKU|Name|Price\n${lines}`)).items.map(({ category }) => category)
    expect(categories('A-1|Long|5\n|name continued|\nA-2|Saw|6\nA-3|Axe|7')).toEqual([null, null, null])
    expect(categories('|saws|\nA-1|Saw|5\n|long axes|\nA-2|Axe|6')).toEqual(['saws', 'long axes'])
    expect(categories('A-1|long saw|5\n|long axes|\nA-2|axe|6')).toEqual([null, 'long axes'])
    expect(categories('A-1|Saw|5\naxes||\nA-2|Axe|6')).toEqual([null, 'axes'])
  })

  test('are second lines of the articles where every article has one below it', () => {
    const below =
      'SKU|Name|Price\nA-1|Claw|12.00\n|Wooden handle|\nA-2|Hack|9.00\n|For metal|\nA-3|Hose|19.00\n|20 m|\nA-4|Rake|9.00'
    expect(readTable(rowsOf(below)).kinds.filter((kind) => kind === 'note')).toHaveLength(3)
    expect(categories(below)).toEqual([null, null, null, null])
    const above = 'SKU|Name|Price\n|Bosch|\nA-1|Claw|12.00\n|Makita|\nA-2|Hack|9.00\n|Metabo|\nA-3|Hose|19.00'
    expect(categories(above)).toEqual(['Bosch', 'Makita', 'Metabo'])
  })

  test('stand in for a category column where that is blank', () => {
    expect(
      categories('SKU|Name|Category|Price\nHammers|||\nA-1|Claw||12.00\nA-2|Mallet|Rubber|9.00'),
    ).toEqual(['Hammers', 'Rubber'])
  })
})

describe('rows between articles', () => {
  test.each([
    'Page 2 of 5',
    'Seite 3',
    'Strona 1 z 4',
    'Стр. 2 из 3',
    'Директор ____________ Иванов И.И.',
    '* prices without VAT',
    'All prices are without VAT and subject to change.',
    'www.example.com',
    '- 3 -',
    'see page 12 for spare handles',
  ])('such as "%s" are notes', (text) => {
    const { kinds, items } = readTable(
      rowsOf(`SKU|Name|Price\nHammers||\nA-1|Claw|12.00\n${text}||\nA-2|Hack|9.00`),
    )
    expect(kinds[3]).toBe('note')
    expect(items[1]?.category).toBe('Hammers')
  })

  test.each([
    ['Итого:', ''],
    ['Total', '21.00'],
    ['Összesen', '21.00'],
    ['Razem netto', '21.00'],
    ['I alt', '21.00'],
    ['合计', '21.00'],
    ['Moms 25 %', '5.25'],
    ['в т.ч. НДС 20%', '5.25'],
  ])('such as "%s" are totals', (label, sum) => {
    for (const header of ['SKU|Name|Note|Price', 'Unit|Name|Note|Price'])
      expect(
        readTable(rowsOf(`${header}\nA-1|Claw||12.00\nA-2|Hack||9.00\n||${label}|${sum}`)).kinds[3],
      ).toBe('total')
  })

  test.each(['Page holder A4', 'Seiten 3-fach', 'Series 2', 'Total Cleaner', 'VAT pump', 'Stron 5'])(
    'such as "%s" are headings all the same',
    (text) => {
      expect(readTable(rowsOf(`SKU|Name|Price\nA-1|Claw|12.00\n${text}||\nA-2|Hack|9.00`)).kinds[2]).toBe(
        'section',
      )
    },
  )
})

describe('a name that is printed once for several rows', () => {
  test('is the name of the rows below it, which are told apart by their SKUs', () => {
    const { items, decision } = readTable(
      rowsOf(
        'SKU|Name|Size|Price\nT-S|T-shirt|S|9.00\nT-M||M|9.50\nT-L||L|9.90\nC-1|Cap|one|5.00\nC-2||two|6.00\nC-3||three|7.00',
      ),
    )
    expect(decision.carried).toEqual(['name'])
    expect(items.map(({ name }) => name)).toEqual(['T-shirt', 'T-shirt', 'T-shirt', 'Cap', 'Cap', 'Cap'])
  })

  test('is told apart by what differs where there are no SKUs', () => {
    const { items, decision } = readTable(
      rowsOf('Name|Size|Price\nT-shirt|S|9.00\n|M|9.50\n|L|9.90\nCap|S|5.00\n|M|6.00\n|L|7.00'),
    )
    expect(decision.mapping.variant).toMatchObject({ column: 1, header: 'Size' })
    expect(new Set(items.map(({ itemKey }) => itemKey)).size).toBe(6)
    expect(items.map(({ name }) => name)).toEqual(['T-shirt', 'T-shirt', 'T-shirt', 'Cap', 'Cap', 'Cap'])
  })

  test('takes the number of the group with it', () => {
    const { items, decision } = readTable(
      rowsOf(
        'SKU|Name|Size|Price\n1001|T-shirt|S|9.00\n||M|9.50\n||L|9.90\n1002|Cap|S|5.00\n||M|6.00\n||L|7.00',
      ),
    )
    expect(decision.verdict).toBe('price-list')
    expect(decision.identity).toEqual(['name', 'unit', 'group', 'variant'])
    expect(items.map(({ sku, name }) => [sku, name])).toEqual([
      ...Array(3).fill([null, 'T-shirt']),
      ...Array(3).fill([null, 'Cap']),
    ])
    expect(new Set(items.map(({ itemKey }) => itemKey)).size).toBe(6)
    // Numbers that are merely missing stay missing.
    const missing = readTable(
      rowsOf(
        'SKU|Name|Size|Price\nA|Cap|S|9.00\n|Hat|M|9.50\n|Tie|L|9.90\nB|Bow|S|5.00\n|Bag|M|6.00\nC|Pin|L|7.00',
      ),
    )
    expect(missing.decision.mapping.sku?.column).toBe(0)
    expect(missing.kinds.filter((kind) => kind === 'missing_sku')).toHaveLength(3)
  })

  test('is no rule where a name is merely missing', () => {
    const lines = Array.from(
      { length: 40 },
      (_, n) => `A-${n}|${n === 7 || n === 20 ? '' : `Thing ${n}`}|${n + 5}.00`,
    )
    const { kinds } = readTable(rowsOf(`SKU|Name|Price\n${lines.join('\n')}`))
    expect(kinds.filter((kind) => kind === 'missing_name')).toHaveLength(2)
  })
})

test('a category that is printed once for several rows is theirs, one that is merely missing is not', () => {
  const rows =
    'A|Hammers|Claw|12.00\nB||Mallet|9.00\nC||Sledge|19.00\nD|Saws|Hack|8.00\nE||Jig|9.00\nF||Band|99.00'
  expect(categories(`SKU|Category|Name|Price\n${rows}`)).toEqual([
    'Hammers',
    'Hammers',
    'Hammers',
    'Saws',
    'Saws',
    'Saws',
  ])
  const missing =
    'A|Hammers|Claw|12.00\nB|Hammers|Mallet|9.00\nC||Sledge|19.00\nD|Saws|Hack|8.00\nE|Saws|Jig|9.00\nF||Band|99.00'
  expect(categories(`SKU|Category|Name|Price\n${missing}`)).toEqual([
    'Hammers',
    'Hammers',
    null,
    'Saws',
    'Saws',
    null,
  ])
})

test('a name that says the same again and again is read once', () => {
  const long = 'Radar systems in 3 volumes     Vol. 1'
  const { items } = readTable(
    rowsFrom([
      ['SKU', 'Name', 'Price'],
      ['A-1', long.repeat(20), 12],
      ['A-2', 'Saw', 9],
    ]),
  )
  expect(items[0]?.name).toBe('Radar systems in 3 volumes Vol. 1')
  expect(items[0]?.notes).toMatchObject([{ code: 'repeated_text', column: 1 }])
})

test('rows of a plain list may come in any order', () => {
  const line = fc.record({
    price: fc.integer({ min: 1, max: 999_999 }),
    stock: fc.integer({ min: 0, max: 99 }),
  })
  const lists = fc.array(line, { minLength: 2, maxLength: 40 }).chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      order: fc.shuffledSubarray(
        lines.map((_, at) => at),
        { minLength: lines.length },
      ),
    }),
  )
  fc.assert(
    fc.property(lists, ({ lines, order }) => {
      const cells = lines.map(({ price, stock }, n) => [
        `A-${100 + n}`,
        `Thing number ${n}`,
        `${Math.floor(price / 100)},${String(price % 100).padStart(2, '0')}`,
        String(stock),
      ])
      const read = (rows: string[][]) =>
        readTable(rowsFrom([['SKU', 'Product', 'Price', 'Stock'], ...rows]))
          .items.map(({ row: _row, ...item }) => item)
          .sort((a, b) => (a.itemKey < b.itemKey ? -1 : 1))
      const items = read(cells)
      expect(items).toHaveLength(lines.length)
      expect(read(order.map((at) => cells[at]!))).toEqual(items)
    }),
  )
}, 60_000)
