import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultReadLimits } from '../../../../src/analyzer/formats/format.ts'
import { readCellStyles } from '../../../../src/analyzer/formats/xlsx/cell-styles.ts'
import { utf8Pieces } from '../../../../src/analyzer/formats/xlsx/encoding.ts'
import { readSharedStrings } from '../../../../src/analyzer/formats/xlsx/read-shared-strings.ts'
import { rowsPerBatch } from '../../../../src/analyzer/formats/xlsx/row-order.ts'
import { type SheetContext, sheetRows } from '../../../../src/analyzer/formats/xlsx/sheet-rows.ts'
import type { Row } from '../../../../src/analyzer/table/rows/row.ts'

const stringsOptions = { partName: 'strings.xml', tableBytesMax: 1_000_000, stringXmlBytesMax: 10_000 }
const stringsXml = `<?xml version="1.0"?><!-- <si> --><x:sst xmlns:x="m"><x:si><x:t>Größe 🍣</x:t></x:si><x:si/><x:si><x:r><x:rPr><x:b/></x:rPr><x:t xml:space="preserve">a &amp; </x:t></x:r><x:r><x:t><![CDATA[<b>]]>_x0041_\r\n</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:si><x:si><x:t></x:t></x:si></x:sst>`
const strings = ['Größe 🍣', '', 'a & <b>A\n', '']
const sheetXml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- <sheetData> --><worksheet xmlns='m' a=">"><cols><col min="1"/></cols><sheetData><row r="2" ht="15"><c r="A2" t="s"><v>0</v></c><c r="C2" s="1"><f>1&lt;2</f><v>-12.50</v></c></row>
<row><c t="inlineStr"><is><r><t>ä&#228;</t></r><rPh><t>no</t></rPh><r><t> ö</t></r></is></c><c t="s"><v>2</v></c></row><!-- x --><row r="9"/><row r="10"><c t='b'><v>1</v></c><c/><c><v><![CDATA[7]]></v></c></row></sheetData><extLst/></worksheet>`
const rows: Row[] = [
  { index: 1, cells: ['Größe 🍣', '', -12.5] },
  { index: 2, cells: ['ää ö', 'a & <b>A\n'] },
  { index: 9, cells: ['TRUE', '', 7] },
]

test('splitting a sheet anywhere gives the same rows', async () => {
  const context = await sheetContext()
  const bytes = Buffer.from(sheetXml)
  for (let at = 0; at <= bytes.length; at++) {
    expect(await read([bytes.subarray(0, at), bytes.subarray(at)], context)).toEqual(rows)
  }
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 40 })), async (sizes) => {
      expect(await read(cut(bytes, sizes), context)).toEqual(rows)
    }),
  )
})

test('splitting shared strings anywhere gives the same texts', async () => {
  const bytes = Buffer.from(stringsXml)
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 60 })), async (sizes) => {
      const table = await readSharedStrings(stream(cut(bytes, sizes)), stringsOptions)
      expect(Array.from({ length: table.count }, (_, index) => table.get(index))).toEqual(strings)
    }),
  )
})

test('texts are the same whether they are written as most programs do or not', async () => {
  const letters = [
    'a',
    'ö',
    '€',
    '🍣',
    '&amp;',
    '_x0041_',
    '_',
    '\r\n',
    '<!--c-->',
    '<![CDATA[<]]>',
    'long '.repeat(5),
  ]
  const text = fc.array(fc.constantFrom(...letters), { maxLength: 4 }).map((parts) => parts.join(''))
  const item = fc.oneof(
    text.map((inner) => `<si><t>${inner}</t></si>`),
    text.map((inner) => `<si><r><t>${inner}</t></r></si>`),
    text.map((inner) => `<si><t>${inner}</t><rPh><t>no</t></rPh></si>`),
    fc.constantFrom('<si/>', '<si><t/></si>', '\n'),
  )
  const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 200 }))
  const tableOf = async (xml: string, list: Iterable<number>) => {
    const options = { ...stringsOptions, stringXmlBytesMax: 60 }
    const table = await readSharedStrings(stream(cut(Buffer.from(xml), list)), options)
    return Array.from({ length: table.count }, (_, index) => table.get(index))
  }
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 30 }), sizes, async (items, list) => {
      const xml = `<sst>${items.join('')}</sst>`
      const other = xml.replaceAll('<si>', '<si >')
      // The limit counts every byte, and the other way has one more.
      fc.pre(!items.some((each) => each.length > 50))
      expect(await tableOf(xml, list)).toEqual(await tableOf(other, [1e6]))
    }),
    { numRuns: 1000 },
  )
})

test('splitting a part in another encoding anywhere gives the same bytes', async () => {
  const text = '<?xml version="1.0"?><a>Größe 🍣</a>'.padEnd(400, ' 🍣')
  const encodings = [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(text, 'utf16le')]
  const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 300 }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...encodings), sizes, async (bytes, list) => {
      const pieces = await Array.fromAsync(utf8Pieces(stream(cut(bytes, list)), 'a.xml'))
      expect(Buffer.concat(pieces).toString()).toBe(text)
    }),
  )
})

test('a sheet that is cut short is damaged wherever that is', async () => {
  const context = await sheetContext()
  const bytes = Buffer.from(sheetXml)
  const end = bytes.indexOf('</sheetData>')
  for (let size = 0; size < end; size++) {
    await expect(read([bytes.subarray(0, size)], context)).rejects.toMatchObject({ code: 'damaged_workbook' })
  }
})

test('a text that is too long is told from the one that fits, however the stream is cut', async () => {
  const texts = ['a'.repeat(100), 'ä'.repeat(9000), 'b']
  const xml = `<sst>${texts.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`
  for (const size of [7, 1000, 100_000]) {
    const pieces = cut(Buffer.from(xml), repeat(size))
    const table = await readSharedStrings(stream(pieces), stringsOptions)
    expect(table.count).toBe(3)
    expect([table.get(0), table.get(1), table.get(2)]).toEqual([texts[0]!, null, 'b'])
  }
})

test('a table of texts has a size limit, in bytes and in number', async () => {
  const long = `<sst>${`<si><t>${'x'.repeat(5000)}</t></si>`.repeat(300)}</sst>`
  const many = `<sst>${'<si/>'.repeat(300_000)}</sst>`
  for (const xml of [long, many]) {
    const table = readSharedStrings(stream([Buffer.from(xml)]), stringsOptions)
    await expect(table).rejects.toMatchObject({ code: 'workbook_too_large' })
  }
})

test('a row may come late by less than a batch, and no later', async () => {
  const context = await sheetContext()
  const numbered = (index: number) => `<row r="${index}"><c><v>${index}</v></c></row>`
  const late = (before: number) =>
    `<worksheet><sheetData>${Array.from({ length: before }, (_, i) => numbered(i + 2)).join('')}${numbered(1)}</sheetData></worksheet>`
  const inOrder = await read([Buffer.from(late(rowsPerBatch - 1))], context)
  expect(inOrder.map(({ index }) => index)).toEqual(Array.from({ length: rowsPerBatch }, (_, i) => i))
  await expect(read([Buffer.from(late(3 * rowsPerBatch))], context)).rejects.toMatchObject({
    code: 'damaged_workbook',
  })
})

test('rows that are wide or long come in smaller batches', async () => {
  const context = await sheetContext()
  const wide = '<row><c r="XFD1"><v>1</v></c></row>'.replace(' r="XFD1"', ' r="XFD"')
  const long = `<row><c t="str"><v>${'x'.repeat(900_000)}</v></c></row>`
  for (const [xml, count] of [
    [wide, 300],
    [long, 40],
  ] as const) {
    const bytes = Buffer.from(`<worksheet><sheetData>${xml.repeat(count)}</sheetData></worksheet>`)
    const batches = await Array.fromAsync(sheetRows(stream([bytes]), context))
    expect(batches.flat()).toHaveLength(count)
    for (const batch of batches) expect(batch.length).toBeLessThan(100)
  }
})

async function sheetContext(): Promise<SheetContext> {
  return {
    partName: 'sheet1.xml',
    sheetName: 'Sheet1',
    strings: await readSharedStrings(stream([Buffer.from(stringsXml)]), stringsOptions),
    styles: readCellStyles(null, '', false),
    limits: defaultReadLimits,
    sharedCharactersMax: 1e9,
  }
}

async function read(pieces: Buffer[], context: SheetContext): Promise<Row[]> {
  return (await Array.fromAsync(sheetRows(stream(pieces), context))).flat()
}

async function* stream(pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

function cut(bytes: Buffer, sizes: Iterable<number>): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size))
    at += size
    if (at >= bytes.length) break
  }
  return pieces
}

function* repeat(size: number): Generator<number> {
  for (;;) yield size
}
