import { expect, test } from 'bun:test'
import { exitCodes } from '../../src/cli/command.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson, priceHeader, priceList, type TryJson } from '../helpers/lists.ts'
import { makeOds } from '../helpers/ods.ts'
import { refused } from '../helpers/refused.ts'
import { makeWorkbook, type WorkbookCell, workbookEntries } from '../helpers/workbook.ts'
import { makeZip } from '../helpers/zip.ts'

const workbookRows: WorkbookCell[][] = [priceHeader, ['A-1', 'Hammer', 12.5], ['A-2', 'Saw', 8]]
const workbook = makeWorkbook([{ name: 'Prices', rows: workbookRows }])
const binary = (start: string | Uint8Array) => Buffer.concat([Buffer.from(start), Buffer.alloc(600, 7)])
const hex = (text: string) => Buffer.from(text, 'hex')
const wideCells = (count: number, start: string[]) => [
  ...start,
  ...Array.from({ length: count - start.length }, (_, n) => `c${n}`),
]
const wideCsv = (count: number) =>
  csvOf(wideCells(count, priceHeader), ...['A-1', 'A-2'].map((sku) => wideCells(count, [sku, 'Saw', '1.50'])))
const wideWorkbook = (count: number) =>
  makeWorkbook(
    [
      {
        name: 'Prices',
        rows: [wideCells(count, priceHeader), wideCells(count, ['A-1', 'Saw', '1.50'])],
      },
    ],
    { strings: 'inline' },
  )

/** What a file is, its name, its content, and the error it deserves: the code and words of the message. */
const cases: [string, string, string | Uint8Array, string, string][] = [
  ['an empty file', 'list.csv', '', 'empty_file', 'The file is empty. Check the export'],
  ['an empty workbook file', 'list.xlsx', '', 'empty_file', 'The file is empty.'],
  ['white space alone', 'list.csv', ' \r\n\t\n   \n\n', 'empty_file', 'The file is empty.'],
  ['a byte order mark alone', 'list.csv', '\ufeff', 'empty_file', 'The file is empty.'],
  ['only a header', 'list.csv', csvOf(priceHeader), 'not_a_price_list', 'no rows below the header'],
  [
    'only a header in a workbook',
    'list.xlsx',
    makeWorkbook([{ name: 'Prices', rows: [priceHeader] }]),
    'not_a_price_list',
    'Sheet "Prices": There are no rows below the header',
  ],
  ['a workbook without rows', 'list.xlsx', makeWorkbook([{ rows: [] }]), 'not_a_price_list', 'Sheet1'],
  ['16,385 columns', 'list.csv', wideCsv(16_385), 'too_many_columns', 'Row 1 has more than 16384 columns'],
  [
    '16,385 columns in a workbook',
    'list.xlsx',
    wideWorkbook(16_385),
    'too_many_columns',
    'Sheet "Prices", row 1 has more than 16384 columns',
  ],
  [
    'a cell of 10 MB',
    'list.csv',
    csvOf(priceHeader, ['A-1', 'x'.repeat(10_000_000), '1.50']),
    'cell_too_long',
    'Row 2 has a cell of more than 1000000 characters in column 2',
  ],
  [
    'a quoted cell of 10 MB',
    'list.csv',
    csvOf(priceHeader, ['A-1', `"${`${'x'.repeat(99)}\n`.repeat(100_000)}"`, '1.50']),
    'not_a_price_list',
    '',
  ],
  [
    'a cell of 10 MB in a workbook',
    'list.xlsx',
    makeWorkbook([{ name: 'Prices', rows: [priceHeader, ['A-1', 'x'.repeat(10_000_000), 1]] }]),
    'cell_too_long',
    'Sheet "Prices", row 2 has a cell of more than 1000000 characters',
  ],
  ['NUL bytes instead of text', 'list.csv', new Uint8Array(5000), 'not_text', 'neither text nor a workbook'],
  ['random bytes', 'list.csv', randomBytes(5000), 'not_text', 'neither text nor a workbook'],
  [
    'a renamed ELF program',
    'list.csv',
    binary(hex('7f454c46020101')),
    'unsupported_format',
    'a program (ELF)',
  ],
  [
    'a renamed Windows program',
    'list.xlsx',
    binary('MZ\x90\0\x03'),
    'unsupported_format',
    'a Windows program',
  ],
  [
    'a shell script',
    'list.csv',
    '#!/bin/sh\nset -e; ls\nif true; then\n  exit\nfi\n',
    'not_a_price_list',
    '',
  ],
  ['a PDF document that was cut off', 'list.csv', '%PDF-1.7\n1 0 obj\n', 'damaged_pdf', 'ends too early'],
  ['a PNG image', 'list.csv', binary(hex('89504e470d0a1a0a')), 'unsupported_format', 'a PNG image'],
  [
    'a web page',
    'list.csv',
    '<!DOCTYPE html>\n<html><body>Please log in</body></html>',
    'unsupported_format',
    'a web page (HTML)',
  ],
  [
    'a JSON document that is cut off',
    'list.csv',
    '[{"sku":"A-1","price":1}',
    'truncated_json',
    'Fetch or save',
  ],
  [
    'an XML document',
    'list.csv',
    '<?xml version="1.0"?><a><b/></a>',
    'unsupported_format',
    'an XML document',
  ],
  [
    'an XLS workbook without its content',
    'list.xls',
    compoundFile('Workbook'),
    'damaged_workbook',
    'The workbook is damaged',
  ],
  [
    'an ODS workbook that goes on for ever',
    'list.ods',
    makeOds([
      {
        data: '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row>',
      },
    ]),
    'too_many_repeats',
    'Sheet "Sheet1", row 1 repeats filled cells',
  ],
  [
    'an XML bomb of entities',
    'list.xml',
    '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><c><item sku="A-1" price="1"/></c>',
    'xml_doctype',
    'document type declaration',
  ],
  [
    'an XML catalog that is cut off',
    'list.xml',
    '<c><item sku="A-1"><price>1</price></item><item sku="A-2"><price>2</pri',
    'damaged_xml',
    'within <price>',
  ],
  [
    'a login page with a table',
    'list.xls',
    '<html><form><table><tr><td>User<td><input name=u><tr><td>Password<td><input type=password></table></form></html>',
    'unsupported_format',
    'a web page (HTML)',
  ],
  [
    'an archive in an archive',
    'list.xlsx',
    makeZip([{ name: 'a.zip', content: makeZip([{ name: 'a.csv', content: 'x' }]) }]),
    'nested_archive',
    'Unpack it',
  ],
  [
    'an encrypted workbook',
    'list.xlsx',
    compoundFile('EncryptedPackage'),
    'encrypted_workbook',
    'protected with a password. Save it without one',
  ],
  [
    'a letter',
    'list.csv',
    'Dear Sir,\n\nplease find our list.\n',
    'not_a_price_list',
    'No column holds prices. No column names articles. If it is one, say which column is which',
  ],
]
for (const [what, name, content, code, words] of cases) {
  test(`${what} is refused, and the message says what it is and what to do`, async () => {
    await using program = await openProgram('sqlite')
    const error = await refused(program, await program.write(name, content))
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })
}

for (const engine of engines) {
  test(`on ${engine} a refused file leaves what is in the catalog as it is`, async () => {
    await using program = await openProgram(engine)
    await program.run('ingest', await program.write('list.csv', priceList(5)), '--supplier', 'Acme', '--full')
    const before = await program.catalog()
    const files: [string, string | Uint8Array][] = [
      ['empty.csv', ''],
      ['cut.xlsx', workbook.subarray(0, workbook.length - 200)],
      ['wide.csv', `${priceList(5)}${'x;'.repeat(20_000)}\n`],
      ['letter.csv', 'Dear Sir,\n\nplease find our list.\n'],
    ]
    for (const [name, content] of files) {
      const path = await program.write(name, content)
      const { code, json } = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', '--full')
      expect([name, code, json.status]).toEqual([name, 1, 'failed'])
    }
    expect(await program.catalog()).toEqual(before)
    expect(await program.leftovers()).toEqual([])
    const { json } = await program.json<{ imports: ImportJson[] }>('imports')
    expect(json.imports.map(({ file_name, error }) => [file_name, error?.message.split(':')[0]])).toEqual([
      ...files.toReversed().map(([name]) => [name, name]),
      ['list.csv', undefined],
    ])
  })
}

test('a workbook that was cut anywhere is refused', async () => {
  await using program = await openProgram('sqlite')
  for (const part of [0.02, 0.3, 0.6, 0.9, 0.999]) {
    const cut = workbook.subarray(0, Math.round(workbook.length * part))
    const error = await refused(program, await program.write('list.xlsx', cut))
    expect(error.code).toBe('damaged_workbook')
  }
})

test('a workbook that unpacks to far more than it weighs is refused', async () => {
  await using program = await openProgram('sqlite', { TALLYMAN_UNPACKED_BYTES_MAX: '20MB' })
  const row = '<row><c t="inlineStr"><is><t>A</t></is></c></row>'
  const bomb = makeWorkbook([{ name: 'Prices', data: row.repeat(600_000) }])
  expect(bomb.length).toBeLessThan(200_000)
  const error = await refused(program, await program.write('list.xlsx', bomb))
  expect(error.code).toBe('zip_bomb')
})

test('an archive with 60,000 entries ends quickly and clearly', async () => {
  await using program = await openProgram('sqlite')
  const surplus = Array.from({ length: 60_000 }, (_, n) => ({
    name: `x/${n}`,
    content: '',
    method: 'stored' as const,
  }))
  const archive = makeZip([...workbookEntries([{ rows: workbookRows }]), ...surplus])
  const error = await refused(program, await program.write('list.xlsx', archive))
  expect(error.message).toBe(
    'The archive holds 60007 files; a workbook has at most 10000. Save it anew, or export the list as CSV.',
  )
})

test('content decides, not the name: a workbook named .csv and a CSV named .xlsx are read', async () => {
  await using program = await openProgram('sqlite')
  for (const [name, content, format] of [
    ['list.csv', workbook, 'xlsx'],
    ['list.xlsx', priceList(2), 'csv'],
    ['list', priceList(2), 'csv'],
    ['list.exe', priceList(2), 'csv'],
  ] as const) {
    const { code, json } = await program.json<TryJson>('try', await program.write(name, content))
    expect([name, code, json.file.format, json.counts.accepted]).toEqual([name, 0, format, 2])
  }
})

test('16,384 columns are read, in CSV and in a workbook', async () => {
  await using program = await openProgram('sqlite')
  for (const [name, content, accepted] of [
    ['list.csv', wideCsv(16_384), 2],
    ['list.xlsx', wideWorkbook(16_384), 1],
  ] as const) {
    const { code, json } = await program.json<TryJson>('try', await program.write(name, content))
    expect([name, code, json.counts.accepted]).toEqual([name, 0, accepted])
  }
})

test('a table without a header is a guess: it is held, not published', async () => {
  await using program = await openProgram('sqlite')
  const lines = Array.from({ length: 20 }, (_, n) => [`A-${n}`, `Hammer ${n}`, `${n}.50`])
  for (const [name, content] of [
    ['list.csv', csvOf(...lines)],
    ['list.xlsx', makeWorkbook([{ rows: lines }])],
  ] as const) {
    const path = await program.write(name, content)
    expect((await program.json<TryJson>('try', path)).json).toMatchObject({
      verdict: 'review',
      counts: { read: 20, accepted: 20 },
    })
    const { code, json } = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme')
    expect([code, json.status]).toEqual([3, 'held'])
  }
})

test('an encoding that is not known, or not the file’s own, is said so', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    csvOf(priceHeader, ['A-1', 'Säge', '1.50'], ['A-2', 'Öl', '2.50']),
  )
  const unknown = await program.run('try', path, '--encoding', 'klingon')
  expect(unknown.code).toBe(exitCodes.usage)
  expect(unknown.err).toContain('There is no encoding "klingon". Use one of utf-8,')
  const lie = await refused(program, path, '--encoding', 'utf-16le')
  expect(lie.code).toBe('not_a_price_list')

  const latin = Buffer.from(csvOf(priceHeader, ['A-1', 'Säge', '1.50'], ['A-2', 'Öl', '2.50']), 'latin1')
  const asUtf8 = await program.write('latin.csv', latin)
  const detected = await program.json<TryJson>('try', asUtf8)
  expect(detected.json.items.map(({ name }) => name)).toEqual(['Säge', 'Öl'])
  const forced = await program.json<TryJson>('try', asUtf8, '--encoding', 'utf-8')
  expect(forced.json.issues.map(({ row, column, code }) => [row, column, code])).toEqual([
    [1, 1, 'undecodable_text'],
    [2, 1, 'undecodable_text'],
  ])
})

function randomBytes(count: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state >> 16
  })
}

/** An OLE2 compound file with one stream of this name and nothing in it. Source: [MS-CFB]. */
function compoundFile(stream: string): Buffer {
  const file = Buffer.alloc(1024, 0xff)
  hex('d0cf11e0a1b11ae1').copy(file)
  file.writeUInt16LE(9, 30)
  file.writeUInt32LE(0, 48)
  const name = Buffer.from(`${stream}\0`, 'utf16le')
  file.fill(0, 512)
  name.copy(file, 512)
  file.writeUInt16LE(name.length, 512 + 64)
  return file
}
