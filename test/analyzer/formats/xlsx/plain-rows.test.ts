import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultReadLimits } from '../../../../src/analyzer/formats/format.ts'
import type { CellContext } from '../../../../src/analyzer/formats/xlsx/cell-reader.ts'
import { readCellStyles } from '../../../../src/analyzer/formats/xlsx/cell-styles.ts'
import { OpenRow } from '../../../../src/analyzer/formats/xlsx/open-row.ts'
import { PlainRows } from '../../../../src/analyzer/formats/xlsx/plain-rows.ts'
import { readSharedStrings } from '../../../../src/analyzer/formats/xlsx/read-shared-strings.ts'
import { RowOrder } from '../../../../src/analyzer/formats/xlsx/row-order.ts'
import { sheetRows } from '../../../../src/analyzer/formats/xlsx/sheet-rows.ts'
import type { Row } from '../../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../../src/lib/errors.ts'

const styles = `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="2"/></cellXfs></styleSheet>`
const stringsXml = '<sst><si><t>Bolt</t></si><si><t/></si><si><t>Größe &amp; €</t></si></sst>'
/** Behind the cells, since what stands at the very end is left to the cell reader. */
const padding = `<extLst>${' '.repeat(300)}</extLst>`

async function context(): Promise<CellContext> {
  const options = { partName: 's', tableBytesMax: 1e6, stringXmlBytesMax: 1e6 }
  return {
    partName: 'sheet.xml',
    sheetName: 'Prices',
    strings: await readSharedStrings(stream([Buffer.from(stringsXml)]), options),
    styles: readCellStyles(styles, 'styles.xml', false),
    limits: { ...defaultReadLimits, cellCharactersMax: 20, columnsMax: 30 },
  }
}

async function* stream(pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

async function readSheet(xml: string): Promise<Row[] | string> {
  const rows: Row[] = []
  const pieces = stream([Buffer.from(`<worksheet><sheetData>${xml}</sheetData>${padding}</worksheet>`)])
  try {
    for await (const batch of sheetRows(pieces, { ...(await context()), sharedCharactersMax: 60 }))
      rows.push(...batch)
    return rows
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    return error.message
  }
}

const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '12.50',
    '-0',
    '.5',
    '5.',
    '1e3',
    '',
    ' 7 ',
    '1.2.3',
    '123456789012345',
    '1234567890123456',
    'x',
  ),
)
const letters = [
  'a',
  'ö',
  '€',
  '🍣',
  '&amp;',
  '&#95;',
  '&gt',
  '_x0041_',
  '_',
  '\r\n',
  ' ',
  '<!--c-->',
  'long '.repeat(5),
]
const text = fc.array(fc.constantFrom(...letters), { maxLength: 4 }).map((parts) => parts.join(''))
const content = fc.oneof(
  numbers.map((number) => ({ type: '', xml: `<v>${number}</v>` })),
  numbers.map((number) => ({ type: 'n', xml: `<v>${number}</v>` })),
  fc
    .constantFrom('0', '1', '2', '3', '-1', '1.0', '')
    .map((index) => ({ type: 's', xml: `<v>${index}</v>` })),
  text.map((inner) => ({ type: 'str', xml: `<v>${inner}</v>` })),
  text.map((inner) => ({ type: 'inlineStr', xml: `<is><t>${inner}</t></is>` })),
  text.map((inner) => ({ type: 'inlineStr', xml: `<is><t xml:space="preserve">${inner}</t></is>` })),
  text.map((inner) => ({ type: 'inlineStr', xml: `<is><r><t>${inner}</t></r></is>` })),
  fc.constantFrom('b', 'd', 'e').map((type) => ({ type, xml: '<v>1</v>' })),
  fc.constant({ type: '', xml: '<f>A1*2</f><v>4</v>' }),
  fc.constant({ type: 's', xml: null }),
)
const cells = fc.array(
  fc.record({
    column: fc.constantFrom('', 'A', 'B', 'C', 'D', 'E', 'F', 'Z', 'AA', 'AZ', 'XFD'),
    style: fc.constantFrom('', '0', '1', '2', '9'),
    content,
  }),
  { maxLength: 8 },
)

type WrittenCell = { column: string; style: string; content: { type: string; xml: string | null } }

function cellXml({ column, style, content: { type, xml } }: WrittenCell, row: number): string {
  const attributes = `${style && ` s="${style}"`}${type && ` t="${type}"`}`
  return `<c r="${column}${row}"${attributes}${xml === null ? '/>' : `>${xml}</c>`}`
}

/** Cells in ascending columns of which no limit and no index is broken. */
const tameCells = fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 6 }).chain((columns) =>
  fc.tuple(
    ...columns.sort().map((column) =>
      fc.record({
        column: fc.constant('ABCDEFG'[column]!),
        style: fc.constantFrom('', '', '1'),
        content: fc.oneof(
          fc.constantFrom('1', '2.5', '-7').map((number) => ({ type: '', xml: `<v>${number}</v>` })),
          fc.constantFrom('0', '2').map((index) => ({ type: 's', xml: `<v>${index}</v>` })),
          fc
            .constantFrom('a', 'Größe', 'x &amp; y')
            .map((inner) => ({ type: 'inlineStr', xml: `<is><t>${inner}</t></is>` })),
          fc.constant({ type: 's', xml: null }),
        ),
      }),
    ),
  ),
)
const rows = fc.array(
  fc.record({
    // Mostly ascending; a row that is written late or twice, or has no number, is not what the fast way knows.
    step: fc.constantFrom(1, 1, 1, 1, 1, 2, 100, 0, -1, null),
    attributes: fc.constantFrom('', '', ' spans="1:7" x14ac:dyDescent="0.25"', ' a=">"', " r='x'"),
    end: fc.constantFrom('></row>', '></row>', '>\n</row>', '/>'),
    cells: fc.oneof<fc.WeightedArbitrary<WrittenCell[]>[]>(
      { arbitrary: tameCells, weight: 9 },
      { arbitrary: cells, weight: 1 },
    ),
  }),
  { maxLength: 6 },
)

test('plain rows are read just as the cell reader and the scanner read them', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(rows, async (written) => {
      let number = 1
      let xml = ''
      for (const { step, attributes, end, cells } of written) {
        const at = number
        const inner = end === '/>' ? '' : cells.map((cell) => cellXml(cell, at)).join('')
        xml += `<row${step === null ? '' : ` r="${number}"`}${attributes}${end.replace('>', `>${inner}`).replace(`/>${inner}`, '/>')}`
        number = Math.max(0, number + (step ?? 1))
      }
      const read = await readSheet(xml)
      if (read.length > 2 && typeof read !== 'string') found++
      // Two spaces behind the name are not what the fast way knows.
      expect(read).toEqual(await readSheet(xml.replaceAll('<c r', '<c  r').replaceAll('<row r', '<row  r')))
    }),
    { numRuns: 3000 },
  )
  expect(found).toBeGreaterThan(300)
})

test('a limit that rows break together names the row at which they did', async () => {
  const xml = Array.from(
    { length: 10 },
    (_, i) => `<row r="${i + 1}"><c r="A${i + 1}" t="s"><v>2</v></c></row>`,
  )
  // Nine characters each, of 60.
  expect(await readSheet(xml.join(''))).toContain('row 7: up to here')
})

test('what most programs write is read without the cell reader', async () => {
  const order = new RowOrder('Prices')
  const limits = { rowCharactersMax: 100, sharedCharactersMax: 100 }
  const plain = new PlainRows(await context(), order, limits)
  const xml =
    '<c r="A1" t="s"><v>2</v></c><c r="C1" s="2"><v>12.5</v></c><c r="D1" s="1"/><c r="E1" t="inlineStr"><is><t>a&amp;ö</t></is></c>' +
    '<c r="F1" s="1" t="n"><v>45000</v></c><c r="G1" t="str"><v>x</v></c></row><row r="3" spans="1:7"><c r="B3"><v>7</v></c></row></sheetData>'
  const row = new OpenRow()
  row.begin(0)
  const bytes = Buffer.from(xml + padding)
  const at = plain.read(bytes, 0, row)
  expect(bytes.toString('utf8', at, at + 12)).toBe('</row></shee')
  expect(row).toMatchObject({ index: 2, column: 1, characters: 0 })
  expect(plain.sharedCharacters).toBe(9)
  row.finish(order)
  expect(order.takeRest()).toEqual([
    { index: 0, cells: ['Größe & €', '', 12.5, '', 'a&ö', '2023-03-15', 'x'] },
    { index: 2, cells: ['', 7] },
  ])
})
