import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultReadLimits, type ReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { jsonText, jsonValue } from '../../../src/analyzer/formats/json/value.ts'
import { json, jsonFormat } from '../../../src/analyzer/formats/json.ts'
import type { Cell, Row } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { rejection } from '../../helpers/open-database.ts'
import { columnsIn, readTable } from '../../helpers/rows.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

interface ReadSheet {
  name: string | null
  rows: Row[]
}

interface ReadOptions {
  limits?: Partial<ReadLimits>
  chunkBytes?: number
}

async function read(content: unknown, { limits = {}, chunkBytes = 64 * 1024 }: ReadOptions = {}) {
  await using folder = await temporaryDirectory()
  const isBytes = typeof content === 'string' || content instanceof Uint8Array
  await Bun.write(folder.file('list'), isBytes ? content : JSON.stringify(content))
  const options = { limits: { ...defaultReadLimits, ...limits }, encoding: null, delimiter: null }
  const file = await jsonFormat({ chunkBytes }).open(folder.file('list'), options)
  const sheets: ReadSheet[] = []
  for (const { index, name } of file.sheets) {
    const rows: Row[] = []
    for await (const batch of file.rows(index)) rows.push(...batch)
    sheets.push({ name, rows })
  }
  file.close()
  return sheets
}

/** The first sheet as header and cells. */
async function table(content: unknown, options: ReadOptions = {}): Promise<Cell[][]> {
  const [sheet] = await read(content, options)
  return sheet!.rows.map(({ cells }) => cells)
}

test('an array of objects is a sheet; its header is every key, in the order in which they turn up', async () => {
  expect(
    await read([
      { sku: 'A', price: 1 },
      { name: 'B', sku: 'B' },
    ]),
  ).toEqual([
    {
      name: null,
      rows: [
        { index: -1, cells: ['sku', 'price', 'name'] },
        { index: 0, cells: ['A', 1, ''] },
        { index: 1, cells: ['B', '', 'B'] },
      ],
    },
  ])
})

test('every array of objects in a document is a sheet, named by its path', async () => {
  const sheets = await read({
    version: 3,
    data: { products: [{ sku: 'A' }], categories: [{ id: 1 }, { id: 2 }] },
    tags: ['x', 'y'],
    stores: [{ city: 'Kyiv' }],
  })
  expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['data.products', 2],
    ['data.categories', 3],
    ['stores', 2],
  ])
})

test('objects within objects are flattened; a level that only wraps the article is left out', async () => {
  expect(
    await table({
      '@context': 'https://schema.org',
      '@type': 'ItemList',
      itemListElement: [
        {
          '@type': 'ListItem',
          position: 1,
          item: {
            '@type': 'Product',
            sku: 'A',
            name: 'Bolt',
            gtin13: '4006381333931',
            brand: { '@type': 'Brand', name: 'Würth' },
            offers: { '@type': 'Offer', price: '1.50', priceCurrency: 'EUR' },
          },
        },
      ],
    }),
  ).toEqual([
    ['position', 'sku', 'name', 'gtin13', 'brand.name', 'offers.price', 'offers.priceCurrency'],
    [1, 'A', 'Bolt', '4006381333931', 'Würth', '1.50', 'EUR'],
  ])
})

test('what stands around the article keeps its name, and is not taken for it', async () => {
  const [header] = await table([{ sku: 'A', brand: { id: 1, name: 'B', url: 'u', logo: 'l' }, price: 1 }])
  expect(header).toEqual(['sku', 'brand.id', 'brand.name', 'brand.url', 'brand.logo', 'price'])
  const [shipped] = await table([{ sku: 'A', name: 'B', shipping: { name: 'DHL', price: 5 } }])
  expect(shipped).toEqual(['sku', 'name', 'shipping.name', 'shipping.price'])
})

test('a variant is a row that inherits its article', async () => {
  const sheets = await read({
    products: [
      {
        title: 'Shirt',
        vendor: 'Acme',
        variants: [
          { title: 'S', sku: 'S-1', price: '9.90' },
          { title: 'M', sku: 'S-2', price: '10.90' },
        ],
        options: [{ name: 'Size', values: ['S', 'M'] }],
      },
      { title: 'Gift', vendor: 'Acme', variants: [] },
    ],
  })
  expect(sheets).toEqual([
    {
      name: 'products',
      rows: [
        {
          index: -1,
          cells: ['title', 'vendor', 'variants.title', 'variants.sku', 'variants.price', 'options.Size'],
        },
        { index: 0, cells: ['Shirt', 'Acme', 'S', 'S-1', '9.90', 'S, M'] },
        { index: 1, cells: ['Shirt', 'Acme', 'M', 'S-2', '10.90', 'S, M'] },
        { index: 2, cells: ['Gift', 'Acme', '', '', '', ''] },
      ],
    },
  ])
})

test('articles within groups are rows; the name of the group is not taken for theirs', async () => {
  expect(
    await table([
      { name: 'Screws', products: [{ sku: 'A', name: 'Screw', price: 1 }] },
      { name: 'Nuts', products: [{ sku: 'B', name: 'Nut', price: 2 }] },
    ]),
  ).toEqual([
    ['category.name', 'sku', 'name', 'price'],
    ['Screws', 'A', 'Screw', 1],
    ['Nuts', 'B', 'Nut', 2],
  ])
})

test('prices of one article are columns, not rows', async () => {
  expect(
    await table([
      {
        sku: 'A',
        name: 'Bolt',
        prices: [
          { min: 1, price: 5 },
          { min: 10, price: 4 },
        ],
      },
      { sku: 'B', name: 'Nut', prices: [{ min: 1, price: 3 }] },
    ]),
  ).toEqual([
    ['sku', 'name', 'prices.min', 'prices.price', 'prices.2.min', 'prices.2.price'],
    ['A', 'Bolt', 1, 5, 10, 4],
    ['B', 'Nut', 1, 3, '', ''],
  ])
})

test('named properties are columns; of a long list the rest is one cell', async () => {
  expect(
    await table([
      {
        sku: 'A',
        additionalProperty: [
          { '@type': 'PropertyValue', name: 'Colour', value: 'red' },
          { name: 'Colour', value: 'blue' },
          { name: 'Weight', value: 5 },
        ],
      },
    ]),
  ).toEqual([
    ['sku', 'additionalProperty.Colour', 'additionalProperty.Weight'],
    ['A', 'red, blue', 5],
  ])
  const images = Array.from({ length: 12 }, (_, n) => ({ src: `${n}.png` }))
  const [header, cells] = await table([{ sku: 'A', images }])
  expect(header!.slice(-2)).toEqual(['images.10.src', 'images.more'])
  expect(cells!.at(-1)).toBe('[{"src":"10.png"},{"src":"11.png"}]')
})

test('texts side by side are one cell, and what has no names is kept as JSON', async () => {
  expect(await table([{ sku: 'A', tags: ['x', 'y'], at: [[1, 2], [3]], none: null, empty: [] }])).toEqual([
    ['sku', 'tags', 'at', 'none'],
    ['A', 'x, y', '[[1,2],[3]]', ''],
  ])
})

test('an object that holds many of a kind is a sheet, and its keys are a column', async () => {
  expect(
    await read({ items: { 'A-1': { name: 'Bolt', price: 1 }, 'A-2': { name: 'Nut', price: 2 } } }),
  ).toEqual([
    {
      name: 'items',
      rows: [
        { index: -1, cells: ['name', 'price', 'id'] },
        { index: 0, cells: ['Bolt', 1, 'A-1'] },
        { index: 1, cells: ['Nut', 2, 'A-2'] },
      ],
    },
  ])
})

test('arrays of arrays are rows; column names beside them are their header', async () => {
  const data = [
    ['A', 1],
    ['B', 2],
  ]
  expect(await table([['sku', 'price'], ...data])).toEqual([['sku', 'price'], ...data])
  expect(await read({ columns: ['sku', 'price'], data })).toEqual([
    {
      name: 'data',
      rows: [
        { index: -1, cells: ['sku', 'price'] },
        { index: 0, cells: ['A', 1] },
        { index: 1, cells: ['B', 2] },
      ],
    },
  ])
})

test('pages of a list are one list', async () => {
  expect(await table([[{ sku: 'A' }], [{ sku: 'B' }]])).toEqual([['sku'], ['A'], ['B']])
})

test('a currency that the document says once is in every row, unless the rows say theirs', async () => {
  expect(await table({ meta: { currency: 'EUR' }, items: [{ sku: 'A', price: 1 }] })).toEqual([
    ['sku', 'price', 'currency'],
    ['A', 1, 'EUR'],
  ])
  const own = { currency: 'EUR', items: [{ sku: 'A', price: 1, priceCurrency: 'USD' }] }
  expect((await table(own))[1]).toEqual(['A', 1, 'USD'])
  const two = { from: { currency: 'EUR' }, to: { currency: 'USD' }, items: [{ sku: 'A', price: 1 }] }
  expect((await table(two))[0]).toEqual(['sku', 'price'])
})

test('one article by itself is a list of one', async () => {
  const product = { '@type': 'Product', sku: 'A', offers: [{ price: 1, priceCurrency: 'EUR' }] }
  expect(await table(product)).toEqual([
    ['sku', 'offers.price', 'offers.priceCurrency'],
    ['A', 1, 'EUR'],
  ])
})

test('the columns of shops are found by the last part of their paths', async () => {
  const offers = (price: string) => ({ '@type': 'Offer', price, priceCurrency: 'EUR' })
  const items = ['12.50', '3.95', '8.00', '20.49'].map((price, n) => ({
    '@type': 'Product',
    sku: `A-${n}`,
    name: `Bolt M${n}`,
    gtin13: `400638133393${n}`,
    category: 'Bolts',
    brand: { '@type': 'Brand', name: 'Würth' },
    offers: offers(price),
  }))
  const [graph] = await read({ '@graph': items })
  const found = readTable(graph!.rows)
  const { headers } = found.decision
  const named = Object.entries(columnsIn(found)).map(([field, column]) => [field, headers[column]])
  expect(Object.fromEntries(named)).toMatchObject({
    sku: 'sku',
    name: 'name',
    price: 'offers.price',
    currency: 'offers.priceCurrency',
    ean: 'gtin13',
    brand: 'brand.name',
    category: 'category',
  })
  expect(found.items.map(({ priceE4, currency }) => [priceE4, currency])).toEqual([
    [125_000, 'EUR'],
    [39_500, 'EUR'],
    [80_000, 'EUR'],
    [204_900, 'EUR'],
  ])
})

test('the type of a product is its category and not its name', async () => {
  const products = ['Bolt', 'Nut', 'Washer'].map((title, n) => ({
    title,
    product_type: 'Hardware',
    variants: [{ sku: `${title}-1`, price: `${n + 1}.50` }],
  }))
  const [sheet] = await read({ products })
  const { items } = readTable(sheet!.rows)
  expect(items.map(({ sku, name, category }) => [sku, name, category])).toEqual([
    ['Bolt-1', 'Bolt', 'Hardware'],
    ['Nut-1', 'Nut', 'Hardware'],
    ['Washer-1', 'Washer', 'Hardware'],
  ])
})

test('a group of products in JSON-LD is a heading', async () => {
  const group = { '@type': 'ProductGroup', name: 'Phones', url: 'u', productGroupID: 'p' }
  const product = { '@type': 'Product', name: 'Phone', sku: 'A', url: 'v', offers: { price: 1 } }
  const list = [group, product].map((item) => ({ '@type': 'ListItem', item }))
  expect(await table(list)).toEqual([
    ['name', 'url', 'productGroupID', 'sku', 'offers.price'],
    ['Phones', '', '', '', ''],
    ['Phone', 'v', '', 'A', 1],
  ])
})

test('lines that hold an object each are rows, a broken one too', async () => {
  const lines = ['{"sku":"A","offer":{"price":1}}', '{"sku":"B"', '', '{"sku":"C","offer":{"price":2}}']
  await using folder = await temporaryDirectory()
  await Bun.write(folder.file('list'), lines.join('\n'))
  const file = await openFile(folder.file('list'), {
    limits: defaultReadLimits,
    encoding: null,
    delimiter: null,
  })
  const rows: Row[] = []
  for await (const batch of file.rows(0)) rows.push(...batch)
  file.close()
  expect([file.format, rows]).toEqual([
    'ndjson',
    [
      { index: -1, cells: ['sku', 'offer.price'] },
      { index: 0, cells: ['A', 1] },
      {
        index: 1,
        cells: [],
        fault: { code: 'invalid_json', message: 'Line 2 is damaged (at character 11).', raw: '{"sku":"B"' },
      },
      { index: 3, cells: ['C', 2] },
    ],
  ])
})

describe('an element whose bounds are plain is a row with its fault', () => {
  test.each<[string, string, string]>([
    ['{"sku":"B","sku":"C"}', 'repeated_key', 'Element 2 of the list names "sku" twice.'],
    [
      '{"price":NaN}',
      'not_json_value',
      'Element 2 of the list has NaN as "price", which is no value; write null.',
    ],
    [
      '{"price":-Infinity}',
      'not_json_value',
      'Element 2 of the list has -Infinity as "price", which is no value; write null.',
    ],
    [
      '{"path":"C:\\x"}',
      'invalid_json',
      'Element 2 of the list has "\\\\x" within a text, which JSON does not know (at character 12).',
    ],
    ['null', 'no_object', 'Element 2 of the list is no object.'],
    ['"B"', 'no_object', 'Element 2 of the list is no object.'],
    [
      `${'['.repeat(65)}${']'.repeat(65)}`,
      'nested_too_deep',
      'Element 2 of the list is nested deeper than 64 levels.',
    ],
  ])('%s', async (element, code, message) => {
    const [sheet] = await read(`[{"sku":"A"},${element},{"sku":"D"}]`)
    expect(sheet!.rows[2]).toEqual({ index: 1, cells: [], fault: { code, message, raw: element } })
    expect(sheet!.rows.at(-1)!.cells[0]).toBe('D')
  })

  test('a value that is too long', async () => {
    const [sheet] = await read([{ a: 'xx' }, { a: 'xxx' }], { limits: { cellCharactersMax: 2 } })
    expect(sheet!.rows[2]).toMatchObject({ index: 1, fault: { code: 'cell_too_long', raw: 'xxx' } })
  })
})

describe('damage beyond which nothing can be trusted ends the file, and says where', () => {
  test.each<[string, string, string]>([
    [
      '[{"sku":"A"},\n{"sku":"B",}]',
      'invalid_json',
      'Element 2 of the list is damaged by a comma too many (line 2, byte 26)',
    ],
    [
      '[{"sku":"A"},\n]',
      'invalid_json',
      'The JSON document is damaged by a comma too many (line 2, byte 15)',
    ],
    ["[{'sku':'A'}]", 'invalid_json', 'Element 1 of the list is damaged by single quotes (line 1, byte 3)'],
    ['[{sku:"A"}]', 'invalid_json', 'damaged by a word without quotes (line 1, byte 3)'],
    ['[\n{"sku":"A"}, // first\n{"sku":"B"}]', 'invalid_json', 'damaged by a comment (line 2, byte 16)'],
    ['{"items":[{"sku":"A"} {"sku":"B"}]}', 'invalid_json', 'damaged (line 1, byte 23)'],
    ['{"a":{"items":[{"sku":"A"}]]}', 'invalid_json', 'damaged (line 1, byte 28)'],
    ['[{"sku":"A"}]\n[{"sku":"B"}]', 'invalid_json', 'goes on behind its end'],
    ['{\n"sku":"A"\n}\n{\n"sku":"B"\n}\n', 'invalid_json', 'goes on behind its end'],
    ['{"items":[{"sku":"A"},{"sku":"B', 'truncated_json', 'ends in the middle behind 1 elements of "items"'],
    ['[{"sku":"A"}', 'truncated_json', 'ends in the middle'],
    [`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`, 'invalid_json', 'nested deeper than 64 levels'],
    ['[]', 'no_list', 'holds no list of objects'],
  ])('%s', async (content, code, message) => {
    const error = await rejection(read(content))
    expect(error).toBeInstanceOf(InvalidError)
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(message)
  })

  test('what breaks a limit', async () => {
    const numbered = (count: number, value: unknown) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]))
    const cases: [unknown, Partial<ReadLimits>, string][] = [
      // Each object has a key of its own.
      [Array.from({ length: 40_000 }, (_, n) => ({ [`k${n}`]: 1 })), {}, 'too_many_columns'],
      [[numbered(100_000, 1)], {}, 'too_many_columns'],
      [numbered(10_001, ['x']), {}, 'too_many_lists'],
      [[{ a: 1, b: 2, c: 3 }], { columnsMax: 2 }, 'too_many_columns'],
      [[[1, 2, 3]], { columnsMax: 2 }, 'too_many_columns'],
      [[{ a: 'x'.repeat(300_000) }], { cellCharactersMax: 50 }, 'element_too_long'],
      [
        Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`l${n}`, [{ a: 1 }]])),
        {},
        'too_many_lists',
      ],
    ]
    for (const [content, limits, code] of cases)
      expect(await rejection(read(content, { limits }))).toMatchObject({ name: 'InvalidError', code })
  })
})

test('thousands of objects side by side in a record cost no more than their number', async () => {
  const record = Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`k${n}`, { price: n, sku: 'x' }]))
  const [header] = await table([record])
  expect(header).toHaveLength(16_000)
})

test('texts in UTF-16, with a byte order mark and without, and in an older encoding', async () => {
  const content = JSON.stringify([{ sku: 'Ä-1', name: 'Schlüssel für Türen, weiß' }])
  const expected = [
    ['sku', 'name'],
    ['Ä-1', 'Schlüssel für Türen, weiß'],
  ]
  expect(await table(Buffer.from(`\ufeff${content}`))).toEqual(expected)
  expect(await table(Buffer.from(`\ufeff${content}`, 'utf16le'))).toEqual(expected)
  expect(await table(Buffer.from(content, 'utf16le'))).toEqual(expected)
  expect(await table(Buffer.from(content, 'latin1'))).toEqual(expected)
})

test('line breaks and tabs within a text are taken as they are', async () => {
  expect(await table('[{"a":"x\ny\tz"}]')).toEqual([['a'], ['x\ny\tz']])
})

/** Any value that JSON can write, without numbers that are written in more than one way. */
const anyValue = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null)),
  value: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

test('rows are the same wherever the bytes are cut', async () => {
  const record = fc.dictionary(fc.constantFrom('sku', 'name', 'price', 'ä"\\'), anyValue, { minKeys: 1 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (records, chunkBytes) => {
        const content = JSON.stringify({ items: records, note: 'x' }, null, 1)
        expect(await read(content, { chunkBytes })).toEqual(await read(content))
      },
    ),
    { numRuns: 40 },
  )
})

test('every text and number of the records is in their rows', async () => {
  const leaf = fc.oneof(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' }), fc.nat())
  const record = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('x', 'y'), leaf),
      fc.array(fc.dictionary(fc.constantFrom('x', 'y'), leaf), { maxLength: 12 }),
    ),
    { minKeys: 1 },
  )
  const leavesOf = (value: unknown): string[] =>
    value !== null && typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [String(value)]
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async (records) => {
      const rows = (await table(records)).slice(1)
      expect(rows.length).toBe(records.length)
      for (const [index, each] of records.entries()) {
        const text = rows[index]!.join('\n')
        for (const one of leavesOf(each))
          expect(text.includes(one) || text.includes(JSON.stringify(one).slice(1, -1))).toBe(true)
      }
    }),
    { numRuns: 100 },
  )
})

test('bytes that are turned give rows or a clear error', async () => {
  const bytes = Buffer.from(
    JSON.stringify({
      items: [
        { sku: 'A', o: { price: 1.5 } },
        { sku: 'B', t: [1, { a: 2 }] },
      ],
      n: [1],
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
      const turned = Buffer.from(bytes)
      turned[at] = byte
      const result = await read(turned).catch((error) => error)
      if (!Array.isArray(result)) expect(result).toBeInstanceOf(InvalidError)
    }),
    { numRuns: 300 },
  )
})

test('a value is read as JSON.parse reads it, and written so', () => {
  const asRead = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asRead)
    if (value === null) return ''
    if (typeof value === 'boolean') return String(value).toUpperCase()
    if (typeof value !== 'object') return value
    return { keys: Object.keys(value), values: Object.values(value).map(asRead) }
  }
  fc.assert(
    fc.property(anyValue, fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      expect(jsonValue(text)).toEqual(asRead(value) as ReturnType<typeof jsonValue>)
    }),
  )
  expect(jsonText(jsonValue('{"a":[1,"x\\"",{"b":12.50}]}'))).toBe('{"a":[1,"x\\"",{"b":"12.50"}]}')
})

test('it is recognised by its beginning; a list that looks a little like it is not taken for it', () => {
  const detect = (text: string) => json.detect(new TextEncoder().encode(text))
  for (const text of [
    '[{"sku"',
    '{"items":[',
    ' \n[\n[1,2]]',
    '["a","b"]',
    "{'a': 1}",
    '{sku: "A"}',
    '// list\n/* of us */[{}]',
  ])
    expect([text, detect(text)]).toEqual([text, true])
  for (const text of [
    '[Lentes] Organico,1',
    '[1],a',
    '{a};b\n1;2',
    'sku;{"a":1}',
    '// a;b\n1;2',
    '',
    '{',
    '/* x',
  ])
    expect([text, detect(text)]).toEqual([text, false])
})
