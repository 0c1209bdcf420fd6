import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsFrom, rowsOf } from '../../../helpers/rows.ts'

/** Headers of one language, and the fields that they name ("-": none). */
const headers: [string, string, string][] = [
  [
    'English',
    'Item No.|Description|Unit Price (USD)|UOM|Brand|Qty in stock',
    'sku name price unit brand stock',
  ],
  ['vague English', 'SKU|Title|Cost|Currency|Category', 'sku name price currency category'],
  ['programmer', 'product_code|product_name|unit_price|amount', 'sku name price -'],
  [
    'German',
    'Artikel-Nr.|Bezeichnung|VK netto EUR|Einheit|Hersteller|Lagerbestand',
    'sku name price unit brand stock',
  ],
  ['German with positions', 'Pos|Artikel|Menge|Einzelpreis', '- name stock price'],
  ['French', 'Réf.|Désignation|Prix unitaire HT|Unité|Marque|Famille', 'sku name price unit brand category'],
  ['Italian', 'Codice articolo|Descrizione|Prezzo listino|U.M.|Marca', 'sku name price unit brand'],
  ['Spanish', 'Código|Descripción|Precio unitario|Unidad|Familia', 'sku name price unit category'],
  ['Portuguese', 'Referência|Designação|Preço|Unidade|Família', 'sku name price unit category'],
  ['Dutch', 'Artikelnummer|Omschrijving|Brutoprijs|Eenheid|Merk', 'sku name price unit brand'],
  ['Danish', 'Varenr.|Varebeskrivelse|Nettopris|Enhed|Varegruppe', 'sku name price unit category'],
  ['Swedish', 'Artikelnr|Benämning|Pris exkl. moms|Enhet|Varumärke', 'sku name price unit brand'],
  ['Norwegian', 'Varenummer|Varenavn|Veil. pris|Enhet', 'sku name price unit'],
  ['Polish', 'Indeks|Nazwa towaru|Cena netto|J.m.|Producent', 'sku name price unit brand'],
  ['Czech', 'Kód zboží|Název|Cena bez DPH|MJ|Výrobce', 'sku name price unit brand'],
  [
    'Russian',
    'Артикул|Наименование|Цена, руб.|Ед. изм.|Производитель|Остаток',
    'sku name price unit brand stock',
  ],
  ['Russian with two prices', '№ п/п|Код|Товар|Ед.|Розничная цена|Оптовая цена', '- sku name unit price -'],
  ['Ukrainian', 'Код товару|Назва товару|Ціна, грн|Од. виміру|Виробник', 'sku name price unit brand'],
  ['Turkish', 'Stok Kodu|Ürün Adı|Birim Fiyat|Birim|Marka', 'sku name price unit brand'],
  ['Greek', 'Κωδικός|Περιγραφή|Τιμή|Μονάδα|Μάρκα', 'sku name price unit brand'],
  ['Hebrew', 'מק"ט|תיאור|מחיר|יחידה|יצרן', 'sku name price unit brand'],
  ['Arabic', 'رقم الصنف|اسم الصنف|السعر|الوحدة|الماركة', 'sku name price unit brand'],
  ['Chinese', '货号|品名|单价|单位|品牌', 'sku name price unit brand'],
  ['Japanese', '品番|商品名|単価|単位|メーカー', 'sku name price unit brand'],
  ['misspelt', 'Artikelnumer|Bezeichnug|Einzelpries|Einhiet', 'sku name price unit'],
]

const values: Record<string, (row: number) => string> = {
  sku: (row) => `AB-${1000 + row * 7}`,
  name: (row) => `Ventil ${['mini', 'maxi', 'pro', 'eco'][row % 4]} DN ${row}`,
  price: (row) => `${10 + row * 3}.50`,
  unit: (row) => ['St', 'kg', 'm'][row % 3]!,
  brand: (row) => ['Bosch', 'Makita'][row % 2]!,
  stock: (row) => String((row * 5) % 17),
  currency: () => 'EUR',
  category: (row) => ['Valves', 'Pumps'][row % 2]!,
  '-': (row) => String(row + 1),
}

function listOf(header: string, meaning: string): string {
  const names = meaning.split(' ')
  const lines = Array.from({ length: 12 }, (_, row) => names.map((name) => values[name]!(row)).join('|'))
  return [header, ...lines].join('\n')
}

describe('columns are recognised', () => {
  for (const [language, header, meaning] of headers) {
    test(`in ${language} headers`, () => {
      const table = readTable(rowsOf(listOf(header, meaning)))
      const expected = meaning.split(' ').flatMap((field, column) => (field === '-' ? [] : [[field, column]]))
      expect(columnsIn(table)).toEqual(Object.fromEntries(expected))
      expect(table.decision.verdict).toBe('price-list')
      expect(table.items).toHaveLength(12)
    })
  }

  test('with the vaguer word yielding to the better one', () => {
    const table = readTable(
      rowsOf(`Code|Item code|Title|Product name|Cost|Price
        1|A-1|x|Hammer|5.00|9.00
        2|A-2|y|Saw|6.00|10.00
        3|A-3|z|Drill|7.00|11.00`),
    )
    expect(columnsIn(table)).toMatchObject({ sku: 1, name: 3, price: 5 })
    expect(table.decision.mapping.price?.runnerUp).toMatchObject({ column: 4, header: 'Cost' })
    expect(table.items[0]?.characteristics).toBe('{"Code":"1","Title":"x"}')
  })

  test('by their content where two headers could be meant', () => {
    const table = readTable(
      rowsOf(`Artikel|Nummer|Preis
        Hammer, 300 g|4711|9,90
        Säge|4712|19,90
        Zange|4713|12,50`),
    )
    expect(columnsIn(table)).toEqual({ name: 0, sku: 1, price: 2 })
  })

  test('but years, pages and line numbers are no prices, and line numbers no SKUs', () => {
    const table = readTable(
      rowsOf(`№|ISBN|Название|Год изд.|Кол. стр.|Цены
        1|978-5-88070-263-3|Системы обзора|2010|680|1000
        2|978-5-88070-204-6|Комплексы дозора|2008|432|720
        3|978-5-88070-156-8|Обнаружение объектов|2007|360|670`),
    )
    expect(columnsIn(table)).toEqual({ sku: 1, name: 2, price: 5 })
    expect(table.decision.lineColumn).toBe(0)
  })

  test('but names in Latin, sizes and batches are neither names nor SKUs', () => {
    const seeds = readTable(
      rowsOf(`Varenr.|Sort|Latinsk navn|Pris
        1012|Gulrot Nantes|Daucus carota|32,50
        1015|Gulrot Bolero|Daucus sativus|148,50
        1120|Kål Castello|Brassica oleracea|245,00`),
    )
    expect(columnsIn(seeds)).toEqual({ sku: 0, name: 1, price: 3 })
    const floors = readTable(
      rowsOf(`Kód|Dekor|Rozměr (mm)|Cena bez DPH
        DV1101|Dub zimní|1219 x 184 x 2,5|389,00
        DV1102|Dub medový|1219 x 184 x 3|399,00
        DV1120|Beton šedý|610 x 305 x 2,5|429,00`),
    )
    expect(columnsIn(floors)).toEqual({ sku: 0, name: 1, price: 3 })
    const medicines = readTable(
      rowsOf(`Найменування|Серія|В ящику|Ціна, грн
        Анальгін табл.|0451123|250|18,69
        Валідол табл.|1151025|400|14,95
        Корвалол кр.|К12305|120|24,30`),
    )
    expect(columnsIn(medicines)).toEqual({ name: 0, price: 3 })
  })

  test('and one sure column is better than two doubtful ones', () => {
    const fruit = readTable(
      rowsOf(`PLU|Produkt|Herkunft|Kl.|Preis/kg
        4011|Bananen|EC|I|1,15
        4131|Äpfel Jonagold|DE|I|1,40
        4664|Tomaten Rispe|NL|I|2,30`),
    )
    expect(columnsIn(fruit)).toMatchObject({ sku: 0, name: 1, price: 4 })
    const codes = readTable(
      rowsOf('Item|Price code|Price\nA100|P1|12.50\nA101|P1|13.75\nA102|P3|99.00\nA103|P3|89.00'),
    )
    expect(columnsIn(codes)).toEqual({ name: 0, price: 2 })
  })

  test('and codes with a space in them are codes', () => {
    const fabrics = readTable(
      rowsOf(`Art.|Descrizione|Taglio €/mt
        LN 101|Lino lavato|14,50
        LN 104|Lino pesante|22,80
        LN 115/R|Garza di lino|17,20`),
    )
    expect(columnsIn(fabrics)).toEqual({ sku: 0, name: 1, price: 2 })
  })

  test('and a word of another meaning is no misspelt one', () => {
    const table = readTable(
      rowsOf(`SkuId|SkuTitle|Market|UnitPrice
        P1-01|Planner|GB|6.24
        P1-02|Ledger|GB|62.40
        P1-03|Mail guard|DE|7.30`),
    )
    expect(columnsIn(table)).toEqual({ sku: 0, name: 1, price: 3 })
  })

  test('and line numbers are SKUs where the header says so and nothing is better', () => {
    const table = readTable(rowsOf('Varenummer|Varenavn|Pris\n1|Sykkel|3500\n2|TV|4799\n3|Ski|2999'))
    expect(columnsIn(table)).toEqual({ sku: 0, name: 1, price: 2 })
  })

  test('the currency that belongs to the price', () => {
    const rows = ['A-1|Saw|5.50|USD|4.50|EUR', 'A-2|Nut|6.50|USD|5.50|EUR', 'A-3|Bit|7.50|USD|6.50|EUR']
    const header =
      'SKU|Name|price amount[nrp]|price currency[nrp]|price amount[net_customer]|price currency[net_customer]'
    const table = readTable(rowsOf([header, ...rows].join('\n')))
    expect(columnsIn(table)).toMatchObject({ price: 4, currency: 5 })
  })

  test('from several prices the main one', () => {
    const cases: [string, string][] = [
      ['SKU|Name|Old price|Price', 'Price'],
      ['SKU|Name|Compare at price|Sale price', 'Sale price'],
      ['SKU|Name|Sale price|Price', 'Price'],
      ['SKU|Name|Акционная цена|Цена', 'Цена'],
      ['SKU|Name|Regular price|Sale price', 'Sale price'],
      ['Артикул|Название|Цена опт|Цена', 'Цена'],
      ['Артикул|Название|Оптовая цена|Розничная цена', 'Розничная цена'],
      ['Art.Nr.|Bezeichnung|UVP|Nettopreis', 'Nettopreis'],
      ['SKU|Name|Price incl. VAT|Price excl. VAT', 'Price excl. VAT'],
      ['SKU|Name|Min price|Price', 'Price'],
    ]
    for (const [header, price] of cases) {
      const table = readTable(
        rowsOf(`${header}\nA-1|Hammer|12.00|10.00\nA-2|Saw|24.00|20.00\nA-3|Drill|36.00|30.00`),
      )
      expect([header, table.decision.mapping.price?.header]).toEqual([header, price])
      expect(table.decision.mapping.price?.runnerUp).not.toBeNull()
      expect(table.decision.verdict).toBe('price-list')
    }
  })

  test('and two prices that nothing tells apart are asked about', () => {
    const table = readTable(rowsOf('SKU|Neto|Neto\nA-1|12.00|10.00\nA-2|24.00|20.00\nA-3|36.00|30.00'))
    expect(table.decision.mapping.price?.confidence).toBeLessThan(0.6)
    expect(table.decision.verdict).toBe('review')
  })
})

describe('a table without header', () => {
  const text = `BMW|68377850AA|16400|1|Радиатор кондиционера Chrysler
    BMW|55038003AG|6270|2|Радіатор кондиціонера Jeep
    BMW|51357444075|4000|25|Стекло двери задней левой
    BMW|16137475444|10000|25|Адсорбер паров топлива
    NGK|LZFR5CI11|650|21|Свеча зажигания Hemi`

  test('is told by what its columns hold, and shown to a person', () => {
    const table = readTable(rowsOf(text))
    expect(columnsIn(table)).toMatchObject({ brand: 0, sku: 1, price: 2, stock: 3, name: 4 })
    expect(table.decision.verdict).toBe('review')
    expect(table.decision.headerRows).toEqual([])
    expect(table.items).toHaveLength(5)
  })

  test('is a price list once a person has named its columns', () => {
    const map = { sku: 'B', name: 'E', price: 'C', brand: 'A', stock: null }
    const { decision, items } = readTable(rowsOf(text), { map })
    expect(decision.mapping.price).toMatchObject({ column: 2, confidence: 1, header: null })
    expect(decision.mapping.stock).toBeUndefined()
    expect(items[0]).toMatchObject({ sku: '68377850AA', priceE4: 164_000_000, characteristics: '{"D":"1"}' })
  })
})

describe('what is no price list', () => {
  test('is a table without prices', () => {
    const table = readTable(
      rowsOf('Номер_группы|Название_группы|Номер_родителя\n1|Лицо|\n11|Базы|1\n12|Тон|1'),
    )
    expect(table.decision.verdict).toBe('not-a-price-list')
    expect(table.decision.reasons).toContain('No column holds prices.')
  })

  test('is an empty table, and one with a header only', () => {
    expect(readTable([]).decision.verdict).toBe('not-a-price-list')
    expect(readTable(rowsOf('SKU|Name|Price')).decision.verdict).toBe('not-a-price-list')
  })

  test('is never a tariff without header taken silently', () => {
    const table = readTable(
      rowsFrom([
        ['Ленинградская обл.', 2970, 76],
        ['Москва', 2970, 76],
        ['Белгородская обл.', 3668, 122],
        ['Астраханская обл.', 4433, 182],
      ]),
    )
    expect(table.decision.verdict).not.toBe('price-list')
  })
})

test('whole-number prices that rise by one are prices, and a counted first column is not', () => {
  const { decision } = readTable(rowsOf('SKU|Name|Price EUR\nA-1|saw|10\nA-2|axe|11\nA-3|file|12'))
  expect(decision.mapping.price).toMatchObject({ column: 2 })
  expect(decision.mapping.price!.confidence).toBeGreaterThan(0.9)
  expect(decision.verdict).toBe('price-list')
  const numbered = readTable(rowsOf('No|Name|Price EUR\n1|saw|10.50\n2|axe|11.50\n3|file|12.50'))
  expect(numbered.decision.mapping.price).toMatchObject({ column: 2 })
})

test('a column of SKUs that nobody has filled is shown, and items are known by their names', () => {
  const { decision, items } = readTable(
    rowsOf('Variant SKU|Title|Price\n|Ocean Shirt|50.00\n|Wool Jumper|80.00\n|Silk Blouse|65.00'),
  )
  expect(decision.mapping.sku).toMatchObject({ column: 0, header: 'Variant SKU' })
  expect(decision.identity).toEqual(['name', 'unit'])
  expect(decision.verdict).toBe('price-list')
  expect(items.map(({ sku }) => sku)).toEqual([null, null, null])
  expect(new Set(items.map(({ itemKey }) => itemKey)).size).toBe(3)
})

test('a filled column of codes is better than a blank one of the right name', () => {
  const table = readTable(
    rowsOf('SKU|Code|Title|Price\n|X-1|Ocean Shirt|50.00\n|X-2|Wool Jumper|80.00\n|X-3|Silk Blouse|65.00'),
  )
  expect(columnsIn(table)).toMatchObject({ sku: 1, name: 2, price: 3 })
})

test('numbers of rows are no SKUs where the header says nothing but number', () => {
  const { decision } = readTable(rowsOf('Nr.|Artikel|Preis\n1|Hammer|12,50\n2|Säge|24,00\n3|Bohrer|36,00'))
  expect(decision.mapping.sku).toBeUndefined()
  expect(decision.lineColumn).toBe(0)
  expect(decision.verdict).toBe('price-list')
})
