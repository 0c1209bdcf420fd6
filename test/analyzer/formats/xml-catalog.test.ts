import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { xmlCatalogFormat } from '../../../src/analyzer/formats/xml-catalog.ts'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { readRefusal, readSheets } from '../../helpers/read-sheets.ts'

interface Sheets {
  encoding: string | null
  sheets: { name: string | null; rows: Cell[][] }[]
}

async function read(content: string | Uint8Array, chunkBytes?: number): Promise<Sheets> {
  const format = chunkBytes === undefined ? {} : { format: xmlCatalogFormat({ chunkBytes }) }
  const found = await readSheets(content, format)
  expect(found.format).toBe('xml')
  const sheets = found.sheets.map(({ name, rows }) => ({ name, rows: rows.map(([, cells]) => cells) }))
  return { encoding: found.encoding, sheets }
}

async function rowsOf(content: string | Uint8Array): Promise<Cell[][]> {
  const { sheets } = await read(content)
  return sheets[0]!.rows
}

const shop = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-11-22 10:00"><shop><name>Tools</name><company>Tools Ltd</company>
<currencies><currency id="EUR" rate="1"/><currency id="USD" rate="0.9"/></currencies>
<delivery-options><option cost="300" days="1"/><option cost="500" days="2"/></delivery-options>
<categories><category id="1">Power tools</category><category id="2" parentId="1">Drills</category></categories>
<offers>
<offer id="D1" available="true"><name>Drill</name><price>12.50</price><currencyId>EUR</currencyId><categoryId>2</categoryId>
<picture>a.jpg</picture><picture>b.jpg</picture><description><![CDATA[<p>Strong &amp; <b>light</b></p>Two<br/>lines]]></description>
<param name="Weight" unit="kg">1.5</param><param name="Colour">red</param></offer>
<offer id="D2"><name>Bit &lt;6 mm&gt; &amp; more</name><price>3</price><currencyId>EUR</currencyId><categoryId>7</categoryId>
<param name="Colour">blue</param><param name="Colour">green</param></offer>
</offers></shop></yml_catalog>`

describe('a YML catalog', () => {
  test('is a row for every offer, with the path of its category', async () => {
    const { sheets } = await read(shop)
    expect(sheets[0]).toEqual({
      name: 'offer',
      rows: [
        [
          ...[
            '@id',
            '@available',
            'name',
            'price',
            'currencyId',
            'categoryId',
            'picture',
            'picture 2',
            'description',
          ],
          ...['param[Weight]', 'param[Colour]', 'param[Colour] 2', 'category'],
        ],
        [
          ...['D1', 'true', 'Drill', '12.50', 'EUR', '2', 'a.jpg', 'b.jpg', 'Strong & light\nTwo\nlines'],
          ...['1.5 kg', 'red', '', 'Power tools > Drills'],
        ],
        ['D2', '', 'Bit <6 mm> & more', '3', 'EUR', '7', '', '', '', '', 'blue', 'green', ''],
      ],
    })
  })

  test('is not a list of currencies and of costs of delivery', async () => {
    const { sheets } = await read(shop)
    expect(sheets.map(({ name }) => name)).toEqual(['offer', 'category'])
  })

  test('is the same wherever it is cut', async () => {
    const whole = await read(shop)
    for (const chunkBytes of [1, 2, 3, 7, 64, 1000]) expect(await read(shop, chunkBytes)).toEqual(whole)
  })

  test('of a single offer is read', async () => {
    const [start, end] = [
      shop.slice(0, shop.indexOf('<offer id="D2"')),
      shop.slice(shop.indexOf('</offers>')),
    ]
    const rows = await rowsOf(start + end)
    expect(rows).toHaveLength(2)
    expect(rows[1]!.slice(0, 4)).toEqual(['D1', 'true', 'Drill', '12.50'])
  })

  test('of several shops keeps their categories apart and says whose an offer is', async () => {
    const shops = ['A', 'B'].map(
      (
        name,
      ) => `<shop><name>${name}</name><categories><category id="1">Of ${name}</category><category id="2">x</category></categories>
<offers><offer id="${name}1"><name>n</name><price>1</price><categoryId>1</categoryId></offer>
<offer id="${name}2"><name>n</name><price>2</price><categoryId>1</categoryId></offer></offers></shop>`,
    )
    expect(await rowsOf(`<yml_catalog>${shops.join('')}</yml_catalog>`)).toEqual([
      ['shop.name', '@id', 'name', 'price', 'categoryId', 'category'],
      ['A', 'A1', 'n', '1', '1', 'Of A'],
      ['A', 'A2', 'n', '2', '1', 'Of A'],
      ['B', 'B1', 'n', '1', '1', 'Of B'],
      ['B', 'B2', 'n', '2', '1', 'Of B'],
    ])
  })

  test('names an offer by kind, brand and model where it has no name', async () => {
    const offers = [1, 2].map(
      (n) =>
        `<offer id="${n}"><typePrefix>Drill</typePrefix><vendor>Acme</vendor><model>D${n}</model><price>${n}</price></offer>`,
    )
    const rows = await rowsOf(`<yml_catalog><shop><offers>${offers.join('')}</offers></shop></yml_catalog>`)
    expect(rows[0]!.at(-1)).toBe('name')
    expect(rows.slice(1).map((cells) => cells.at(-1))).toEqual(['Drill Acme D1', 'Drill Acme D2'])
  })

  test('whose categories go round in a circle is read', async () => {
    const rows = await rowsOf(shop.replace('<category id="1">', '<category id="1" parentId="2">'))
    expect(rows[1]!.at(-1)).toBe('Power tools > Drills')
  })
})

describe('the records', () => {
  const cases: [string, string, Cell[][]][] = [
    [
      'of a feed in RSS are its items',
      `<rss xmlns:g="u"><channel><title>Shop</title><link>l</link>
        <item><g:id>A</g:id><title>Chair</title><g:price>5 EUR</g:price></item>
        <item><g:id>B</g:id><title>Desk</title><g:price>9 EUR</g:price></item></channel></rss>`,
      [
        ['id', 'title', 'price'],
        ['A', 'Chair', '5 EUR'],
        ['B', 'Desk', '9 EUR'],
      ],
    ],
    [
      'of a feed in Atom are its entries',
      `<feed><title>Shop</title><id>x</id><entry><id>A</id><link href="u"/><price>5</price></entry>
        <entry><id>B</id><link href="v"/><price>6</price></entry></feed>`,
      [
        ['id', 'link@href', 'price'],
        ['A', 'u', '5'],
        ['B', 'v', '6'],
      ],
    ],
    [
      'may consist of attributes',
      '<list><row code="A" price="1,50"/><row code="B" price="2,50"/></list>',
      [
        ['@code', '@price'],
        ['A', '1,50'],
        ['B', '2,50'],
      ],
    ],
    [
      'are variants where those have the prices, and inherit what stands around them',
      `<c><product><variants><variant sku="A1"><price>1</price></variant><variant sku="A2"><price>2</price></variant></variants>
        <name>Shirt</name></product><product><variants><variant sku="B1"><price>3</price></variant></variants><name>Sock</name></product></c>`,
      [
        ['@sku', 'price', 'product.name'],
        ['A1', '1', 'Shirt'],
        ['A2', '2', 'Shirt'],
        ['B1', '3', 'Sock'],
      ],
    ],
    [
      'may stand in groups within groups',
      `<c><group name="Tools"><group name="Drills"><item id="1"><price>1</price></item><item id="2"><price>2</price></item></group>
        <item id="3"><price>3</price></item></group><group name="Food"><item id="4"><price>4</price></item></group></c>`,
      [
        ['group', '@id', 'price'],
        ['Tools > Drills', '1', '1'],
        ['Tools > Drills', '2', '2'],
        ['Tools', '3', '3'],
        ['Food', '4', '4'],
      ],
    ],
    [
      'know the currency that the document states',
      '<c currency="EUR"><item id="1"><price>1</price></item><item id="2"><price>2</price></item></c>',
      [
        ['c@currency', '@id', 'price'],
        ['EUR', '1', '1'],
        ['EUR', '2', '2'],
      ],
    ],
    [
      'may nest what belongs to them',
      `<c><item><id>1</id><images><image>a</image><image>b</image></images><ship><to>DE</to><cost>5</cost></ship><price cur="EUR">1</price></item>
        <item><id>2</id><price cur="USD">2</price></item></c>`,
      [
        ['id', 'image', 'image 2', 'ship.to', 'ship.cost', 'price', 'price@cur'],
        ['1', 'a', 'b', 'DE', '5', '1', 'EUR'],
        ['2', '', '', '', '', '2', 'USD'],
      ],
    ],
    [
      'may have texts with markup in them',
      '<c><item><id>1</id><text>One <b>two</b><br/>three</text><price>1</price></item><item><id>2</id><price>2</price></item></c>',
      [
        ['id', 'text', 'price'],
        ['1', 'One two\nthree', '1'],
        ['2', '', '2'],
      ],
    ],
    [
      'are articles where what repeats below them is nothing but prices',
      `<c><head><cur>EUR</cur><no>1</no></head><art><ART_ID>A</ART_ID><art_details><short_text>Bolt</short_text></art_details>
        <prices><price_info price_type="net"><amount>1</amount><cur>EUR</cur></price_info><price_info price_type="list"><amount>2</amount><cur>EUR</cur></price_info></prices></art>
        <art><ART_ID>B</ART_ID><art_details><short_text>Nut</short_text></art_details>
        <prices><price_info price_type="net"><amount>3</amount><cur>EUR</cur></price_info></prices></art></c>`,
      [
        [
          'ART_ID',
          'short_text',
          'prices.amount[net]',
          'prices.cur[net]',
          'prices.amount[list]',
          'prices.cur[list]',
        ],
        ['A', 'Bolt', '1', 'EUR', '2', 'EUR'],
        ['B', 'Nut', '3', 'EUR', '', ''],
      ],
    ],
    [
      'have fields of one name under their full names',
      `<c><item><a><unit_name>x</unit_name></a><b><unit_name>y</unit_name></b><price>1</price></item>
        <item><a><unit_name>z</unit_name></a><b><unit_name>w</unit_name></b><price>2</price></item></c>`,
      [
        ['unit_name', 'b.unit_name', 'price'],
        ['x', 'y', '1'],
        ['z', 'w', '2'],
      ],
    ],
    [
      'may have descriptions that are nothing but markup',
      `<c><item><id>1</id><text><p>One</p><ul><li>two</li><li>three</li></ul></text><price>1</price></item>
        <item><id>2</id><text><p>Four</p></text><price>2</price></item></c>`,
      [
        ['id', 'text', 'price'],
        ['1', 'One\ntwo\nthree', '1'],
        ['2', 'Four', '2'],
      ],
    ],
    [
      'may have several prices of one name',
      `<c><item id="1"><price type="retail" cur="EUR" n="7">2</price><price type="dealer" cur="USD">1</price></item>
        <item id="2"><price type="dealer" cur="USD">3</price></item></c>`,
      [
        ['@id', 'price[retail]', 'price[retail]@cur', 'price[dealer]', 'price[dealer]@cur'],
        ['1', '2', 'EUR', '1', 'USD'],
        ['2', '', '', '3', 'USD'],
      ],
    ],
  ]
  test.each(cases)('%s', async (_, content, rows) => {
    expect(await rowsOf(content)).toEqual(rows)
    const { sheets } = await read(content, 1)
    expect(sheets[0]!.rows).toEqual(rows)
  })
})

describe('characters that strayed between elements lose nothing', () => {
  const offer = (id: string) =>
    `<offer id="${id}"><name>Drill ${id}</name><price>12.50</price><vendor>V</vendor></offer>`
  const all = [1, 2, 3].map((id) => offer(`D${id}`))
  const page = (text: string) =>
    `<c><shop><currencies><currency id="EUR" rate="1"/><currency id="USD" rate="2"/></currencies>${text}</shop></c>`
  test.each([
    ['between records', `<offers>${all.join('&nbsp;')}</offers>`],
    ['within a record', `<offers>${all.join('').replace('</price>', '</price>;')}</offers>`],
    ['around the list', `-<offers>${all.join('')}</offers>`],
  ])('%s', async (_, text) => {
    const { sheets } = await read(page(text))
    expect(sheets[0]!.name).toBe('offer')
    expect(sheets[0]!.rows.slice(1).map((cells) => cells.filter((cell) => cell !== ';'))).toEqual(
      [1, 2, 3]
        .map((id) => [`D${id}`, `Drill D${id}`, '12.50', 'V'])
        .map((cells) => expect.arrayContaining(cells)),
    )
  })

  test('and a text stays a text, whatever marks it up', async () => {
    const text =
      'Strong <table><tr><td>1</td><td><a href="x">2</a> <img src="y"/></td></tr></table> and <em>light</em>'
    const item = (id: number) => `<item><id>${id}</id><about>${text}</about><price>2</price></item>`
    const [header, ...rows] = await rowsOf(`<c>${item(1)}${item(2)}</c>`)
    expect(header).toEqual(['id', 'about', 'price'])
    expect(rows).toHaveLength(2)
  })
})

test('what is rare shares the last column, and nothing is lost', async () => {
  const items = Array.from({ length: 400 }, (_, i) => {
    const own = i < 300 ? `<param name="P${i}">${i}</param>` : ''
    const many = i === 0 ? Array.from({ length: 20 }, (_, k) => `<photo>${k}.jpg</photo>`).join('') : ''
    return `<item id="${i}"><price>1</price>${own}<param name="All">x</param>${many}</item>`
  })
  const [header, ...rows] = await rowsOf(`<c>${items.join('')}</c>`)
  expect(header).toHaveLength(256)
  expect(header!.at(-1)).toBe('further fields')
  for (const [i, cells] of rows.entries()) {
    expect(cells).toHaveLength(256)
    if (i === 0 || i >= 300) continue
    const column = header!.indexOf(`param[P${i}]`)
    expect(column < 0 ? cells.at(-1) : cells[column]).toBe(column < 0 ? `param[P${i}]: ${i}` : `${i}`)
  }
  for (let k = 0; k < 20; k++) {
    const isThere = rows[0]!.some((cell) => new RegExp(`(^|: )${k}\\.jpg(;|$)`).test(String(cell)))
    expect(isThere).toBe(true)
  }
})

test('a text in very many pieces, and one with very many blanks, are read', async () => {
  const count = 50_000
  const mixed = `${'<b>x</b>'.repeat(count)}${'<p> </p>'.repeat(count)}`
  const item = (id: number) =>
    `<item id="${id}"><price>1</price><text>${mixed}</text><blank>a${' '.repeat(count)}b&lt;br&gt;${' '.repeat(count)}c</blank><cut>${'&lt;p '.repeat(count)}</cut></item>`
  const rows = await rowsOf(`<c>${item(1)}${item(2)}</c>`)
  expect(rows[1]!.slice(0, 4)).toEqual(['1', '1', 'x'.repeat(count), 'a b\nc'])
})

describe('the encoding', () => {
  const list = (declaration: string, name: string) =>
    `${declaration}<c>${[1, 2].map((n) => `<item id="${n}"><name>${name}</name><price>1</price></item>`).join('')}</c>`
  const encoded = (text: string, upper: string) =>
    Uint8Array.from(text, (letter) => (letter < '\x80' ? letter.charCodeAt(0) : 0xc0 + upper.indexOf(letter)))
  const cyrillic = Array.from({ length: 64 }, (_, i) => String.fromCharCode(0x410 + i)).join('')
  const name = 'Дрель ударная'

  test.each<[string, Uint8Array | string, string]>([
    [
      'as declared',
      encoded(list('<?xml version="1.0" encoding="windows-1251"?>', name), cyrillic),
      'windows-1251',
    ],
    ['by the mark', Buffer.from(list('\ufeff<?xml version="1.0" encoding="windows-1251"?>', name)), 'utf-8'],
    [
      'of UTF-16',
      Buffer.from(list('\ufeff<?xml version="1.0" encoding="utf-16"?>', name), 'utf16le'),
      'utf-16le',
    ],
    ['of UTF-16 without a mark', Buffer.from(list('<?xml version="1.0"?>', name), 'utf16le'), 'utf-16le'],
    ['that is declared wrong', list('<?xml version="1.0" encoding="windows-1251"?>', name), 'utf-8'],
    [
      'that is not UTF-8, as declared',
      encoded(list('<?xml version="1.0" encoding="utf-8"?>', name), cyrillic),
      'windows-1251',
    ],
    ['that nobody knows', list('<?xml version="1.0" encoding="klingon"?>', name), 'utf-8'],
  ])('%s is found', async (_, content, encoding) => {
    const found = await read(content)
    expect(found.encoding).toBe(encoding)
    expect(found.sheets[0]!.rows[1]).toEqual(['1', name, '1'])
  })
})

describe('what is refused', () => {
  test.each([
    [
      'a document without records',
      '<?xml version="1.0"?><yml_catalog><shop/></yml_catalog>',
      'unsupported_format',
    ],
    ['a bomb of entities', '<!DOCTYPE c [<!ENTITY a "aa">]><c><i a="1" price="2"/></c>', 'xml_doctype'],
    ['a cell without end', `<c><i><a>1</a><price>${'9'.repeat(5_000_000)}</price></i></c>`, 'cell_too_long'],
    [
      'elements of ever new names',
      `<c>${Array.from({ length: 30_000 }, (_, i) => `<i${i}/>`).join('')}</c>`,
      'too_many_elements',
    ],
  ])('%s', async (_, content, code) => {
    expect(await readRefusal(content)).toMatchObject({ code })
  })

  test('a document that is cut off, saying where', async () => {
    const error = await readRefusal(shop.slice(0, shop.indexOf('<name>Bit')))
    expect(error).toMatchObject({ code: 'damaged_xml' })
    expect(error.message).toContain('within <offer> number 2')
  })
})

test('bytes that are damaged give rows or a clear error', async () => {
  const bytes = Buffer.from(shop)
  const format = xmlCatalogFormat({ chunkBytes: 512 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const changed = Buffer.from(bytes)
        for (const [at, value] of changes) changed[at] = value
        const outcome = await readSheets(changed, { format }).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InvalidError)
      },
    ),
    { numRuns: 300 },
  )
})
