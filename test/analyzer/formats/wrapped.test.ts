import { describe, expect, test } from 'bun:test'
import { readdirSync, statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { defaultReadLimits, type OpenedFile, type ReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { rejection } from '../../helpers/open-database.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { makeWorkbook } from '../../helpers/workbook.ts'
import { makeZip, type ZipEntryOptions, type ZipOptions } from '../../helpers/zip.ts'

interface Read {
  format: string
  wrapping: OpenedFile['wrapping']
  encoding: string | null
  sheets: { name: string | null; cells: Row['cells'][] }[]
}

/** Reads a file, sees that nothing is left of it, and that none but its owner could look at what was unpacked. */
async function read(content: Uint8Array, limits: Partial<ReadLimits> = {}): Promise<Read> {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list'), content)
  const unpackFolder = directory.file('made/unpacked')
  const options = {
    limits: { ...defaultReadLimits, ...limits },
    encoding: null,
    delimiter: null,
    unpackFolder,
  }
  try {
    const file = await openFile(directory.file('list'), options)
    if (file.wrapping !== undefined) {
      expect(statSync(unpackFolder).mode & 0o777).toBe(0o700)
      for (const name of readdirSync(unpackFolder)) {
        expect(name).toMatch(/^\d+$/)
        expect(statSync(`${unpackFolder}/${name}`).mode & 0o777).toBe(0o600)
      }
    }
    const sheets: Read['sheets'] = []
    for (const { index, name } of file.sheets) {
      const cells: Row['cells'][] = []
      for await (const batch of file.rows(index)) cells.push(...batch.map((row) => row.cells))
      sheets.push({ name, cells })
    }
    const { format, wrapping, encoding } = file
    file.close()
    file.close()
    return { format, wrapping, encoding, sheets }
  } finally {
    expect(statSync(unpackFolder, { throwIfNoEntry: false })).toBeUndefined()
  }
}

const refusal = async (content: Uint8Array, limits: Partial<ReadLimits> = {}) => {
  const error = await rejection(read(content, limits))
  if (!(error instanceof InvalidError)) throw error
  return error
}
const zip = (entries: Record<string, string | Uint8Array>, options: ZipOptions = {}) =>
  makeZip(
    Object.entries(entries).map(([name, content]) => ({ name, content })),
    options,
  )

const list = 'sku;name\nA-1;Bolt\n'
const listCells = [
  ['sku', 'name'],
  ['A-1', 'Bolt'],
]
const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

describe('one list in an archive is read as if it were bare', () => {
  const cases: [string, Uint8Array][] = [
    ['ZIP', zip({ 'list.csv': list })],
    ['ZIP under a name of another kind', zip({ 'list.xlsx': list })],
    ['ZIP, in folders', zip({ 'a/': '', 'a/b/list.csv': list })],
    ['ZIP, not packed', makeZip([{ name: 'l', content: list, method: 'stored' }])],
    ['ZIP with sizes behind the content', makeZip([{ name: 'l', content: list, hasDescriptor: true }])],
    ['ZIP64', zip({ 'list.csv': list }, { isZip64: true })],
    ['ZIP with what systems leave', zip({ '__MACOSX/._list.csv': 'x', '.DS_Store': 'y', 'list.csv': list })],
    ['gzip', gzipSync(list)],
    ['gzip of several members', Buffer.concat([gzipSync(list.slice(0, 7)), gzipSync(list.slice(7))])],
  ]
  for (const [what, content] of cases) {
    test(what, async () => {
      const found = await read(content)
      expect(found).toMatchObject({ format: 'csv', encoding: 'utf-8' })
      expect(found.wrapping).toEqual({ kind: what.startsWith('gzip') ? 'gzip' : 'zip', leftAside: [] })
      expect(found.sheets).toEqual([{ name: null, cells: listCells }])
    })
  }

  test('a workbook in either', async () => {
    const workbook = await makeWorkbook([{ name: 'Prices', rows: [['A-1', 5]] }])
    for (const content of [zip({ 'a.xlsx': workbook }), gzipSync(workbook)]) {
      const { format, sheets } = await read(content)
      expect([format, sheets]).toEqual(['xlsx', [{ name: 'Prices', cells: [['A-1', 5]] }]])
    }
  })

  test('a workbook by itself is no archive', async () => {
    expect((await read(await makeWorkbook([{ rows: [['a', 1]] }]))).wrapping).toBeUndefined()
  })
})

test('the sheets of several lists are those of one file, under the names of theirs', async () => {
  const workbook = await makeWorkbook([
    { name: 'One', rows: [['a', 1]] },
    { name: 'Two', rows: [['b', 2]] },
  ])
  const found = await read(
    zip({
      'lists/a.csv': list,
      'lists/logo.png': png,
      'lists/b.xlsx': workbook,
      'lists/c.json': '[{"x":1}]',
    }),
  )
  expect(found.format).toBe('csv and xlsx and json')
  expect(found.wrapping).toEqual({ kind: 'zip', leftAside: [{ name: 'logo.png', reason: 'is a PNG image' }] })
  expect(found.sheets.map(({ name }) => name)).toEqual(['a.csv', 'b.xlsx: One', 'b.xlsx: Two', 'c.json'])
  expect(found.sheets[3]!.cells).toEqual([['x'], [1]])
})

test('what is no list is left aside beside one, and told', async () => {
  const { wrapping, sheets } = await read(
    zip({
      'list.csv': list,
      'empty.txt': '',
      'letter.docx': zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '' }),
      'noise.bin': new Uint8Array(500).map((_, n) => (n * n * 31) % 32),
    }),
  )
  expect(sheets).toHaveLength(1)
  expect(wrapping!.leftAside).toEqual([
    { name: 'empty.txt', reason: 'is empty' },
    { name: 'letter.docx', reason: expect.stringContaining('is not read: The file is a Word document') },
    { name: 'noise.bin', reason: expect.stringContaining('is not read: The file is neither') },
  ])
})

test('names in an archive are never used as paths, nor shown as they are', async () => {
  const { sheets } = await read(
    zip({
      '../../etc/a.csv': list,
      '/srv/b.csv': list,
      'c\u202evsc.exe': list,
      'C:\\x\\d.csv': list,
      'e\0.csv': list,
    }),
  )
  expect(sheets.map(({ name }) => name)).toEqual([
    'etc/a.csv',
    'srv/b.csv',
    'cvsc.exe',
    'C:/x/d.csv',
    'e.csv',
  ])
  const same = await read(zip({ 'a.csv': list, './a.csv': list, ÿÿÿ: list }))
  expect(same.sheets.map(({ name }) => name)).toEqual(['a.csv', 'a.csv (2)', 'ÿÿÿ'])
})

describe('an archive that cannot be trusted is refused whole', () => {
  const bolt = { name: 'list.csv', content: list }
  const long = `${list}${'A-2;Nut\n'.repeat(50_000)}`
  const turned = (bytes: Buffer, at: number) => {
    bytes[at]! ^= 0xff
    return bytes
  }
  const hostile: [string, () => Uint8Array, string, string][] = [
    [
      'a ZIP archive in it',
      () => zip({ 'a.csv': list, 'b.zip': zip({ 'c.csv': list }) }),
      'nested_archive',
      'b.zip is a ZIP archive within',
    ],
    [
      'gzip in it',
      () => zip({ 'a.csv': list, 'b.gz': gzipSync(list) }),
      'nested_archive',
      'b.gz is a gzip archive',
    ],
    [
      'a RAR archive in it',
      () => zip({ 'a.csv': list, b: Buffer.from('526172211a0700cf', 'hex') }),
      'nested_archive',
      'a RAR archive',
    ],
    ['gzip in gzip', () => gzipSync(gzipSync(list)), 'nested_archive', 'a gzip archive within'],
    ['ZIP in gzip', () => gzipSync(zip({ a: list })), 'nested_archive', 'a ZIP archive within'],
    ['tar in gzip', () => gzipSync(tar(list)), 'nested_archive', 'a tar archive'],
    [
      'a password',
      () => makeZip([bolt, { name: 'b.csv', content: list, flags: 1 }]),
      'encrypted_archive',
      'b.csv is protected with a password',
    ],
    [
      'another packing',
      () => makeZip([{ ...bolt, methodNumber: 14 }]),
      'unsupported_format',
      'packed in a way',
    ],
    ['a checksum that is wrong', () => makeZip([{ ...bolt, crc32: 1 }]), 'damaged_archive', 'checksum'],
    ['a size that is wrong', () => makeZip([{ ...bolt, unpackedBytes: 3 }]), 'damaged_archive', 'size'],
    [
      'packed bytes that are wrong',
      () => makeZip([{ ...bolt, packed: Buffer.from('no') }]),
      'damaged_archive',
      'unpacked',
    ],
    [
      'files that share bytes',
      () => makeZip([bolt, { ...bolt, name: 'b', sharesBytesOf: 0 }]),
      'zip_bomb',
      'overlaps',
    ],
    [
      'a list that is damaged',
      () => zip({ 'a.csv': list, 'b.json': '[{"a":1}' }),
      'truncated_json',
      'b.json: The document ends',
    ],
    ['too many files', () => makeZip(manyFiles(1001)), 'too_many_entries', '1001 files'],
    [
      '100,000 files',
      () => makeZip(manyFiles(100_000), { isZip64: true }),
      'too_many_entries',
      '100000 files',
    ],
    [
      'no list',
      () => zip({ 'a.png': png, 'b.txt': '' }),
      'no_list_in_archive',
      'a.png is a PNG image; b.txt is empty',
    ],
    ['a picture in gzip', () => gzipSync(png), 'no_list_in_archive', 'is a PNG image'],
    ['nothing in gzip', () => gzipSync(''), 'no_list_in_archive', 'is empty'],
    ['gzip that is cut', () => gzipSync(long).subarray(0, -10), 'damaged_archive', 'ends in the middle'],
    [
      'gzip that is cut in its last bytes',
      () => gzipSync(list).subarray(0, -1),
      'damaged_archive',
      'ends in the middle',
    ],
    [
      'a second member that is cut',
      () => Buffer.concat([gzipSync(list), gzipSync(list).subarray(0, 15)]),
      'damaged_archive',
      'ends in the middle',
    ],
    [
      'gzip with a wrong checksum',
      () => turned(gzipSync(list), gzipSync(list).length - 6),
      'damaged_archive',
      'damaged',
    ],
    [
      'gzip with something behind it',
      () => Buffer.concat([gzipSync(list), Buffer.from('something else behind it')]),
      'damaged_archive',
      'behind its end',
    ],
  ]
  for (const [what, content, code, words] of hostile) {
    test(what, async () => {
      const error = await refusal(content())
      expect(error.code).toBe(code)
      expect(error.message).toContain(words)
    })
  }

  test('a single list that is no list says what it is', async () => {
    const error = await refusal(
      zip({ 'a.docx': zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '' }) }),
    )
    expect(error.code).toBe('unsupported_format')
    expect(error.message).toStartWith('a.docx: The file is a Word document')
  })

  test('more than may be unpacked, of one file or of all', async () => {
    const limits = { unpackedBytesMax: 100_000 }
    expect((await refusal(gzipSync(long), limits)).code).toBe('zip_bomb')
    expect((await refusal(zip({ a: long }), limits)).code).toBe('zip_bomb')
    const part = long.slice(0, 60_000)
    expect((await refusal(zip({ a: part, b: part }), limits)).code).toBe('zip_bomb')
  })

  test('a bomb', async () => {
    const blanks = Buffer.alloc(80_000_000, 32)
    expect((await refusal(gzipSync(blanks))).code).toBe('zip_bomb')
    expect((await refusal(zip({ a: blanks }))).code).toBe('zip_bomb')
  })
})

test('a packed list gives the rows of the bare one', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 20 }),
      async (rows) => {
        const text = `sku;name\n${rows.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(';')).join('\n')}\n`
        const bare = await read(Buffer.from(text))
        for (const content of [zip({ 'l.csv': text }), gzipSync(text)]) {
          const { format, encoding, sheets } = await read(content)
          expect({ format, encoding, sheets, wrapping: undefined }).toEqual({ ...bare, wrapping: undefined })
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('bytes that are turned give the rows or a clear error', async () => {
  const archives = [zip({ 'a.csv': list, 'b.json': '[{"sku":"A"}]' }), gzipSync(list)]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...archives),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (archive, place, bits) => {
        const turned = Buffer.from(archive)
        turned[place % turned.length]! ^= bits
        const result = await read(turned).catch((error) => error)
        if (result instanceof Error) expect(result).toBeInstanceOf(InvalidError)
      },
    ),
    { numRuns: 300 },
  )
})

test('cut anywhere, an archive gives a clear error and no row', async () => {
  for (const archive of [zip({ 'a.csv': list }), gzipSync(list)])
    for (let length = 20; length < archive.length; length++)
      expect([length, (await refusal(archive.subarray(0, length))).code]).toEqual([
        length,
        expect.stringContaining('damaged'),
      ])
})

test('without a folder of its own it is unpacked among the temporary files of the system, and deleted', async () => {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list'), gzipSync(list))
  const file = await openFile(directory.file('list'), {
    limits: defaultReadLimits,
    encoding: null,
    delimiter: null,
  })
  const rows: Row[] = []
  for await (const batch of file.rows(0)) rows.push(...batch)
  expect(rows.map(({ cells }) => cells)).toEqual(listCells)
  expect(file.bytesRead()).toBe(gzipSync(list).length)
  file.close()
})

function manyFiles(count: number): ZipEntryOptions[] {
  return Array.from({ length: count }, (_, n) => ({ name: `${n}.csv`, content: 'a', method: 'stored' }))
}

function tar(content: string): Buffer {
  const bytes = Buffer.alloc(2048)
  bytes.write('list.csv')
  bytes.write('0000644\0', 100)
  bytes.write('ustar', 257)
  bytes.write(content, 512)
  return bytes
}
