import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { priceTaxOf, statedTaxOf } from '../../../../src/analyzer/table/money/price-tax.ts'
import { quantityBreakOf } from '../../../../src/analyzer/table/money/quantity-break.ts'
import { type ReadTable, readTable, rowsFrom, rowsOf } from '../../../helpers/rows.ts'

/** The price's header, and of every further price what it is called and from which quantity on it holds. */
function pricesOf({ decision }: ReadTable) {
  return [
    decision.mapping.price?.header,
    ...decision.tiers.map(({ name, minQuantityE4 }) =>
      minQuantityE4 === null ? name : `${name} = ${minQuantityE4 / 10_000}`,
    ),
  ]
}

/** Three articles whose prices fall from one column to the next. */
function falling(header: string): ReadTable {
  const count = header.split('|').length
  const line = (sku: string, price: number) =>
    [sku, `Article ${sku}`, ...Array.from({ length: count }, (_, at) => `${price - at}.50`)].join('|')
  return readTable(rowsOf(`SKU|Name|${header}\n${line('A-1', 90)}\n${line('A-2', 40)}\n${line('A-3', 70)}`))
}

test('a price is in the currency that stands beside it', () => {
  const currencies = (text: string) => {
    const { items } = readTable(rowsOf(text))
    return items.map(({ currency, tiers }) =>
      [currency, ...(JSON.parse(tiers!) as { currency: string }[]).map((tier) => tier.currency)]
        .map(String)
        .join(' '),
    )
  }
  const behind = 'SKU|Name|Old price|Currency|Price|Currency\nA-1|Saw|9|USD|8|EUR\nA-2|Axe|7|USD|6|EUR'
  expect(currencies(behind)).toEqual(['EUR USD', 'EUR USD'])
  const before = 'SKU|Name|Cur|Price|Cur|Wholesale price\nA-1|Saw|EUR|8|USD|7\nA-2|Axe|EUR|6||5'
  expect(currencies(before)).toEqual(['EUR USD', 'EUR null'])
  const numbered = 'SKU|Name|Price 1|Price 2|Currency 1|Currency 2\nA-1|Saw|9|8|EUR|USD\nA-2|Axe|7|6|EUR|USD'
  expect(currencies(numbered)).toEqual(['EUR USD', 'EUR USD'])
  const shared = 'SKU|Name|Price|Wholesale price|Currency\nA-1|Saw|9|8|EUR\nA-2|Axe|7|6|SEK'
  expect(currencies(shared)).toEqual(['EUR EUR', 'SEK SEK'])
})

test('a further price that would be nowhere near the price is left open', () => {
  const { items } = readTable(
    rowsOf(`SKU|Name|Price|Wholesale price
      A-1|Pump|1234.50|1.200
      A-2|Motor|2234.50|2.200
      A-3|Wheel|34.50|32`),
  )
  expect(items.map(({ tiers }) => tiers?.includes('"price_e4":320000') ?? null)).toEqual([null, null, true])
  expect(items[0]?.notes).toMatchObject([{ code: 'ambiguous_price', raw: '1.200' }])
})

test('the price of freight is no price of an article', () => {
  const header = 'Price|shipping.price|Delivery cost 2|Versand Preis|Стоимость доставки|Price with delivery'
  expect(pricesOf(falling(header))).toEqual(['Price', 'Price with delivery'])
})

describe('prices by quantity', () => {
  const lists: [string, string[]][] = [
    ['1-9|10-99|100+', ['1-9', '10-99 = 10', '100+ = 100']],
    ['ab 1 St|ab 10 St.|ab 100 St.', ['ab 1 St', 'ab 10 St. = 10', 'ab 100 St. = 100']],
    ['Цена|от 10 шт|от 100 шт', ['Цена', 'от 10 шт = 10', 'от 100 шт = 100']],
    ['Price|10 pcs|50 pcs', ['Price', '10 pcs = 10', '50 pcs = 50']],
    ['Price|from 1,000', ['Price', 'from 1,000 = 1000']],
    ['up to 9|10 and more', ['up to 9', '10 and more = 10']],
    ['单价|10个以上|100个以上', ['单价', '10个以上 = 10', '100个以上 = 100']],
    ['Cena|od 10 ks|od 50 ks', ['Cena', 'od 10 ks = 10', 'od 50 ks = 50']],
  ]
  for (const [header, expected] of lists) {
    test(`are further prices: ${header}`, () => {
      const table = falling(header)
      expect(pricesOf(table)).toEqual(expected)
      expect(table.decision.verdict).toBe('price-list')
    })
  }

  test('are no sums that an order must come to', () => {
    expect(pricesOf(falling('Цена|Опт от 50 000 руб|Цена от 100 тыс'))).toEqual([
      'Цена',
      'Опт от 50 000 руб',
      'Цена от 100 тыс',
    ])
  })

  test('are no numbered lists, and no sizes whose prices rise', () => {
    expect(pricesOf(falling('Price|Price 2|Price 3'))).toEqual(['Price', 'Price 2', 'Price 3'])
    const sizes = readTable(
      rowsOf('SKU|Name|Price|36-38|40-42\nA-1|Boot|9.50|12.00|13.00\nA-2|Shoe|9.90|22.00|23.00'),
    )
    expect(pricesOf(sizes)).toEqual(['Price'])
  })

  test('are read from many words', () => {
    const quantities: [string, number | null][] = [
      ['≥ 100', 100],
      ['> 100', 101],
      ['< 10', 1],
      ['mind. 25', 25],
      ['à partir de 12', 12],
      ['desde 5 uds', 5],
      ['vanaf 10 stuks', 10],
      ['500 шт и более', 500],
      ['1 000+', 1000],
      ['10 to 49', 10],
      ['Price per 100 pcs', null],
      ['Preis/1000 St', null],
      ['from 500 €', null],
      ['Price', null],
      ['9'.repeat(200), null],
    ]
    for (const [header, from] of quantities) {
      expect([header, quantityBreakOf(header)?.from ?? null]).toEqual([header, from])
    }
  })
})

describe('further prices', () => {
  test('are the other price lists beside the price, and nothing that is only about prices', () => {
    const table = readTable(
      rowsOf(`SKU|Name|Old price|Price|Wholesale price|Discount %|Deposit|Total
        A-1|Hammer|14.00|12.00|10.00|15|0.25|0
        A-2|Saw|26.00|24.00|20.00|10|0.25|0
        A-3|Drill|38.00|36.00|30.00|10|0.25|0`),
    )
    expect(pricesOf(table)).toEqual(['Price', 'Old price', 'Wholesale price'])
    expect(table.items[0]).toMatchObject({
      priceE4: 120_000,
      characteristics: '{"Deposit":"0.25","Discount %":"15","Total":"0"}',
    })
    expect(JSON.parse(table.items[0]!.tiers!)).toEqual([
      { name: 'Old price', min_quantity_e4: null, price_e4: 140_000, currency: null },
      { name: 'Wholesale price', min_quantity_e4: null, price_e4: 100_000, currency: null },
    ])
    expect(JSON.parse(table.items[0]!.tierCells!)).toEqual([
      [2, '14.00'],
      [4, '10.00'],
    ])
  })

  test('say in which currency they are: the cell, then the header, then as the price', () => {
    const table = readTable(
      rowsOf(`SKU|Name|Price EUR|Price USD|Dealer price
        A-1|Hammer|12.00|13.00|10.00
        A-2|Saw|24.00|26.00|CHF 20.00`),
    )
    const currencies = table.items.map(({ tiers }) =>
      (JSON.parse(tiers!) as { currency: string }[]).map(({ currency }) => currency),
    )
    expect(currencies).toEqual([
      ['USD', 'EUR'],
      ['USD', 'CHF'],
    ])
  })

  test('leave out what is blank, 0 or on request, and note what cannot be read', () => {
    const table = readTable(
      rowsOf(`SKU|Name|Price|Wholesale price
        A-1|Hammer|12.00|10.00
        A-2|Saw|24.00|0
        A-3|Drill|36.00|
        A-4|Axe|48.00|on request
        A-5|File|60.00|10/12`),
    )
    expect(table.kinds.slice(1)).toEqual(['item', 'item', 'item', 'item', 'item'])
    expect(table.items.map(({ tiers }) => tiers !== null)).toEqual([true, false, false, false, false])
    expect(table.items[4]?.notes).toMatchObject([{ severity: 'note', code: 'unreadable_price', column: 3 }])
  })

  test('are all that an article has where its own price is 0 or blank, and without any it is rejected', () => {
    const table = readTable(
      rowsOf(`SKU|Name|Retail price|Wholesale price|Dealer price
        A-1|Hammer|12.00|0|10.00
        A-2|Saw|0|22.50|0
        A-3|Drill||30.00|0
        A-4|Axe|0|0|0`),
    )
    expect(table.kinds.slice(1)).toEqual(['item', 'item', 'item', 'missing_price'])
    expect(table.items.map(({ priceE4 }) => priceE4)).toEqual([120_000, null, null])
    expect(table.items[1]?.tiers).toContain('"price_e4":225000')
  })

  test('stand in for the price where many articles are on one of several lists only', () => {
    const table = readTable(
      rowsOf(`SKU|Name|Retail price|Wholesale price|Old price|Price from 10 pcs
        A-1|Hammer|12.00|10.00|14.00|9.00
        A-2|Saw|0|22.50|26.00|20.00
        A-3|Drill|0|33.00|0|30.00
        A-4|Axe||44.00|50.00|0
        A-5|File|0|0|9.00|8.00
        A-6|Nail|0|0|0|0`),
    )
    expect(table.decision.otherLists).toEqual([3])
    expect(table.items.map(({ priceE4, priceColumn }) => [priceE4, priceColumn])).toEqual([
      [120_000, 2],
      [225_000, 3],
      [330_000, 3],
      [440_000, 3],
      // What it used to cost, or costs by the ten, is not what it costs.
      [null, 2],
    ])
    expect(table.kinds.at(-1)).toBe('missing_price')
    expect(table.decision.verdict).toBe('price-list')
  })

  test('do not stand in where the price is missing in a row or two', () => {
    const lines = Array.from(
      { length: 40 },
      (_, n) => `A-${n}|Article ${n}|${n === 7 ? '' : n + 12}.50|${n + 10}.50`,
    )
    const table = readTable(
      rowsOf(['SKU|Name|Retail price|Wholesale price', ...lines].join('\n').replace('|.50', '|')),
    )
    expect(table.decision.otherLists).toEqual([])
    expect(table.items[7]).toMatchObject({ sku: 'A-7', priceE4: null })
  })

  test('of 0 alone say nothing of a free article', () => {
    const { items } = readTable(rowsOf('SKU|Name|Price\nA-1|Hammer|12.00\nA-2|Flyer|0.00'))
    expect(items[1]).toMatchObject({ priceE4: 0, tiers: null })
  })

  test('are read by the proof of their own column, else by the price', () => {
    const { items, decision } = readTable(
      rowsOf(`SKU|Name|Price|Wholesale price|Dealer price
        A-1|Hammer|12,50|1.234|1.234
        A-2|Saw|24,50|12.50|2.345
        A-3|Drill|36,50|14.50|990`),
    )
    expect(decision.tiers.map(({ decimal }) => decimal)).toEqual(['dot', 'comma'])
    const values = (JSON.parse(items[0]!.tiers!) as { price_e4: number }[]).map(({ price_e4 }) => price_e4)
    expect(values).toEqual([12_340, 12_340_000])
  })

  test('have names of their own', () => {
    const table = readTable(
      rowsFrom([
        ['SKU', 'Name', 'Price', 'Wholesale price', 'Wholesale price'],
        ['A-1', 'Hammer', 12, 11, 10],
        ['A-2', 'Saw', 24, 22, 20],
      ]),
    )
    expect(table.decision.tiers.map(({ name }) => name)).toEqual(['Wholesale price', 'Wholesale price (2)'])
  })
})

describe('the price', () => {
  const lists: [string, string][] = [
    ['Was|Now', 'Now'],
    ['Statt|Aktionspreis', 'Aktionspreis'],
    ['Розница|Мелкий опт|Опт|РРЦ', 'Розница'],
    ['Wholesale price|RRP', 'Wholesale price'],
    ['Опт|РРЦ', 'Опт'],
    ['Оптова ціна|Рекомендована ціна', 'Оптова ціна'],
    ['سعر الجملة|سعر البيع المقترح', 'سعر الجملة'],
    ['Händler-EK|UVP inkl. MwSt.', 'Händler-EK'],
    ['Prezzo rivenditore|Prezzo al pubblico', 'Prezzo rivenditore'],
    ['Ціна|Оптова_ціна', 'Ціна'],
    ['Pris/st|Pris/frp', 'Pris/st'],
    ['Preço à vista|Preço a prazo', 'Preço à vista'],
    ['定価|仕切', '定価'],
    ['単価（税抜）|税込価格', '単価（税抜）'],
    ['Cena netto|Cena brutto', 'Cena netto'],
    ['Trade £ (ex VAT)|RRP £ (inc VAT)', 'Trade £ (ex VAT)'],
    ['Einzelpreis|Gesamtpreis', 'Einzelpreis'],
    ['Precio s/IVA|Precio c/IVA', 'Precio s/IVA'],
    ['Price per kg|Price per 100 g', 'Price per kg'],
    ['Preis|Grundpreis/kg', 'Preis'],
    ['Kilopreis|Preis', 'Preis'],
    ['KG FİYATI (TL)|KOLİ FİYATI (TL)', 'KG FİYATI (TL)'],
    ['Cena kat. netto|Cena po rabacie netto PLN', 'Cena po rabacie netto PLN'],
    ['Price|Price after discount', 'Price after discount'],
    ['Цена|Цена со скидкой', 'Цена со скидкой'],
    ['Цена|Цена со скидкой 10%', 'Цена'],
    ['Winkelprijs incl. 9% btw|Netto excl. btw', 'Netto excl. btw'],
    ['shop_price|market_price', 'shop_price'],
    ['UnitPrice|ERP Price', 'UnitPrice'],
    ['Сумма|Себестоимость', 'Себестоимость'],
    ['Hinta sis. alv 25,5%|Hinta alv 0%', 'Hinta alv 0%'],
    ['希望小売価格|卸価格|ケース価格', '卸価格'],
    ['RRP|Case price', 'RRP'],
    ['سعر الحبة|سعر الكرتون', 'سعر الحبة'],
    ['Цена за км, руб.|Цена за м, руб.', 'Цена за км, руб.'],
    ['kg-Preis|Preis/St. ca.', 'kg-Preis'],
  ]
  for (const [header, price] of lists) {
    test(`of ${header} is ${price}`, () => {
      const table = falling(header)
      expect(table.decision.mapping.price?.header).toBe(price)
      expect(table.decision.verdict).toBe('price-list')
    })
  }

  test('is the regular one where only some articles are reduced', () => {
    const table = readTable(
      rowsOf(`SKU|Product|Regular price|Sale price
        A-1|Hammer|15.00|12.00
        A-2|Saw|30.00|
        A-3|Drill|40.00|
        A-4|Axe|20.00|`),
    )
    expect(table.decision.mapping.price?.header).toBe('Regular price')
    expect(table.items[0]?.tiers).toContain('"name":"Sale price"')
  })

  test('before discount is the price where only some articles have one after it', () => {
    const { decision } = readTable(
      rowsOf(`SKU|Product|Price|Price after discount
        A-1|Hammer|15.00|12.00
        A-2|Saw|30.00|
        A-3|Drill|40.00|`),
    )
    expect(decision.mapping.price?.header).toBe('Price')
  })

  test('is never a sum, a size, a weight or a rate of VAT', () => {
    const table = readTable(
      rowsOf(`Code|Product|Size|Weight|VAT %|Price|Qty|Amount
        A-1|Hammer|30|0.50|20|12.50||0.00
        A-2|Saw|45|0.75|20|24.50||0.00
        A-3|Drill|60|1.25|10|36.50||0.00`),
    )
    expect(pricesOf(table)).toEqual(['Price'])
  })
})

describe('two prices that could be the price', () => {
  test('are shown as equally unsure', () => {
    const { decision } = readTable(
      rowsOf('SKU|Name|Cut €/mt|Roll €/mt\nA-1|Linen|12.00|10.00\nA-2|Silk|24.00|20.00'),
    )
    const { confidence, runnerUp } = decision.mapping.price!
    expect(confidence).toBeLessThan(0.6)
    expect(runnerUp?.confidence).toBe(confidence)
  })

  test('are asked about, unless they are the same in every row or never in one row', () => {
    const verdict = (rows: string) => readTable(rowsOf(`SKU|Neto|Neto\n${rows}`)).decision.verdict
    expect(verdict('A-1|12.00|10.00\nA-2|24.00|20.00\nA-3|36.00|30.00')).toBe('review')
    expect(verdict('A-1|12.00|12.00\nA-2|24.00|24.00\nA-3|36.00|36.00')).toBe('price-list')
    expect(verdict('A-1|12.00|0\nA-2|0|20.00\nA-3|36.00|0')).toBe('price-list')
  })
})

describe('VAT', () => {
  test('is said by headers in many words', () => {
    const headers: [string, 'net' | 'gross' | null][] = [
      ['Preis ohne MwSt.', 'net'],
      ['Preis zzgl. der gesetzlichen MwSt.', 'net'],
      ['Preis inkl. MwSt', 'gross'],
      ['Nettopreis', 'net'],
      ['Cena netto', 'net'],
      ['Cena brutto', 'gross'],
      ['Price excl. VAT', 'net'],
      ['Price (VAT not included)', 'net'],
      ['Price incl. 20% VAT', 'gross'],
      ['Prix HT', 'net'],
      ['Prix TTC', 'gross'],
      ['Prezzo IVA esclusa', 'net'],
      ['Precio sin IVA', 'net'],
      ['Precio + IVA', 'net'],
      ['PVP s/IVA', 'net'],
      ['PVP c/IVA', 'gross'],
      ['Precio con IVA', 'gross'],
      ['Preço com IVA', 'gross'],
      ['Prijs excl. btw', 'net'],
      ['Pris uden moms', 'net'],
      ['Pris inkl. moms', 'gross'],
      ['Pris eks. mva', 'net'],
      ['Cena bez DPH', 'net'],
      ['Cena s DPH', 'gross'],
      ['Цена без НДС', 'net'],
      ['Цена с НДС', 'gross'],
      ['Цена, не включая НДС', 'net'],
      ['Ціна з ПДВ', 'gross'],
      ['€ без ПДВ', 'net'],
      ['Fiyat (KDV hariç)', 'net'],
      ['KDV dahil fiyat', 'gross'],
      ['Fiyat (KDV dahil değil)', 'net'],
      ['Hinta alv 0%', 'net'],
      ['Hinta sis. alv 25,5%', 'gross'],
      ['Τιμή χωρίς ΦΠΑ', 'net'],
      ['מחיר לפני מע"מ', 'net'],
      ['מחיר כולל מע"מ', 'gross'],
      ['不含税单价', 'net'],
      ['含税单价', 'gross'],
      ['税抜価格', 'net'],
      ['税込価格', 'gross'],
      ['Price', null],
      ['Price with discount', null],
    ]
    for (const [header, tax] of headers) expect([header, priceTaxOf(header)]).toEqual([header, tax])
  })

  test('is kept with the decision; the net price is the price, the other a further one', () => {
    const { decision } = readTable(
      rowsOf('SKU|Name|Price incl. VAT|Price excl. VAT\nA-1|Hammer|14.40|12.00\nA-2|Saw|28.80|24.00'),
    )
    expect(decision.mapping.price?.header).toBe('Price excl. VAT')
    expect(decision.priceTax).toBe('net')
    expect(decision.tiers).toMatchObject([{ name: 'Price incl. VAT', tax: 'gross' }])
  })

  test('in a title must be named', () => {
    expect(statedTaxOf('Alle Preise verstehen sich zzgl. MwSt.')).toBe('net')
    expect(statedTaxOf('Weight netto 12 kg')).toBeNull()
    expect(statedTaxOf('Fiyatlarımıza KDV dahil değildir.')).toBe('net')
    expect(statedTaxOf('Fiyatlarımıza KDV dahildir.')).toBe('gross')
  })
})

test('of prices in several currencies the configured one is the price, else the first', () => {
  const rows = rowsOf(`SKU|Name|Price USD|Price EUR
    A-1|Hammer|12.00|11.00
    A-2|Saw|24.00|22.00`)
  const alone = readTable(rows)
  expect(alone.decision.mapping.price?.header).toBe('Price USD')
  expect(alone.decision.verdict).toBe('price-list')
  const inEuros = readTable(rows, { currency: 'EUR' })
  expect(inEuros.decision.mapping.price).toMatchObject({ header: 'Price EUR', confidence: 1 })
  expect(inEuros.items[0]).toMatchObject({ priceE4: 110_000, currency: 'EUR' })
  expect(inEuros.items[0]?.tiers).toContain('"currency":"USD"')
})

test('of prices in several currencies the first is the price, whichever has coins this week', () => {
  const header = 'SKU|Product|EUR|USD|GBP'
  const round = readTable(rowsOf(`${header}\nA1|Lamp|12,00|13,20|10,40\nA2|Desk|150,00|165,00|129,00`))
  const coins = readTable(rowsOf(`${header}\nA1|Lamp|12,50|13,00|10,40\nA2|Desk|150,20|165,00|129,00`))
  for (const { decision } of [round, coins]) expect(decision.mapping.price?.header).toBe('EUR')
})

test('of the prices of several years the newest is the price', () => {
  const { decision, items } = readTable(
    rowsOf('SKU|Name|Preis 2025|Preis 2026\nA-1|Hammer|11,00|12,00\nA-2|Saw|22,00|24,00'),
  )
  expect(decision.mapping.price?.header).toBe('Preis 2026')
  expect(decision.verdict).toBe('price-list')
  expect(items[0]?.tiers).toContain('"name":"Preis 2025"')
})

test('a header of quantities alone is a header', () => {
  const { decision } = readTable(
    rowsOf('SKU|Name|1+|10+|100+\nA-1|Hammer|12.00|11.00|10.00\nA-2|Saw|24.00|22.00|20.00'),
  )
  expect(decision.headerRows).toEqual([0])
  expect(decision.mapping.price?.header).toBe('1+')
  expect(decision.tiers.map(({ minQuantityE4 }) => minQuantityE4)).toEqual([100_000, 1_000_000])
})

test('every further price survives being written and read, in every style', () => {
  const cents = fc.integer({ min: 1, max: 99_999_999 })
  const styles: ((cents: number) => string)[] = [
    (value) => (value / 100).toFixed(2),
    (value) => (value / 100).toFixed(2).replace('.', ','),
    (value) => (value / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ','),
    (value) =>
      (value / 100)
        .toFixed(2)
        .replace('.', ',')
        .replace(/\B(?=(\d{3})+,)/g, '\u00a0'),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...styles),
      fc.array(fc.tuple(cents, cents, cents), { minLength: 2, maxLength: 5 }),
      (write, prices) => {
        const lines = prices.map((row, n) => [`A-${n}`, `Article ${n}`, ...row.map(write)])
        const header = ['SKU', 'Name', 'Price', 'Wholesale price', 'Old price']
        const { items } = readTable(rowsFrom([header, ...lines]))
        const read = items.map(({ priceE4, tiers }) => [
          priceE4,
          ...(JSON.parse(tiers!) as { price_e4: number }[]).map(({ price_e4 }) => price_e4),
        ])
        expect(read).toEqual(prices.map((row) => row.map((value) => value * 100)))
      },
    ),
    { numRuns: 40 },
  )
}, 30_000)
