import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultReadLimits } from '../../../../src/analyzer/formats/format.ts'
import type { CellContext } from '../../../../src/analyzer/formats/xlsx/cell-reader.ts'
import { readCellStyles } from '../../../../src/analyzer/formats/xlsx/cell-styles.ts'
import { PlainCells } from '../../../../src/analyzer/formats/xlsx/plain-cells.ts'
import { readSharedStrings } from '../../../../src/analyzer/formats/xlsx/read-shared-strings.ts'
import { sheetRows } from '../../../../src/analyzer/formats/xlsx/sheet-rows.ts'
import type { Cell, Row } from '../../../../src/analyzer/table/row.ts'
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
    return error.code
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
    column: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'Z', 'AA', 'AZ', 'XFD'),
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

test('plain cells are read just as the cell reader reads them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { maxLength: 4 }), async (rows) => {
      const xml = rows
        .map((row, i) => `<row r="${i + 1}">${row.map((cell) => cellXml(cell, i + 1)).join('')}</row>`)
        .join('')
      // Two spaces behind the name are not what the fast way knows.
      expect(await readSheet(xml)).toEqual(await readSheet(xml.replaceAll('<c r', '<c  r')))
    }),
    { numRuns: 2000 },
  )
})

test('what most programs write is read without the cell reader', async () => {
  const plain = new PlainCells(await context())
  const xml =
    '<c r="A1" t="s"><v>2</v></c><c r="C1" s="2"><v>12.5</v></c><c r="D1" s="1"/><c r="E1" t="inlineStr"><is><t>a&amp;ö</t></is></c>' +
    '<c r="F1" s="1" t="n"><v>45000</v></c><c r="G1" t="str"><v>x</v></c></row>'
  const row: Cell[] = []
  const bytes = Buffer.from(xml + padding)
  const at = plain.read(bytes, 0, row)
  expect(row).toEqual(['Größe & €', '', 12.5, '', 'a&ö', '2023-03-15', 'x'])
  expect(bytes.toString('utf8', at, at + 6)).toBe('</row>')
  expect(plain).toMatchObject({ column: 6, characters: 23, sharedCharacters: 9 })
})
