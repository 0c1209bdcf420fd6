import { describe, expect, test } from 'bun:test'
import { type BookType, utils, write } from '@e965/xlsx'
import fc from 'fast-check'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { rowsOf, withOpened } from '../../helpers/opened.ts'
import {
  double,
  longText,
  makeCompoundFile,
  makeXls,
  place,
  record,
  start,
  word,
  type XlsOptions,
  type XlsSheet,
  xlsStream,
} from '../../helpers/xls.ts'

async function cellsOf(sheet: XlsSheet, options: XlsOptions = {}): Promise<Row['cells'][]> {
  return (await rowsOf(makeXls([sheet], options))).map(({ cells }) => cells)
}

describe('cells of an XLS workbook', () => {
  test('are texts, numbers, truths and errors', async () => {
    const rows = [
      ['SKU', 'Preis (Größe)', 'Цена', '価格'],
      ['A-1', 12.5, -3, 1e15],
      [true, false, '#N/A', '#DIV/0!'],
    ]
    expect(await cellsOf({ rows })).toEqual([
      ['SKU', 'Preis (Größe)', 'Цена', '価格'],
      ['A-1', 12.5, -3, 1e15],
      ['TRUE', 'FALSE', '#N/A', '#DIV/0!'],
    ])
  })

  test('are what formulas gave', async () => {
    const formula = (value: string | number | boolean) => ({ value, as: 'formula' as const })
    const rows = [[formula(1.5), formula('Größe 5'), formula('Болт'), formula(true), 'x']]
    expect(await cellsOf({ rows })).toEqual([[1.5, 'Größe 5', 'Болт', 'TRUE', 'x']])
  })

  test('are found behind what belongs to a formula', async () => {
    const head = (column: number) => place(0, column)
    const text = [0, 0, 0, 0, 0, 0, 0xff, 0xff]
    const records = [
      record(0x0006, head(0), text, Buffer.alloc(8)),
      record(0x04bc, Buffer.alloc(20)),
      record(0x0207, longText('shared', 8)),
      record(0x0006, head(1), [3, 0, 0, 0, 0, 0, 0xff, 0xff], Buffer.alloc(8)),
      record(0x0006, head(2), [2, 0, 42, 0, 0, 0, 0xff, 0xff], Buffer.alloc(8)),
      record(0x0006, head(3), text, Buffer.alloc(8)),
      record(0x0203, head(4), double(7)),
    ]
    expect(await cellsOf({ records })).toEqual([['shared', '', '#N/A', '', 7]])
  })

  test('are dates and codes by their number format', async () => {
    const styled = (value: number, style: number) => ({ value, style })
    const rows = [[styled(45992, 1), styled(45992.35, 2), styled(7, 3), styled(12.5, 4), styled(45992, 5)]]
    const numberFormats = [14, 'dd.mm.yyyy hh:mm', '00000', '#,##0.00 "€"', 31]
    expect(await cellsOf({ rows }, { numberFormats })).toEqual([
      ['2025-12-01', '2025-12-01T08:24:00', '00007', 12.5, '2025-12-01'],
    ])
    expect(await cellsOf({ rows: [[styled(1, 1)]] }, { numberFormats, is1904: true })).toEqual([
      ['1904-01-02'],
    ])
  })

  test('are packed numbers in hundredths and several of a row', async () => {
    const hundredths = (value: number) => {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32LE(value * 4 + 3)
      return bytes
    }
    const records = [
      record(0x027e, place(0, 0), hundredths(1999)),
      record(0x00bd, word(1), word(1), word(0), hundredths(150), word(0), hundredths(-275), word(2)),
      record(0x00be, word(2), word(0), word(0), word(0), word(1)),
    ]
    expect(await rowsOf(makeXls([{ records }]))).toEqual([
      { index: 0, cells: [19.99] },
      { index: 1, cells: ['', 1.5, -2.75] },
    ])
  })

  test('keep only the text of rich text', async () => {
    const rich = Buffer.concat([
      word(4),
      Buffer.from([9]),
      word(1),
      Buffer.from('Bolt', 'utf16le'),
      word(0),
      word(1),
    ])
    const spoken = Buffer.concat([
      word(2),
      Buffer.from([5]),
      Buffer.from([6, 0, 0, 0]),
      Buffer.from('価格', 'utf16le'),
      Buffer.alloc(6),
    ])
    const count = Buffer.from([2, 0, 0, 0, 2, 0, 0, 0])
    const shared = (column: number) => record(0x00fd, place(0, column), [column, 0, 0, 0])
    const content = makeXls([{ records: [shared(0), shared(1)] }], {
      records: [record(0x00fc, count, rich, spoken)],
    })
    expect((await rowsOf(content))[0]?.cells).toEqual(['Bolt', '価格'])
  })

  test('of charts within a sheet are none of its own', async () => {
    const records = [
      record(0x0203, place(0, 0), double(1)),
      start(8, 0x20),
      record(0x0203, place(9, 9), double(2)),
      record(0x000a),
      record(0x0203, place(1, 0), double(3)),
    ]
    expect(await cellsOf({ records })).toEqual([[1], [3]])
  })

  test('that stand in any order come in the order of rows', async () => {
    const number = (row: number, column: number, value: number) =>
      record(0x0203, place(row, column), double(value))
    const byColumn = [0, 1].flatMap((column) =>
      Array.from({ length: 5000 }, (_, row) => number(row, column, row * 10 + column)),
    )
    const rows = await rowsOf(makeXls([{ records: [...byColumn, number(3, 0, -1)] }]))
    expect(rows).toHaveLength(5000)
    expect(rows[3]).toEqual({ index: 3, cells: [-1, 31] })
    expect(rows[4999]).toEqual({ index: 4999, cells: [49_990, 49_991] })
  })

  test('of merged columns stand in the first one', async () => {
    const merged = record(0x00e5, word(1), word(0), word(0), word(0), word(2))
    const records = [record(0x0204, place(0, 0), longText('Title', 8)), merged]
    expect(await cellsOf({ records })).toEqual([['Title']])
  })
})

test('shared texts are the same wherever a record is full', async () => {
  const rows = [['Schraube M8', 'ключ гаечный', 'Größe', '価格', '', 'x'.repeat(300), 'я'.repeat(300)]]
  const expected = rows.map((cells) => [...cells])
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 12, max: 400 }), async (recordBytesMax) => {
      expect(await cellsOf({ rows }, { recordBytesMax })).toEqual(expected)
    }),
    { numRuns: 40 },
  )
})

describe('sheets of an XLS workbook', () => {
  test('have names, and may be hidden', async () => {
    const content = makeXls([{ name: 'Preise' }, { name: 'Цены', hidden: 1 }, { name: 'x', hidden: 2 }])
    expect(await withOpened(content, async ({ sheets }) => sheets)).toEqual([
      { index: 0, name: 'Preise', isHidden: false },
      { index: 1, name: 'Цены', isHidden: true },
      { index: 2, name: 'x', isHidden: true },
    ])
  })

  test('are worksheets only', async () => {
    const content = makeXls([
      { name: 'Chart', kind: 2 },
      { name: 'Macro', kind: 1 },
      { name: 'List', rows: [['a']] },
    ])
    expect(await withOpened(content, async ({ sheets }) => sheets.map(({ name }) => name))).toEqual(['List'])
    expect((await rowsOf(content))[0]?.cells).toEqual(['a'])
  })

  test('come in batches, and can be read again', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => [`A-${row}`, row / 4])
    await withOpened(makeXls([{ rows }]), async (file) => {
      const first = await Array.fromAsync(file.rows(0))
      expect(first.length).toBeGreaterThan(3)
      expect(file.bytesRead()).toBeGreaterThan(0)
      expect((await Array.fromAsync(file.rows(0))).flat()).toEqual(first.flat())
    })
  })

  test('blank rows are left out, and counted', async () => {
    expect(await rowsOf(makeXls([{ rows: [['a'], [], [null, ''], ['b']] }]))).toEqual([
      { index: 0, cells: ['a'] },
      { index: 3, cells: ['b'] },
    ])
  })
})

describe('old generations', () => {
  test.each<[number | undefined, string, string]>([
    [1251, '\xd6\xe5\xed\xe0', 'Цена'],
    [1252, 'Gr\xf6\xdfe', 'Größe'],
    [undefined, 'Gr\xf6\xdfe', 'Größe'],
    [932, '\x89\xbf\x8ai', '価格'],
    [852, 'Cena K\x9f', 'Cena Kč'],
    [32_769, 'Gr\xf6\xdfe', 'Größe'],
    [10_007, '\x96\xe5\xed\xe0', 'Цена'],
    [4711, 'Bolt', 'Bolt'],
  ])('texts of BIFF5 in code page %s', async (codePage, raw, text) => {
    const content = makeXls([{ name: raw, rows: [[raw, { value: raw, as: 'formula' }, 1.5]] }], {
      generation: 5,
      ...(codePage === undefined ? {} : { codePage }),
    })
    expect((await rowsOf(content))[0]?.cells).toEqual([text, text, 1.5])
    expect(await withOpened(content, async ({ sheets }) => sheets[0]?.name)).toBe(text)
  })

  test('a workbook without a compound file', async () => {
    const content = xlsStream([{ rows: [['a', 1]] }], { generation: 5 })
    expect((await rowsOf(content))[0]?.cells).toEqual(['a', 1])
  })

  test.each(['biff2', 'biff3', 'biff4', 'biff5', 'biff8'] as const)(
    'what others write as %s',
    async (bookType) => {
      const sheet = utils.aoa_to_sheet([
        ['SKU', 'Price', 'New'],
        ['0012', 12.5, true],
        ['B-2', 1200],
      ])
      const book = utils.book_new()
      utils.book_append_sheet(book, sheet, 'Sheet1')
      // The types do not know all that the library writes.
      const content: Buffer = write(book, { type: 'buffer', bookType: bookType as BookType })
      expect(await rowsOf(content)).toEqual([
        { index: 0, cells: ['SKU', 'Price', 'New'] },
        { index: 1, cells: ['0012', 12.5, 'TRUE'] },
        { index: 2, cells: ['B-2', 1200] },
      ])
    },
  )
})

test('a workbook that is embedded in another document is not its own', async () => {
  const stream = xlsStream([{ rows: [['a']] }])
  const document = makeCompoundFile({ WordDocument: Buffer.alloc(10), Workbook: stream })
  // The second stream leaves the tree of the document's own names.
  document.writeUInt32LE(0xffffffff, document.indexOf(Buffer.from('WordDocument', 'utf16le')) + 72)
  await expect(rowsOf(document)).rejects.toMatchObject({ code: 'unsupported_format' })
})
