import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Glob } from 'bun'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { formats, openFile } from '../../../src/analyzer/formats/index.ts'
import { readableFormats } from '../../../src/analyzer/formats/readable.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { type FormatName, formatNames } from '../../../src/sources/model.ts'
import { corpus } from '../../helpers/corpus.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'
import { makeWorkbook } from '../../helpers/workbook.ts'

const options = { limits: defaultReadLimits, encoding: null, delimiter: null }

/** The format that is found, or the error. */
async function opened(path: string): Promise<string | InvalidError> {
  try {
    const file = await openFile(path, options)
    file.close()
    return file.format
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
}

async function openedContent(
  content: string | Uint8Array,
  name = 'list.csv',
): Promise<string | InvalidError> {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file(name), content)
  return await opened(directory.file(name))
}

test('what settings call the formats is what they are called', () => {
  expect([...formatNames].sort()).toEqual(
    formats.map(({ name }) => name as (typeof formatNames)[number]).sort(),
  )
})

describe('where the format is said', () => {
  test.each<[string, string | Uint8Array, FormatName, string]>([
    ['it is read as that', 'a;b\n1;2\n', 'csv', 'csv'],
    ['and may look like another', '{"sku": "1"}\n{"sku": "2"}\n', 'csv', 'csv'],
    ['another one is refused', 'a;b\n1;2\n', 'xlsx', 'other_format'],
    ['so is a text that cannot be it', 'a;b\n1;2\n', 'json', 'other_format'],
    [
      'a web page is no text for it',
      '<!DOCTYPE html><table><tr><td>a;b</td></tr></table>',
      'csv',
      'other_format',
    ],
    [
      'and read as what it is',
      '<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>',
      'html',
      'html',
    ],
    ['what is packed counts', gzipSync('a;b\n1;2\n'), 'csv', 'csv'],
    ['and not what it is packed in', gzipSync('a;b\n1;2\n'), 'xlsx', 'other_format'],
  ])('%s', async (_what, content, expectedFormat, found) => {
    await using directory = await temporaryDirectory()
    await Bun.write(directory.file('list'), content)
    const opening = openFile(directory.file('list'), { ...options, expectedFormat })
    expect(
      await opening.then(
        (file) => {
          file.close()
          return file.format
        },
        (error: InvalidError) => error.code,
      ),
    ).toBe(found)
  })
})

test('formats have names of their own', () => {
  expect(formats.map(({ name }) => name).join(' ')).toBe(
    'ods xlsb xlsx xls pdf ndjson json excel-xml html xml csv',
  )
})

test('the content decides, not the name', async () => {
  expect(await openedContent(await makeWorkbook([{ rows: [['a', 1]] }]), 'list.csv')).toBe('xlsx')
  expect(await openedContent('a;b\n1;2\n', 'list.xlsx')).toBe('csv')
  expect(await openedContent('[{"sku": "1"}]', 'list.csv')).toBe('json')
  expect(await openedContent('{"sku": "1"}\n{"sku": "2"}\n', 'list.csv')).toBe('ndjson')
})

describe('content that is not read is called by its name', () => {
  test.each<[string, string | Uint8Array]>([
    ['a 7-Zip archive', Buffer.from('377abcaf271c0004', 'hex')],
    ['a RAR archive', Buffer.from('526172211a0700cf', 'hex')],
    ['a Windows program', Buffer.from('4d5a90000300000004000000ffff0000', 'hex')],
    ['a program (ELF)', Buffer.from('7f454c460201010000000000', 'hex')],
    ['a program (Mach-O)', Buffer.from('cffaedfe0700000103000000', 'hex')],
    ['a PNG image', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['a JPEG image', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['a web page (HTML)', '<!DOCTYPE html><html><body><table><tr><td>a;b</td></tr></table></body></html>'],
    ['a web page (HTML)', '\ufeff\n<table border="1"><tr><td>1</td></tr></table>'],
    ['a web page (HTML)', '<!-- saved by a shop --><html xmlns:x="urn:schemas-microsoft-com:office:excel">'],
    ['a workbook in the SYLK format', 'ID;PWXL;N;E\nP;PGeneral\n'],
    ['a text document (RTF)', '{\\rtf1\\ansi Price list}'],
  ])('%s', async (name, content) => {
    const error = await openedContent(content)
    expect(error).toBeInstanceOf(InvalidError)
    expect(error).toMatchObject({ code: 'unsupported_format' })
    expect(String(error)).toContain(`The file is ${name}. ${readableFormats('and')} are read; `)
  })

  test.each([
    ['Workbook', 'damaged_workbook', 'has no such part'],
    ['Book', 'damaged_workbook', 'has no such part'],
    ['WordDocument', 'unsupported_format', 'an old Word document'],
    ['Something', 'unsupported_format', 'an old Microsoft Office file'],
    ['EncryptedPackage', 'encrypted_workbook', 'protected with a password'],
  ])('a compound file with the stream %s', async (stream, code, message) => {
    // The directory goes on in a sector far behind the head of the file, as it does in large files.
    const error = await openedContent(
      compoundFile(['Root Entry', 'A', 'B', 'C', stream], { lastSector: 200 }),
    )
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(message)
  })

  test('a compound file whose directory runs in a circle', async () => {
    const bytes = compoundFile(['Root Entry', 'A', 'B', 'C', 'D'], { lastSector: 2 })
    bytes.writeUInt32LE(1, 512 + 2 * 4)
    expect(await openedContent(bytes)).toMatchObject({ code: 'unsupported_format' })
  })

  test('a compound file that is cut off', async () => {
    expect(
      await openedContent(compoundFile(['Root Entry'], { lastSector: 2 }).subarray(0, 100)),
    ).toMatchObject({
      code: 'unsupported_format',
    })
  })
})

describe('text that looks a little like something else is read', () => {
  test.each([
    ['a code in brackets', '[Lentes] Organico,1\n[Mono] Lab,2\n'],
    ['a number in brackets', '[1],a\n[2],b\n'],
    ['JSON in a cell', 'key,val\n1,"{""a"": 1}"\n'],
    ['names of formats at the start', 'MZ-100;BM;PAR1\n1;2;3\n'],
    ['an identifier and a price', 'ID;Price;Name\n1;5;Bolt\n'],
    ['an identifier and P', 'ID;P\nA;1\n'],
    ['a mark in angle brackets', '<b>Name</b>;Price\nBolt;5\n'],
    ['a comparison', '<5 mm;Bolt;5\n<6 mm;Nut;6\n'],
  ])('%s', async (_, content) => {
    expect(await openedContent(content)).toBe('csv')
  })
})

test('an empty file is refused', async () => {
  for (const content of ['', '\n \n', '\ufeff']) {
    expect(await openedContent(content)).toMatchObject({ code: 'empty_file' })
  }
})

test('bytes of no known kind are refused', async () => {
  const bytes = new Uint8Array(5000).map((_, i) => (i * i * 31 + i * 7 + 3) % 256)
  expect(await openedContent(bytes)).toMatchObject({ code: 'not_text' })
})

describe.skipIf(corpus === null)('corpus', () => {
  const files = corpus === null ? [] : [...new Glob('**/*.{xls,xlsb,doc}').scanSync(corpus)].sort()

  test.each(files)('%s opens, or is refused for a reason', async (file) => {
    const found = await opened(join(corpus ?? '', file))
    if (file.endsWith('.doc')) expect(found).toMatchObject({ code: 'unsupported_format' })
    else expect(found instanceof InvalidError ? found.code : found).toMatch(/^[a-z_]+$/)
  })
})

/**
 * A compound file of 512-byte sectors: the table of sectors first, then a directory of four entries, and its fifth
 * and later entries in `lastSector`.
 */
function compoundFile(names: string[], { lastSector }: { lastSector: number }): Buffer {
  const bytes = Buffer.alloc((lastSector + 2) * 512)
  bytes.write('d0cf11e0a1b11ae1', 0, 'hex')
  bytes.writeUInt16LE(9, 30)
  bytes.writeUInt32LE(1, 48)
  // The table takes as many sectors as it needs, from sector 3 on where one does not suffice.
  const tableSectors = [0, ...(lastSector > 127 ? [3] : [])]
  for (let i = 0; i < 109; i++) bytes.writeUInt32LE(tableSectors[i] ?? 0xffffffff, 76 + i * 4)
  const next = (sector: number, value: number) => {
    bytes.writeUInt32LE(value, (tableSectors[Math.floor(sector / 128)]! + 1) * 512 + (sector % 128) * 4)
  }
  next(1, lastSector)
  next(lastSector, 0xfffffffe)
  for (const [i, name] of names.entries()) {
    const at = ((i < 4 ? 1 : lastSector) + 1) * 512 + (i % 4) * 128
    bytes.write(name, at, 'utf16le')
    bytes.writeUInt16LE((name.length + 1) * 2, at + 64)
  }
  return bytes
}
