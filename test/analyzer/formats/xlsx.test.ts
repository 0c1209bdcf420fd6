import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import fc from 'fast-check'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { xlsx } from '../../../src/analyzer/formats/xlsx.ts'
import type { Cell, Row } from '../../../src/analyzer/table/rows/row.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import {
  makeWorkbook,
  type WorkbookCell,
  type WorkbookOptions,
  type WorkbookSheet,
} from '../../helpers/workbook.ts'

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

test('texts, numbers and booleans come back as they were', async () => {
  const head = ['SKU', 'Preis', 'Größe & Höhe <cm>']
  const line = ['007', 12.5, '🍣']
  const rows = [head, line, [true, false, '-0.1']]
  for (const strings of ['shared', 'inline'] as const) {
    for (const method of ['stored', 'deflated'] as const) {
      const expected = [head, line, ['TRUE', 'FALSE', '-0.1']]
      expect(await cellsOf([{ rows }], { strings, method })).toEqual(expected)
    }
  }
})

test('any text and number survives', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => value !== '')
  // XML has no minus zero: it is written as 0.
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
  const rows = fc.array(fc.array(fc.oneof(text, number), { minLength: 1, maxLength: 6 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('shared' as const, 'inline' as const), async (values, strings) => {
      expect(await cellsOf([{ rows: values }], { strings })).toEqual(values)
    }),
    { numRuns: 60 },
  )
})

test('a number is the double that JavaScript reads from its digits', async () => {
  const digits = fc.tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^\d{1,18}(\.\d{0,18})?(E[+-]?\d{1,2})?$/),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(digits, { minLength: 200, maxLength: 200 }), async (list) => {
      const data = list.map(([sign, text]) => `<row><c><v>${sign}${text}</v></c></row>`).join('')
      expect(await cellsOf([{ data }])).toEqual(list.map(([sign, text]) => [Number(sign + text)]))
    }),
    { numRuns: 10 },
  )
})

describe('a cell', () => {
  const cases: [string, string, Cell][] = [
    ['with a formula gives the value that was kept', '<c><f>A2*2</f><v>5</v></c>', 5],
    ['with a formula and no value is blank', '<c><f>A2*2</f></c>', ''],
    ['with a formula and an empty value is blank', '<c t="str"><f>A2</f><v></v></c>', ''],
    ['with a shared formula gives its value', '<c><f t="shared" si="0"/><v>7</v></c>', 7],
    ['with a formula of text gives the text', '<c t="str"><f>A2</f><v>a &amp; b</v></c>', 'a & b'],
    ['with an error gives its name', '<c t="e"><v>#DIV/0!</v></c>', '#DIV/0!'],
    ['with a date gives the date', '<c t="d"><v>2025-12-01T00:00:00</v></c>', '2025-12-01'],
    ['in single quotes is read', "<c t='str'><v>x</v></c>", 'x'],
    ['with spaces around its marks is read', '<c  t = "str" ><v >x</v ></c >', 'x'],
    ['with a comment inside is read', '<c><!-- <v>1</v> --><v>2</v></c>', 2],
    ['with a value in CDATA is read', '<c t="str"><v><![CDATA[a<b&amp;]]></v></c>', 'a<b&amp;'],
    ['with a number in CDATA is read', '<c><v><![CDATA[12.5]]></v></c>', 12.5],
    ['with an empty value is blank', '<c><v/></c>', ''],
    ['with a number in spaces is a number', '<c><v> 12.50\n</v></c>', 12.5],
    ['with text where a number should be keeps the text', '<c><v>12,50</v></c>', '12,50'],
    ['with a number beyond all numbers keeps its text', '<c><v>1e999</v></c>', '1e999'],
    ['with a hexadecimal text keeps it', '<c><v>0x10</v></c>', '0x10'],
    ['with many digits is the nearest number', '<c><v>0.10000000000000001</v></c>', 0.1],
    ['with an exponent is a number', '<c><v>1.2E-3</v></c>', 0.0012],
    ['of an unknown type is read as a number', '<c t="new"><v>3</v></c>', 3],
    [
      'with runs of rich text joins them',
      '<c t="inlineStr"><is><r><rPr><b/></rPr><t>a </t></r><r><t>b</t></r></is></c>',
      'a b',
    ],
    [
      'with a phonetic reading leaves it out',
      '<c t="inlineStr"><is><t>漢字</t><rPh sb="0" eb="2"><t>かんじ</t></rPh></is></c>',
      '漢字',
    ],
    ['keeps spaces', '<c t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', ' a '],
    ['decodes escapes', '<c t="str"><v>a_x000D_b_x005F_x000D_c_xyz_</v></c>', 'a\rb_x000D_c_xyz_'],
    ['joins a surrogate pair of escapes', '<c t="str"><v>_xD83C__xDF63_</v></c>', '🍣'],
    ['replaces half a surrogate pair', '<c t="str"><v>a_xD83C_</v></c>', 'a\ufffd'],
    ['decodes references', '<c t="str"><v>&#228;&#xE4;&lt;&quot;&apos;&#13;</v></c>', 'ää<"\'\r'],
    ['leaves unknown entities as they are', '<c t="str"><v>&nbsp;&#1114112;</v></c>', '&nbsp;\ufffd'],
    ['has line feeds only', '<c t="str"><v>a\r\nb\rc</v></c>', 'a\nb\nc'],
    ['keeps inline text without a type', '<c><is><t>x</t></is></c>', 'x'],
    ['keeps the value of inline text without text', '<c t="inlineStr"><v>x</v></c>', 'x'],
  ]
  for (const [name, xml, expected] of cases) {
    test(name, async () => {
      const rows = await cellsOf([{ data: `<row r="1">${xml}<c><v>1</v></c></row>` }])
      expect(rows).toEqual([[expected, 1]])
    })
  }
})

describe('number formats', () => {
  const cases: [string, string | number, number, Cell][] = [
    ['of zeros pad', '00000', 123, '00123'],
    ['of zeros pad what is below zero', '000', -7, '-007'],
    ['of zeros leave fractions alone', '000', 1.5, 1.5],
    ['of zeros leave what is too long for a code', '00000', 1e20, 1e20],
    ['of one zero change nothing', '0', 5, 5],
    ['of percent change nothing', 9, 0.25, 0.25],
    ['of text change nothing', '@', 12, 12],
    ['of dates give dates', 14, 45_992, '2025-12-01'],
    ['of dates with time give both', 'dd.mm.yyyy hh:mm', 45_992.5, '2025-12-01T12:00:00'],
    ['of times give times', 'h:mm', 0.5, '12:00:00'],
    ['of dates leave impossible dates alone', 14, -5, -5],
    ['are not those of differential styles', '#,##0.00', 2025, 2025],
  ]
  for (const [name, format, value, expected] of cases) {
    test(name, async () => {
      const rows: WorkbookCell[][] = [[{ value, style: 1 }, value]]
      expect(await cellsOf([{ rows }], { numberFormats: [format] })).toEqual([[expected, value]])
    })
  }

  test('of 1904 workbooks count from there', async () => {
    const rows = [[{ value: 44_530, style: 1 }]]
    expect(await cellsOf([{ rows }], { numberFormats: [14], is1904: true })).toEqual([['2025-12-01']])
  })

  test('that are missing leave numbers alone', async () => {
    const rows = [[{ value: 44_530, style: 9 }]]
    expect(await cellsOf([{ rows }], { parts: { 'xl/styles.xml': null } })).toEqual([[44_530]])
  })
})

describe('rows and cells', () => {
  const cases: [string, string, Row[]][] = [
    [
      'without numbers count up',
      '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>',
      [row(0, 1, 2), row(4, '', '', 3, 4), row(5, 5)],
    ],
    ['without numbers are where their cells say', '<row><c r="B7"><v>1</v></c></row>', [row(6, '', 1)]],
    [
      'that stand far apart cost nothing between them',
      '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
      [row(0, 1), { index: 1_048_575, cells: [...new Array<string>(16_383).fill(''), 2] }],
    ],
    [
      'out of order are put in order',
      '<row r="3"><c r="B3"><v>2</v></c><c r="A3"><v>1</v></c></row><row r="1"><c r="A1"><v>0</v></c></row>',
      [row(0, 0), row(2, 1, 2)],
    ],
    [
      'that repeat count as written last',
      '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>3</v></c></row><row r="2"><c r="A2"><v>4</v></c></row>',
      [row(0, 2), row(1, 4)],
    ],
    [
      'that are blank at the end count as absent',
      '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"/><c r="C1" t="str"><v></v></c></row><row r="2"><c r="A2"/></row><row r="3"/>',
      [row(0, 1)],
    ],
    ['in small letters are read', '<row r="1"><c r="b1"><v>1</v></c></row>', [row(0, '', 1)]],
    [
      'among other things are read',
      '<!-- <row r="9"> --><row r="1" spans="1:2" x:r="8" ht="15>"><c r="A1"><v>1</v></c><extLst><ext uri="c"/></extLst></row>',
      [row(0, 1)],
    ],
  ]
  for (const [name, data, expected] of cases) {
    test(name, async () => {
      expect(await rowsOf([{ data }])).toEqual(expected)
    })
  }

  test('come in batches, in order, across every boundary', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => [index])
    await using workbook = await openWorkbook([{ rows }])
    let next = 0
    let batchCount = 0
    for await (const batch of workbook.file.rows(0)) {
      batchCount++
      expect(batch.length).toBeLessThanOrEqual(2048)
      for (const { index, cells } of batch) expect([index, cells[0]]).toEqual([next, next++])
    }
    expect(next).toBe(5000)
    expect(batchCount).toBeGreaterThan(2)
  })

  test('can be read again, and from several sheets', async () => {
    await using workbook = await openWorkbook([{ rows: [['a']] }, { rows: [['b']] }])
    const { file } = workbook
    for (let time = 0; time < 2; time++) {
      expect(await collect(file.rows(1))).toEqual([row(0, 'b')])
      expect(file.bytesRead()).toBeGreaterThan(0)
      expect(await collect(file.rows(0))).toEqual([row(0, 'a')])
    }
    expect(() => file.rows(2)).toThrow(RangeError)
  })
})

describe('a workbook', () => {
  test('lists its worksheets in order, hidden ones too, and no charts', async () => {
    const sheets: WorkbookSheet[] = [
      { name: 'Prices & more', rows: [['a']] },
      { name: '__proto__', state: 'hidden', rows: [['constructor', '__proto__']] },
      { name: 'Chart', rows: [['none']] },
      { name: 'Notes', state: 'veryHidden' },
    ]
    const list = sheets.map((_, index) => {
      const type = index === 2 ? 'chartsheet' : 'worksheet'
      return `<Relationship Id="rId${index + 1}" Type="${relationships}/${type}" Target="worksheets/sheet${index + 1}.xml"/>`
    })
    await using workbook = await openWorkbook(sheets, {
      strings: 'inline',
      parts: { 'xl/_rels/workbook.xml.rels': `<Relationships>${list.join('')}</Relationships>` },
    })
    expect(workbook.file.sheets).toEqual([
      { index: 0, name: 'Prices & more', isHidden: false },
      { index: 1, name: '__proto__', isHidden: true },
      { index: 2, name: 'Notes', isHidden: true },
    ])
    expect(await collect(workbook.file.rows(1))).toEqual([row(0, 'constructor', '__proto__')])
    expect(await collect(workbook.file.rows(2))).toEqual([])
  })

  test('in the strict dialect, with prefixes, single quotes and paths of its own is read', async () => {
    const strict = 'http://purl.oclc.org/ooxml/officeDocument/relationships'
    const parts = {
      '_rels/.rels': `<p:Relationships xmlns:p="x"><p:Relationship Id='a' Type='${strict}/officeDocument' Target='/Book%201/main.xml'/></p:Relationships>`,
      'xl/workbook.xml': null,
      'Book 1/main.xml': `<?xml version='1.0'?><!-- <sheet/> --><x:workbook xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main' xmlns:rel='${strict}'><x:workbookPr date1904='true'/><x:sheets><x:sheet name='A &gt; B' sheetId='1' rel:id='s'/></x:sheets></x:workbook>`,
      'book 1/_rels/main.xml.rels': `<Relationships><Relationship Id='s' Type='${strict}/worksheet' Target='..\\data\\S.xml'/><Relationship Id='t' Type='${strict}/sharedStrings' Target='/t.xml'/><Relationship Id='f' Type='${strict}/styles' Target='./f.xml'/></Relationships>`,
      'DATA/s.XML': `<x:worksheet xmlns:x='m'><x:sheetData><x:row r='2'><x:c r='B2' t='s'><x:v>1</x:v></x:c><x:c r='C2' s='1'><x:v>0</x:v></x:c><x:c t='inlineStr'><x:is><x:t>in</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
      't.xml': `<x:sst xmlns:x='m'><x:si/><x:si><x:r><x:t>a&amp;</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh><x:r><x:t>b</x:t></x:r></x:si></x:sst>`,
      'Book 1/f.xml': `<x:styleSheet xmlns:x='m'><x:cellXfs><x:xf numFmtId='0'/><x:xf numFmtId='14'/></x:cellXfs></x:styleSheet>`,
    }
    expect(await rowsOf([], { parts })).toEqual([row(1, '', 'a&b', '1904-01-01', 'in')])
  })

  test('in UTF-16 is read', async () => {
    const xml = `<?xml version="1.0" encoding="UTF-16"?><worksheet ${main}><sheetData><row><c t="str"><v>Größe 🍣</v></c></row></sheetData></worksheet>`
    const little = Buffer.from(`\ufeff${xml}`, 'utf16le')
    for (const part of [little, Buffer.from(little).swap16(), little.subarray(2)]) {
      expect(await cellsOf([{}], { parts: { 'xl/worksheets/sheet1.xml': part } })).toEqual([['Größe 🍣']])
    }
  })

  test('with a byte order mark or another declared encoding is read', async () => {
    const xml = (encoding: string) =>
      `<?xml version="1.0" encoding="${encoding}"?><worksheet><sheetData><row><c t="str"><v>Größe</v></c></row></sheetData></worksheet>`
    const parts = [Buffer.from(`\ufeff${xml('utf-8')}`), Buffer.from(xml('windows-1252'), 'latin1')]
    for (const part of parts) {
      expect(await cellsOf([{}], { parts: { 'xl/worksheets/sheet1.xml': part } })).toEqual([['Größe']])
    }
  })

  test('without any sheet or row is empty', async () => {
    await using empty = await openWorkbook([])
    expect(empty.file.sheets).toEqual([])
    const namespace = `<worksheet ${main}`
    for (const xml of [
      `${namespace}/>`,
      `${namespace}><sheetData/></worksheet>`,
      `${namespace}></worksheet>`,
    ]) {
      expect(await rowsOf([{ xml }])).toEqual([])
    }
  })

  test('is recognised by content', async () => {
    const archive = makeWorkbook([{ rows: [['a']] }])
    expect(xlsx.detect(archive)).toBe(true)
    expect(xlsx.detect(Buffer.concat([Buffer.from('junk before '), archive]))).toBe(true)
    const legacy = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), archive])
    expect(xlsx.detect(legacy)).toBe(false)
    for (const text of ['', 'PK', 'SKU;Price\n1;2', 'Kit PK\x03\x04;12']) {
      expect(xlsx.detect(Buffer.from(text))).toBe(false)
    }
  })
})

describe('golden sheets', () => {
  const folder = `${import.meta.dir}/../../golden/xlsx`
  for (const name of new Glob('*.xml').scanSync(folder)) {
    test(name, async () => {
      const xml = await Bun.file(`${folder}/${name}`).text()
      const rows = await rowsOf([{ xml }], { numberFormats: [14, '0.00', '00000', 'DD/MM/YYYY\\ HH:MM'] })
      const golden = `${folder}/${name.replace(/xml$/, 'json')}`
      if (process.env.UPDATE_GOLDEN) {
        const lines = rows.map(({ index, cells }) => `  ${JSON.stringify({ index, cells })}`)
        await Bun.write(golden, `[\n${lines.join(',\n')}\n]\n`)
      }
      expect(rows).toEqual(await Bun.file(golden).json())
    })
  }
})

function row(index: number, ...cells: Cell[]): Row {
  return { index, cells }
}

async function openWorkbook(sheets: WorkbookSheet[], options?: WorkbookOptions) {
  const directory = await temporaryDirectory()
  const path = directory.file('list.xlsx')
  await Bun.write(path, makeWorkbook(sheets, options))
  const file = await xlsx.open(path, { limits: defaultReadLimits, encoding: null, delimiter: null })
  return {
    file,
    async [Symbol.asyncDispose]() {
      file.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

async function rowsOf(sheets: WorkbookSheet[], options?: WorkbookOptions): Promise<Row[]> {
  await using workbook = await openWorkbook(sheets, options)
  return await collect(workbook.file.rows(0))
}

async function cellsOf(sheets: WorkbookSheet[], options?: WorkbookOptions): Promise<Cell[][]> {
  return (await rowsOf(sheets, options)).map(({ cells }) => cells)
}

async function collect(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  return (await Array.fromAsync(batches)).flat()
}
