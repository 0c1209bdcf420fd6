import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { excelXmlFormat } from '../../../src/analyzer/formats/excel-xml.ts'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { readRefusal, readSheets } from '../../helpers/read-sheets.ts'
import { escapeXml, makeWorkbook } from '../../helpers/workbook.ts'

type Value = string | number | boolean | null

const workbook = (sheets: string, before = '') => `<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:html="http://www.w3.org/TR/REC-html40">${before}${sheets}</Workbook>`
const sheet = (data: string, name = 'Sheet1', options = '') =>
  `<Worksheet ss:Name="${escapeXml(name)}"><Table ss:ExpandedColumnCount="5">${data}</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">${options}</WorksheetOptions></Worksheet>`
const row = (cells: string, attributes = '') => `<Row ${attributes}>${cells}</Row>`
const cell = (text: string, type = 'String', attributes = '') =>
  `<Cell ${attributes}><Data ss:Type="${type}">${text}</Data></Cell>`

async function rowsOf(data: string, before = ''): Promise<[number, Cell[]][]> {
  const { format, sheets } = await readSheets(workbook(sheet(data), before))
  expect(format).toBe('excel-xml')
  return sheets[0]!.rows
}

function dataOf(rows: Value[][]): string {
  const cells = (values: Value[]) =>
    values.map((value, column) => {
      if (value === null) return ''
      const type = typeof value === 'number' ? 'Number' : typeof value === 'boolean' ? 'Boolean' : 'String'
      const text = typeof value === 'boolean' ? Number(value) : escapeXml(String(value))
      return cell(String(text), type, `ss:Index="${column + 1}"`)
    })
  return rows.map((values) => row(cells(values).join(''))).join('')
}

test('a sheet has the rows that the same list has as XLSX', async () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .map((value) => value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, 'x'))
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
  const value = fc.oneof(fc.constantFrom(null, '007', ' two  blanks ', 'a\nb', true, false), text, number)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 10 }), async (rows) => {
      const found = await readSheets(workbook(sheet(dataOf(rows))))
      const same = await readSheets(makeWorkbook([{ name: 'Sheet1', rows }]))
      expect(found.sheets).toEqual(same.sheets)
    }),
    { numRuns: 150 },
  )
})

describe('a cell', () => {
  const styles = `<Styles><Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style><Style ss:ID="d"><NumberFormat ss:Format="yyyy\\-mm\\-dd"/></Style>
    <Style ss:ID="below" ss:Parent="z"/></Styles>`
  const cases: [string, string, Cell][] = [
    ['with a number', cell('12.5', 'Number'), 12.5],
    ['with an exponent', cell('1.5E-2', 'Number'), 0.015],
    ['with a truth', cell('1', 'Boolean'), 'TRUE'],
    ['with an error', cell('#N/A', 'Error'), '#N/A'],
    ['with a date', cell('2026-11-22T00:00:00.000', 'DateTime'), '2026-11-22'],
    ['with date and time', cell('2026-11-22T08:30:00.000', 'DateTime'), '2026-11-22T08:30:00'],
    ['with a time', cell('1899-12-31T08:24:00.000', 'DateTime'), '08:24:00'],
    ['with zeros by its style', cell('123', 'Number', 'ss:StyleID="z"'), '00123'],
    ['with zeros by a style above', cell('123', 'Number', 'ss:StyleID="below"'), '00123'],
    ['with a date as a number', cell('45992', 'Number', 'ss:StyleID="d"'), '2025-12-01'],
    ['with a word where a number should be', cell('many', 'Number'), 'many'],
    ['with rich text', cell('a<html:B>b<html:I>c</html:I></html:B>d'), 'abcd'],
    [
      'with a comment',
      '<Cell><Data ss:Type="String">x</Data><Comment><ss:Data>note</ss:Data></Comment></Cell>',
      'x',
    ],
    ['with line breaks', cell('a&#10;b'), 'a\nb'],
    ['without a type', '<Cell><Data>x</Data></Cell>', 'x'],
  ]
  test.each(cases)('%s', async (_, xml, value) => {
    expect(await rowsOf(row(xml), styles)).toEqual([[0, [value]]])
  })

  test('takes its style from its row or its column', async () => {
    const data = `<Column ss:Index="2" ss:StyleID="z" ss:Span="1"/>${row(cell('7', 'Number').repeat(3))}${row(cell('7', 'Number'), 'ss:StyleID="z"')}`
    expect(await rowsOf(data, styles)).toEqual([
      [0, [7, '00007', '00007']],
      [1, ['00007']],
    ])
  })
})

test('rows and cells stand where they say', async () => {
  const data = [
    row(cell('a') + cell('c', 'String', 'ss:Index="3"')),
    row(cell('m', 'String', 'ss:MergeAcross="2" ss:MergeDown="1"') + cell('n')),
    row(cell('x', 'String', 'ss:Index="4"'), 'ss:Index="10" ss:Span="4"'),
    row(cell('y')),
    row(''),
  ]
  expect(await rowsOf(data.join(''))).toEqual([
    [0, ['a', '', 'c']],
    [1, ['m', '', '', 'n']],
    [9, ['', '', '', 'x']],
    [14, ['y']],
  ])
})

test('sheets come with their names, hidden ones as such', async () => {
  const sheets = [
    sheet(row(cell('a')), 'A & B', '<Visible>SheetVisible</Visible>'),
    sheet(row(cell('b')), 'Secret', '<Visible>SheetHidden</Visible>'),
  ]
  const found = await readSheets(workbook(sheets.join('')))
  expect(found.sheets).toEqual([
    { name: 'A & B', isHidden: false, rows: [[0, ['a']]] },
    { name: 'Secret', isHidden: true, rows: [[0, ['b']]] },
  ])
})

test('a workbook may have prefixes everywhere, and is the same wherever it is cut', async () => {
  const content = workbook(sheet(row(cell('a &amp; b') + cell('1', 'Number')))).replace(
    /(<\/?)(Workbook|Worksheet|Table|Row|Cell|Data)\b/g,
    '$1ss:$2',
  )
  const whole = await readSheets(content)
  expect(whole.sheets[0]!.rows).toEqual([[0, ['a & b', 1]]])
  for (const chunkBytes of [1, 2, 3, 50])
    expect(await readSheets(content, { format: excelXmlFormat({ chunkBytes }) })).toEqual(whole)
})

describe('what is refused', () => {
  test.each([
    [
      'a bomb of entities',
      `<!DOCTYPE Workbook [<!ENTITY a "a">]>${workbook(sheet('')).slice(38)}`,
      'xml_doctype',
    ],
    ['a workbook that is cut off', workbook(sheet(row(cell('a')).repeat(5))).slice(0, -150), 'damaged_xml'],
    ['a workbook without sheets', workbook(''), 'damaged_workbook'],
    [
      'rows out of order',
      workbook(sheet(row(cell('a'), 'ss:Index="5"') + row(cell('a'), 'ss:Index="2"'))),
      'damaged_workbook',
    ],
    [
      'cells out of order',
      workbook(sheet(row(cell('a') + cell('b', 'String', 'ss:Index="1"')))),
      'damaged_workbook',
    ],
    ['a row beyond the last', workbook(sheet(row(cell('a'), 'ss:Index="2000000"'))), 'too_many_rows'],
    [
      'a cell beyond the last',
      workbook(sheet(row(cell('a', 'String', 'ss:Index="20000"')))),
      'too_many_columns',
    ],
    ['a cell without end', workbook(sheet(row(cell('x'.repeat(1_000_001))))), 'cell_too_long'],
  ])('%s', async (_, content, code) => {
    expect(await readRefusal(content)).toMatchObject({ code })
  })
})

test('bytes that are damaged give rows or a clear error', async () => {
  const bytes = Buffer.from(
    workbook(
      sheet(
        dataOf([
          ['SKU', 'Price'],
          ['A', 1],
          ['B', 2.5],
        ]),
      ),
    ),
  )
  const format = excelXmlFormat({ chunkBytes: 1000 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      async (changes) => {
        const changed = Buffer.from(bytes)
        for (const [at, value] of changes) changed[at] = value
        const outcome = await readSheets(changed, { format }).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InvalidError)
      },
    ),
    { numRuns: 200 },
  )
})
