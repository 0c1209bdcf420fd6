import { describe, expect, test } from 'bun:test'
import { utils, type WorkBook, write } from '@e965/xlsx'
import fc from 'fast-check'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { xlsbRows } from '../../../src/analyzer/formats/xlsb/sheet-rows.ts'
import { cellStyles } from '../../../src/analyzer/formats/xlsx/cell-styles.ts'
import { SharedStrings } from '../../../src/analyzer/formats/xlsx/shared-strings.ts'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { readingError, rowsOf, withOpened } from '../../helpers/opened.ts'
import { makeZip } from '../../helpers/zip.ts'

describe('a binary workbook', () => {
  test.each([true, false])('has texts, numbers and truths (shared texts: %s)', async (bookSST) => {
    const rows = [['SKU', 'Größe', 'Цена'], ['0012', 12.5, true], [], ['B-2', 1200, -0.001]]
    expect(await rowsOf(binary([['List', rows]], { bookSST }))).toEqual([
      { index: 0, cells: ['SKU', 'Größe', 'Цена'] },
      { index: 1, cells: ['0012', 12.5, 'TRUE'] },
      { index: 3, cells: ['B-2', 1200, -0.001] },
    ])
  })

  test('has dates and codes by their number format', async () => {
    const sheet = utils.aoa_to_sheet([[45992, 7, 12.5]])
    sheet.A1.z = 'dd.mm.yyyy'
    sheet.B1.z = '00000'
    sheet.C1.z = '#,##0.00 "€"'
    const book = utils.book_new()
    utils.book_append_sheet(book, sheet, 'List')
    expect(await rowsOf(written(book))).toEqual([{ index: 0, cells: ['2025-12-01', '00007', 12.5] }])
    book.Workbook = { WBProps: { date1904: true } }
    expect(await rowsOf(written(book))).toEqual([{ index: 0, cells: ['2029-12-02', '00007', 12.5] }])
  })

  test('has sheets in the order of their tabs, some hidden', async () => {
    const book = utils.book_new()
    for (const name of ['Preise', 'Цены', 'x'])
      utils.book_append_sheet(book, utils.aoa_to_sheet([[name]]), name)
    book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }, { Hidden: 2 }] }
    expect(await withOpened(written(book), async ({ sheets, format }) => ({ sheets, format }))).toEqual({
      format: 'xlsb',
      sheets: [
        { index: 0, name: 'Preise', isHidden: false },
        { index: 1, name: 'Цены', isHidden: true },
        { index: 2, name: 'x', isHidden: true },
      ],
    })
    expect(await rowsOf(written(book), 1)).toEqual([{ index: 0, cells: ['Цены'] }])
  })

  test('is refused wherever it is cut', async () => {
    const content = binary([['List', [['a', 1]]]])
    for (let size = 30; size < content.length; size += 97)
      expect(await readingError(content.subarray(0, size))).toBeInstanceOf(InvalidError)
  })

  test('without a part is refused', async () => {
    const content = makeZip([
      { name: '[Content_Types].xml', content: '<Types/>' },
      { name: 'xl/workbook.bin', content: sheetName('List') },
    ])
    expect(await readingError(content)).toMatchObject({ code: 'damaged_workbook' })
  })
})

describe('records of a binary sheet', () => {
  const cell = (column: number, style = 0) => [...long(column), style, 0, 0, 0]
  const row = (index: number) => record(0, [...long(index), ...Array(13).fill(0)])
  const end = record(146)

  test('give the same rows wherever their bytes are split', async () => {
    const bytes = Buffer.concat([
      record(145),
      row(0),
      record(6, cell(0), text('SKU')),
      record(6, cell(2), text('Größe Цена')),
      record(1, cell(3)),
      row(4),
      record(5, cell(0), real(12.5)),
      record(2, cell(1), long(150 * 4 + 3)),
      record(3, cell(2), [42]),
      record(4, cell(3), [1]),
      record(8, cell(4), text('formula'), long(0)),
      record(62, cell(5), [0], text('rich')),
      row(5),
      record(17, [0, 0, 0, 0], text('short')),
      record(16, [0, 0, 0, 0], real(1)),
      record(400, Array(300).fill(7)),
      end,
    ])
    const expected: Row[] = [
      { index: 0, cells: ['SKU', '', 'Größe Цена'] },
      { index: 4, cells: [12.5, 1.5, '#N/A', 'TRUE', 'formula', 'rich'] },
      { index: 5, cells: ['short', 1] },
    ]
    expect(await read([bytes])).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }),
        async (cuts) => {
          const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
          const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to))
          expect(await read(pieces)).toEqual(expected)
        },
      ),
    )
  })

  test('are read or refused, whatever bytes are wrong', async () => {
    const bytes = Buffer.concat([
      row(0),
      record(6, cell(0), text('SKU')),
      record(5, cell(1), real(12.5)),
      record(2, cell(2), long(9)),
      record(62, cell(3), [0], text('rich')),
      row(1),
      record(17, [0, 0, 0, 0], text('short')),
      record(4, cell(3), [1]),
      end,
    ])
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const broken = Buffer.from(bytes)
        for (const [at, byte] of changed) broken[at] = byte
        const error = await read([broken]).then(
          () => null,
          (reason) => reason,
        )
        if (error !== null) expect(error).toBeInstanceOf(InvalidError)
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, string, Buffer[]]>([
    ['damaged_workbook', 'that end too early', [row(0), record(5, cell(0), real(1))]],
    ['damaged_workbook', 'without a row', [record(5, cell(0), real(1)), end]],
    ['damaged_workbook', 'with a cell that is cut short', [row(0), record(5, cell(0), [1, 2]), end]],
    ['damaged_workbook', 'with a text longer than its record', [row(0), record(6, cell(0), long(500)), end]],
    ['damaged_workbook', 'with a text that nobody holds', [row(0), record(7, cell(0), long(1)), end]],
    ['too_many_columns', 'with a column beyond the last', [row(0), record(5, cell(16_384), real(1)), end]],
    ['too_many_rows', 'with a row beyond the last', [row(1_048_576), record(5, cell(0), real(1)), end]],
    ['damaged_workbook', 'of endless length', [Buffer.from([6, 0xff, 0xff, 0xff, 0xff])]],
  ])('%s: %s', async (code, _, records) => {
    await expect(read(records)).rejects.toMatchObject({ code })
  })
})

async function read(pieces: Buffer[]): Promise<Row[]> {
  async function* stream() {
    yield* pieces
  }
  const batches = xlsbRows(stream(), {
    partName: 'sheet1.bin',
    sheetName: 'List',
    strings: new SharedStrings({ partName: '', tableBytesMax: 1000, stringXmlBytesMax: 0 }),
    styles: cellStyles([{ id: 0, code: null }], false),
    limits: defaultReadLimits,
    sharedCharactersMax: 1000,
  })
  return (await Array.fromAsync(batches)).flat()
}

function binary(sheets: [string, unknown[][]][], options: { bookSST?: boolean } = {}): Buffer {
  const book = utils.book_new()
  for (const [name, rows] of sheets) utils.book_append_sheet(book, utils.aoa_to_sheet(rows), name)
  return written(book, options)
}

function written(book: WorkBook, options: { bookSST?: boolean } = {}): Buffer {
  return write(book, { type: 'buffer', bookType: 'xlsb', ...options })
}

function sheetName(name: string): Buffer {
  return record(156, long(0), long(1), text('rId1'), text(name))
}

function record(type: number, ...content: (number[] | Buffer)[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)))
  const number = type < 0x80 ? [type] : [(type & 0x7f) | 0x80, type >> 7]
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from([...number, ...length]), bytes])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from(long(value.length)), Buffer.from(value, 'utf16le')])
}

function long(value: number): number[] {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return [...bytes]
}

function real(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
