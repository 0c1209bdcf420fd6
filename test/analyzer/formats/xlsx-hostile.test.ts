import { describe, expect, test } from 'bun:test'
import { defaultReadLimits, type ReadLimits } from '../../../src/analyzer/formats/format.ts'
import { readableFormats } from '../../../src/analyzer/formats/readable.ts'
import { xlsx } from '../../../src/analyzer/formats/xlsx.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import {
  makeWorkbook,
  type WorkbookOptions,
  type WorkbookSheet,
  workbookEntries,
} from '../../helpers/workbook.ts'
import { makeZip } from '../../helpers/zip.ts'

const doctype = '<!DOCTYPE a [<!ENTITY lol "lol"><!ENTITY lots "&lol;&lol;&lol;">]>'

describe('a workbook is refused', () => {
  const cases: [string, string, WorkbookSheet[], WorkbookOptions?][] = [
    ['xml_doctype', 'with a document type in a sheet', [{ xml: `${doctype}<worksheet/>` }]],
    ['xml_doctype', 'with a document type within a sheet', [{ data: `<row>${doctype}</row>` }]],
    ['xml_doctype', 'with an entity within a cell', [{ data: `<row><c><v>1</v><!ENTITY a "b"></c></row>` }]],
    [
      'xml_doctype',
      'with a document type in its shared strings',
      ...withPart('sharedStrings', `${doctype}<sst/>`),
    ],
    ['xml_doctype', 'with a document type in its styles', ...withPart('styles', `${doctype}<styleSheet/>`)],
    [
      'xml_doctype',
      'with a document type in its main part',
      ...withPart('workbook', `${doctype}<workbook/>`),
    ],
    ['damaged_workbook', 'with a main part that is no XML', ...withPart('workbook', '<workbook')],
    ['damaged_workbook', 'with another main part', ...withPart('workbook', '<html></html>')],
    ['damaged_workbook', 'with shared strings that end early', ...withPart('sharedStrings', '<sst><si><t>a')],
    ['damaged_workbook', 'with a text it does not have', [{ data: '<row><c t="s"><v>0</v></c></row>' }]],
    ['damaged_workbook', 'with half a text number', [{ data: '<row><c t="s"><v>0.5</v></c></row>' }]],
    [
      'damaged_workbook',
      'with a sheet that ends early',
      [{ xml: '<worksheet><sheetData><row><c><v>1</v></c>' }],
    ],
    ['damaged_workbook', 'with a sheet that is another thing', [{ xml: '<html><body/></html>' }]],
    ['damaged_workbook', 'with text before a sheet', [{ xml: 'foo <worksheet/>' }]],
    ['damaged_workbook', 'with an empty sheet part', [{ xml: '\n' }]],
    ['damaged_workbook', 'with rows within rows', [{ data: '<row r="1"><row r="2"></row></row>' }]],
    ['damaged_workbook', 'with a row number that is none', [{ data: '<row r="x"/>' }]],
    ['damaged_workbook', 'with a row zero', [{ data: '<row r="0"/>' }]],
    ['damaged_workbook', 'with attributes without quotes', [{ data: '<row><c r=A1><v>1</v></c></row>' }]],
    [
      'damaged_workbook',
      'without the part of a sheet',
      [{}],
      { parts: { 'xl/worksheets/sheet1.xml': null } },
    ],
    ['damaged_workbook', 'without its main part', [{}], { parts: { 'xl/workbook.xml': null } }],
    ['too_many_rows', 'with a row beyond the last', [{ data: '<row r="1048577"/>' }]],
    ['too_many_rows', 'with a row far beyond the last', [{ data: '<row r="99999999999999"/>' }]],
    ['too_many_columns', 'with a column beyond the last', [{ data: '<row><c r="XFE1"><v>1</v></c></row>' }]],
    [
      'too_many_columns',
      'with a blank column beyond all',
      [{ data: `<row><c r="${'Z'.repeat(99)}1"/></row>` }],
    ],
    ['too_many_columns', 'with too many nameless cells', [{ data: `<row>${'<c/>'.repeat(16_385)}</row>` }]],
    ['damaged_workbook', 'with attributes without values', [{ data: '<row><c r><v>1</v></c></row>' }]],
    [
      'unknown_encoding',
      'in an encoding that does not exist',
      [{ xml: '<?xml version="1.0" encoding="klingon"?><worksheet/>' }],
    ],
  ]
  for (const [code, name, sheets, options] of cases) {
    test(name, async () => {
      expect((await refusal(makeWorkbook(sheets, options))).code).toBe(code)
    })
  }

  test('with the place where its sheet stops making sense', async () => {
    const data = '<row r="7"><c><v>1</v></c></row><row r="8"><c r=A8/></row>'
    const { message } = await refusal(makeWorkbook([{ name: 'Prices', data }]))
    expect(message).toStartWith('Sheet "Prices", row 8: the part xl/worksheets/sheet1.xml is not')
  })

  test('when two sheets share a part', async () => {
    const archive = makeWorkbook([{}, {}], {
      parts: {
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="rId1" Type="/worksheet" Target="a.xml"/><Relationship Id="rId2" Type="/worksheet" Target="a.xml"/></Relationships>',
        'xl/a.xml': '<worksheet/>',
      },
    })
    expect((await refusal(archive)).code).toBe('damaged_workbook')
  })

  test('when it is encrypted', async () => {
    const entries = workbookEntries([{}]).map((entry) => ({ ...entry, flags: 1 }))
    expect((await refusal(makeZip(entries))).code).toBe('encrypted_workbook')
  })

  test('wherever it is cut', async () => {
    const archive = makeWorkbook([{ rows: [['a', 1]] }])
    for (let size = 0; size < archive.length; size += 13) {
      expect((await refusal(archive.subarray(0, size))).code).toBe('damaged_workbook')
    }
  })

  test('or read without harm, whichever byte is wrong', async () => {
    const archive = makeWorkbook(
      [
        {
          rows: [
            ['a', 1.5],
            ['b', 2],
          ],
        },
      ],
      { method: 'stored' },
    )
    for (let at = 0; at < archive.length; at += 3) {
      const broken = Buffer.from(archive)
      broken[at]! ^= 0x55
      const error = await outcome(broken)
      if (error !== null) expect(error).toBeInstanceOf(InvalidError)
    }
  })
})

describe('a cell that is too long names its place', () => {
  const long = 'x'.repeat(10_000_000)
  const place = /^Sheet "Prices", row 3 has a cell of more than 1000000 characters/
  const rows = [['a'], ['b'], [long]]
  test('as shared text', async () => {
    await expectPlace(makeWorkbook([{ name: 'Prices', rows }]))
  })
  test('as inline text', async () => {
    await expectPlace(makeWorkbook([{ name: 'Prices', rows }], { strings: 'inline' }))
  })
  test('as a text so long that it never ends', async () => {
    const endless = [['a'], ['b'], ['ab'.repeat(15_000_000)]]
    await expectPlace(makeWorkbook([{ name: 'Prices', rows: endless }], { method: 'stored' }))
    await expectPlace(
      makeWorkbook([{ name: 'Prices', rows: endless }], { strings: 'inline', method: 'stored' }),
    )
  })

  async function expectPlace(archive: Buffer): Promise<void> {
    const error = await refusal(archive)
    expect(error.code).toBe('cell_too_long')
    expect(error.message).toMatch(place)
  }
})

describe('a workbook that unpacks to more than it may is stopped', () => {
  test('by size', async () => {
    const archive = makeWorkbook([{ data: '<row><c><v>1</v></c></row>'.repeat(100_000) }])
    expect((await refusal(archive, { unpackedBytesMax: 1_000_000 })).code).toBe('zip_bomb')
  })

  test('by ratio', async () => {
    const data = `<row r="1"/>${' '.repeat(80_000_000)}`
    expect((await refusal(makeWorkbook([{ data }]))).code).toBe('zip_bomb')
  })

  test('when a few texts are repeated endlessly', async () => {
    const rows = [['x'.repeat(500_000)]]
    const data = '<row><c t="s"><v>0</v></c></row>'.repeat(100)
    const archive = makeWorkbook([{ rows }, { data }])
    const error = await refusal(archive, { unpackedBytesMax: 20_000_000 }, 1)
    expect(error.code).toBe('zip_bomb')
  })

  test('when a row is too long', async () => {
    const rows = [Array.from({ length: 20 }, () => 'x'.repeat(900_000))]
    expect((await refusal(makeWorkbook([{ rows }]))).code).toBe('row_too_long')
  })
})

describe('an archive of another kind is named', () => {
  const cases: [string, Record<string, string>][] = [
    ['an OpenDocument spreadsheet (ODS)', { mimetype: 'application/vnd.oasis.opendocument.spreadsheet' }],
    ['an OpenDocument text (ODT)', { mimetype: 'application/vnd.oasis.opendocument.text' }],
    ['a Word document (DOCX)', { '[Content_Types].xml': '<Types/>', 'word/document.xml': '' }],
    ['a PowerPoint presentation (PPTX)', { '[Content_Types].xml': '<Types/>', 'ppt/presentation.xml': '' }],
    ['an e-book (EPUB)', { mimetype: 'application/epub+zip' }],
    ['a document of the type image/x', { mimetype: 'image/x' }],
    ['a Java archive (JAR)', { 'META-INF/MANIFEST.MF': '', 'Main.class': '' }],
    ['an Apple Numbers or Pages document', { 'Index/Document.iwa': '' }],
    ['a ZIP archive (with a.csv, b.csv)', { 'a.csv': '', 'b.csv': '' }],
    ['an empty ZIP archive', {}],
  ]
  for (const [kind, parts] of cases) {
    test(kind, async () => {
      const archive = makeZip(Object.entries(parts).map(([name, content]) => ({ name, content })))
      expect(xlsx.detect(archive)).toBe(true)
      const error = await refusal(archive)
      expect(error.code).toBe('unsupported_format')
      expect(error.message).toStartWith(`The file is ${kind}. ${readableFormats('and')} are read; `)
    })
  }
})

/** A workbook with one sheet and a part of its own under xl/. */
function withPart(name: string, xml: string): [WorkbookSheet[], WorkbookOptions] {
  return [[{ rows: [['a']] }], { parts: { [`xl/${name}.xml`]: xml } }]
}

async function refusal(
  archive: Uint8Array,
  limits: Partial<ReadLimits> = {},
  sheet = 0,
): Promise<InvalidError> {
  const error = await outcome(archive, limits, sheet)
  if (!(error instanceof InvalidError)) throw new Error('The workbook was read.', { cause: error })
  return error
}

/** What opening and reading a sheet throws, or null. */
async function outcome(archive: Uint8Array, limits: Partial<ReadLimits> = {}, sheet = 0): Promise<unknown> {
  await using directory = await temporaryDirectory()
  const path = directory.file('list.xlsx')
  await Bun.write(path, archive)
  try {
    const file = await xlsx.open(path, {
      limits: { ...defaultReadLimits, ...limits },
      encoding: null,
      delimiter: null,
    })
    try {
      if (file.sheets.length > 0) for await (const _ of file.rows(sheet));
    } finally {
      file.close()
    }
    return null
  } catch (error) {
    return error
  }
}
