import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Glob } from 'bun'
import fc from 'fast-check'
import { csv, csvFormat } from '../../../src/analyzer/formats/csv.ts'
import { defaultReadLimits, type Format, type OpenOptions } from '../../../src/analyzer/formats/format.ts'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { corpus } from '../../helpers/corpus.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

interface Reading {
  encoding: string | null
  delimiter: string | null
  rows: Cell[][]
}

async function readPath(
  path: string,
  options: Partial<OpenOptions> = {},
  format: Format = csv,
): Promise<Reading> {
  const file = await format.open(path, {
    limits: defaultReadLimits,
    encoding: null,
    delimiter: null,
    ...options,
  })
  const rows: Cell[][] = []
  for await (const batch of file.rows(0)) {
    for (const row of batch) {
      if (row.index !== rows.length) throw new Error(`row ${rows.length} has the index ${row.index}`)
      rows.push(row.cells)
    }
  }
  file.close()
  return { encoding: file.encoding, delimiter: file.delimiter, rows }
}

async function read(
  content: string | Uint8Array,
  options?: Partial<OpenOptions>,
  format?: Format,
): Promise<Reading> {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list'), content)
  return await readPath(directory.file('list'), options, format)
}

async function errorOf(reading: Promise<unknown>): Promise<InvalidError> {
  try {
    await reading
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('golden files', () => {
  const folder = join(import.meta.dir, '../../golden/csv')
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'))
  test.each(names)('%s', async (name) => {
    const reading = await readPath(join(folder, name))
    const expected = Bun.file(join(folder, `${basename(name, '.csv')}.json`))
    if (process.env.UPDATE_GOLDEN === '1') {
      const rows = reading.rows.map((cells) => `    ${JSON.stringify(cells)}`).join(',\n')
      const { encoding, delimiter } = reading
      await expected.write(
        `{\n  "encoding": ${JSON.stringify(encoding)},\n  "delimiter": ${JSON.stringify(delimiter)},\n  "rows": [\n${rows}\n  ]\n}\n`,
      )
    }
    expect(reading).toEqual(await expected.json())
  })
})

describe('reading', () => {
  test('a byte order mark is no part of the first cell', async () => {
    expect(await read('\ufeffsku;price\n1;2\n')).toEqual({
      encoding: 'utf-8',
      delimiter: ';',
      rows: [
        ['sku', 'price'],
        ['1', '2'],
      ],
    })
  })

  test('a first line that names the delimiter is no row', async () => {
    expect(await read('sep=^\r\na^b\r\n1;2^3\r\n')).toMatchObject({
      delimiter: '^',
      rows: [
        ['a', 'b'],
        ['1;2', '3'],
      ],
    })
  })

  test('a pinned delimiter wins over the one that the file names', async () => {
    expect(await read('sep=;\na,b;c\n', { delimiter: ',' })).toMatchObject({
      delimiter: ',',
      rows: [['a', 'b;c']],
    })
  })

  test('a pinned encoding wins over what the bytes say', async () => {
    expect(await read('ä;1\n', { encoding: 'latin1' })).toMatchObject({
      encoding: 'windows-1252',
      rows: [['Ã¤', '1']],
    })
  })

  test('UTF-16 is read in the byte order of its mark, also when only UTF-16 is pinned', async () => {
    const bytes = Buffer.from('\ufeffä;1\n', 'utf16le').swap16()
    expect(await read(bytes, { encoding: 'UTF-16' })).toMatchObject({
      encoding: 'utf-16be',
      rows: [['ä', '1']],
    })
  })

  test('a broken byte in UTF-8 becomes a replacement character and spoils nothing else', async () => {
    const bytes = Buffer.concat([Buffer.from('Größe;Maß\nü;'), Buffer.from([0xff]), Buffer.from('\nß;1\n')])
    expect(await read(bytes)).toEqual({
      encoding: 'utf-8',
      delimiter: ';',
      rows: [
        ['Größe', 'Maß'],
        ['ü', '\ufffd'],
        ['ß', '1'],
      ],
    })
  })

  test('the encoding is told by letters far behind the head of the file', async () => {
    const ascii = 'A-1,Bolt,5\n'.repeat(40_000)
    const tail = 'A-2,Труба стальная,6\nA-3,Лампа белая,7\n'
    const cyrillic = Buffer.from(Array.from(tail, (sign) => windows1251(sign)))
    const { encoding, rows } = await read(Buffer.concat([Buffer.from(ascii), cyrillic]))
    expect(encoding).toBe('windows-1251')
    expect(rows.at(-2)).toEqual(['A-2', 'Труба стальная', '6'])
  })

  test('blank lines beyond the head of the file come before the table', async () => {
    const { delimiter, rows } = await read(`${'\n'.repeat(200_000)}a;b\n1;2\n`)
    expect(delimiter).toBe(';')
    expect(rows).toHaveLength(200_002)
    expect(rows.at(-1)).toEqual(['1', '2'])
  })

  test('a file can be read again, and tells how far it has been read', async () => {
    await using directory = await temporaryDirectory()
    const text = 'a;b\n'.repeat(100_000)
    await Bun.write(directory.file('list'), text)
    const file = await csv.open(directory.file('list'), {
      limits: defaultReadLimits,
      encoding: null,
      delimiter: null,
    })
    expect(file.bytesRead()).toBe(0)
    for await (const batch of file.rows(0)) {
      expect(batch.length).toBeGreaterThan(0)
      break
    }
    expect(file.bytesRead()).toBeLessThan(text.length)
    let rowCount = 0
    for await (const batch of file.rows(0)) rowCount += batch.length
    expect(rowCount).toBe(100_000)
    expect(file.bytesRead()).toBe(text.length)
    file.close()
  })

  test('a file that is closed early does not pass for a shorter one', async () => {
    await using directory = await temporaryDirectory()
    await Bun.write(directory.file('list'), 'a;b\n'.repeat(100_000))
    const file = await csv.open(directory.file('list'), {
      limits: defaultReadLimits,
      encoding: null,
      delimiter: null,
    })
    const rows = file.rows(0)[Symbol.asyncIterator]()
    await rows.next()
    file.close()
    await expect(rows.next()).rejects.toThrow('closed')
  })

  test('cutting the bytes anywhere makes no difference', async () => {
    const part = fc.constantFrom(
      'a',
      '"',
      '""',
      ';',
      '\n',
      '\r',
      '\r\n',
      'é',
      '日本',
      '😀',
      '\ufeff',
      'sep=;',
      ' ',
    )
    const text = fc.array(part, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''))
    const encode: Record<string, (value: string) => Uint8Array> = {
      'utf-8': (value) => Buffer.from(value),
      'utf-16le': (value) => Buffer.from(value, 'utf16le'),
      'utf-16be': (value) => Buffer.from(value, 'utf16le').swap16(),
      // Whatever the bytes mean in it.
      gb18030: (value) => Buffer.from(value, 'latin1'),
    }
    await fc.assert(
      fc.asyncProperty(
        text.filter((value) => value.replaceAll('\ufeff', '').trim() !== ''),
        fc.constantFrom(...Object.keys(encode)),
        fc.integer({ min: 1, max: 7 }),
        async (value, encoding, chunkBytes) => {
          const bytes = encode[encoding]!(value)
          const options = { encoding, delimiter: ';' }
          const whole = await errorsAsCodes(read(bytes, options, csvFormat({ chunkBytes: 1 << 20 })))
          expect(await errorsAsCodes(read(bytes, options, csvFormat({ chunkBytes })))).toEqual(whole)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('refusals', () => {
  test('an encoding that does not exist is refused by name', async () => {
    const error = await errorOf(read('a;b\n', { encoding: 'klingon-1' }))
    expect(error.code).toBe('unknown_encoding')
    expect(error.message).toContain('"klingon-1"')
    expect(error.message).toContain('windows-1251')
  })

  test('UTF-32 is refused', async () => {
    expect((await errorOf(read(new Uint8Array([0xff, 0xfe, 0, 0, 65, 0, 0, 0])))).code).toBe(
      'unknown_encoding',
    )
  })

  test.each(['"', '\n', ';;', ''])('%j is no delimiter', async (delimiter) => {
    expect((await errorOf(read('a;b\n', { delimiter }))).code).toBe('invalid_delimiter')
  })

  test.each(['', ' \n\t\r\n', '\ufeff', '\ufeff\n'])('%j is empty', async (content) => {
    expect((await errorOf(read(content))).code).toBe('empty_file')
  })

  test('a cell of ten megabytes is refused, naming its row', async () => {
    const error = await errorOf(read(`a;b\n1;${'x'.repeat(10 << 20)}\n`))
    expect(error.code).toBe('cell_too_long')
    expect(error.message).toContain('Row 2')
  })

  test('there is only one sheet', async () => {
    await using directory = await temporaryDirectory()
    await Bun.write(directory.file('list'), 'a;b\n')
    const file = await csv.open(directory.file('list'), {
      limits: defaultReadLimits,
      encoding: null,
      delimiter: null,
    })
    expect((await errorOf(Array.fromAsync(file.rows(1)))).code).toBe('unknown_sheet')
  })

  test('bytes are told from text', () => {
    const bytes = new Uint8Array(4096).map((_, i) => (i * i * 31 + i * 7) % 256)
    expect(csv.detect(bytes)).toBe(false)
    expect(csv.detect(Buffer.from('a;b\n1;\0\n'))).toBe(true)
    expect(csv.detect(Buffer.from('a;b\n', 'utf16le'))).toBe(true)
    expect(csv.detect(new Uint8Array(0))).toBe(false)
  })
})

describe.skipIf(corpus === null)('corpus', () => {
  const files = corpus === null ? [] : [...new Glob('**/*.{csv,tsv,txt}').scanSync(corpus)].sort()
  const spectrum = files.filter((file) => file.startsWith('csv/csv-spectrum/csvs/'))

  test('csv-spectrum is there', () => {
    expect(spectrum).toHaveLength(12)
  })

  // Two of the twelve files do not agree with their own expected rows.
  const altered = ['newlines_crlf', 'location_coordinates']
  const objectsOf = ([header, ...data]: Cell[][]) =>
    data.map((cells) => Object.fromEntries(cells.map((cell, i) => [String(header?.[i]), cell])))
  const expectedOf = (name: string) =>
    Bun.file(join(corpus ?? '', 'csv/csv-spectrum/json', `${name}.json`)).json()

  test.each(spectrum.filter((file) => !altered.includes(basename(file, '.csv'))))(
    '%s is read as csv-spectrum says',
    async (file) => {
      const { rows } = await readPath(join(corpus ?? '', file))
      expect(objectsOf(rows)).toEqual(await expectedOf(basename(file, '.csv')))
    },
  )

  test('newlines_crlf is read as csv-spectrum says, once it has the CRLF that the copy here has lost', async () => {
    const text = await Bun.file(join(corpus ?? '', 'csv/csv-spectrum/csvs/newlines_crlf.csv')).text()
    const { rows } = await read(text.replace(/\r?\n/g, '\r\n'))
    expect(objectsOf(rows)).toEqual(await expectedOf('newlines_crlf'))
  })

  test('location_coordinates is read as csv-spectrum says, but for the telephone number, which differs', async () => {
    const { rows } = await readPath(join(corpus ?? '', 'csv/csv-spectrum/csvs/location_coordinates.csv'))
    const phone = { 'Contact Phone Number': '2095257564' }
    expect(objectsOf(rows)).toEqual([{ ...(await expectedOf('location_coordinates')), ...phone }])
  })

  test.each(files)('%s is read without error and without a broken character of our making', async (file) => {
    const path = join(corpus ?? '', file)
    const { rows } = await readPath(path)
    expect(rows.length).toBeGreaterThan(0)
    const isBroken = Buffer.from(await Bun.file(path).bytes()).includes('\ufffd')
    expect(rows.flat().some((cell) => String(cell).includes('\ufffd'))).toBe(isBroken)
  })
})

async function errorsAsCodes(reading: Promise<Reading>): Promise<Reading | string> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof InvalidError) return error.code
    throw error
  }
}

function windows1251(sign: string): number {
  const code = sign.charCodeAt(0)
  return code < 128 ? code : code - 0x410 + 0xc0
}
