import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { InvalidError } from '../../../src/lib/errors.ts'
import { readingError, rowsOf } from '../../helpers/opened.ts'
import {
  double,
  longText,
  makeCompoundFile,
  makeXls,
  place,
  record,
  start,
  word,
  xlsStream,
} from '../../helpers/xls.ts'

const rows = [
  ['SKU', 'Name', 'Price'],
  ['A-1', 'Größe M8', 12.5],
  ['A-2', 'Болт', 3],
]

describe('a damaged XLS workbook is refused', () => {
  test('wherever it is cut', async () => {
    const content = makeXls([{ rows }])
    const stream = xlsStream([{ rows }])
    // What follows the stream only fills the last sectors.
    const streamEnd = content.indexOf(stream) + stream.length
    for (let size = 8; size < streamEnd; size += 37)
      expect([size, await readingError(content.subarray(0, size))]).toEqual([size, expect.any(InvalidError)])
    for (let size = 8; size < stream.length; size += 3)
      expect([size, await readingError(stream.subarray(0, size))]).toEqual([size, expect.any(InvalidError)])
  })

  test.each<[string, Buffer]>([
    ['a sheet that begins nowhere', withSheetAt(0x7fffffff)],
    ['a sheet that begins within another record', withSheetAt(9)],
    [
      'two sheets in one place',
      makeXls([{ rows }], {
        records: [
          record(0x0085, word(0), word(0), [0, 0, 1, 0, 65]),
          record(0x0085, word(0), word(0), [0, 0, 1, 0, 66]),
        ],
      }),
    ],
    ['a text that nobody holds', makeXls([{ records: [record(0x00fd, place(0, 0), [9, 0, 0, 0])] }])],
    [
      'a text longer than its record',
      makeXls([{ records: [record(0x0204, place(0, 0), word(500), [0, 65])] }]),
    ],
    ['a cell that is cut short', makeXls([{ records: [record(0x0203, place(0, 0), [1, 2])] }])],
    [
      'shared texts that end early',
      makeXls([{ rows: [] }], { records: [record(0x00fc, [9, 0, 0, 0, 9, 0, 0, 0], longText('a', 8))] }),
    ],
    ['no workbook in its stream', makeCompoundFile({ Workbook: Buffer.from('no workbook') })],
    ['an empty stream', makeCompoundFile({ Workbook: Buffer.alloc(0) })],
  ])('with %s', async (_, content) => {
    expect(await readingError(content)).toMatchObject({ code: 'damaged_workbook' })
  })

  test.each([
    ['an end that holds something', record(0x000a, [1, 2])],
    ['what is no record', record(0x4b50, [1, 2])],
  ])('in which there is %s', async (_, wrong) => {
    const cell = record(0x0203, place(0, 0), double(1))
    expect(await readingError(makeXls([{ records: [cell, wrong, cell] }]))).toMatchObject({
      code: 'damaged_workbook',
    })
    expect(await readingError(makeXls([{ records: [cell] }], { records: [wrong] }))).toMatchObject({
      code: 'damaged_workbook',
    })
  })

  test('whose sectors run in a circle', async () => {
    const content = makeXls([{ rows }])
    // The table of sectors comes first, then the directory: it is followed by itself.
    content.writeUInt32LE(1, 512 + 1 * 4)
    expect(await readingError(content)).toMatchObject({ code: 'damaged_workbook' })
  })

  test('whose stream lies in pieces, when one is cut off', async () => {
    const long = Array.from({ length: 200 }, (_, row) => [row + 0.5])
    const content = makeXls([{ rows: long }])
    const expected = await rowsOf(content)
    expect(expected).toHaveLength(200)
    // Table, directory, stream: its second sector and its last one change places.
    const [before, last] = [2, content.length / 512 - 2]
    const place = (sector: number) => (sector + 1) * 512
    const moved = Buffer.from(content.subarray(place(before + 1), place(before + 2)))
    content.copy(content, place(before + 1), place(last), place(last + 1))
    moved.copy(content, place(last))
    const next = (sector: number, following: number) => content.writeUInt32LE(following, 512 + sector * 4)
    next(before, last)
    next(last, before + 2)
    next(last - 1, before + 1)
    next(before + 1, 0xfffffffe)
    expect(await rowsOf(content)).toEqual(expected)
    for (let missing = 1; missing < 400; missing += 3) {
      const error = await readingError(content.subarray(0, content.length - missing))
      expect([missing, error]).toEqual([missing, expect.objectContaining({ code: 'damaged_workbook' })])
    }
  })

  test('with more texts than are read', async () => {
    const content = makeXls([{}], { records: [record(0x00fc, [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])] })
    expect(await readingError(content)).toMatchObject({ code: 'workbook_too_large' })
  })
})

test('a workbook with a password says so', async () => {
  const content = makeXls([{ rows }], { records: [record(0x002f, Buffer.alloc(54))] })
  expect(await readingError(content)).toMatchObject({ code: 'encrypted_workbook' })
})

test('a workspace of Excel 4 says what to do', async () => {
  const content = Buffer.concat([record(0x0409, word(0), word(0x0100), word(0)), record(0x000a)])
  const error = await readingError(content)
  expect(error).toMatchObject({ code: 'unsupported_format' })
  expect(String(error)).toContain('save its sheets')
})

describe('limits', () => {
  const long = 'x'.repeat(5000)
  test.each([
    ['cell_too_long', [[long]], { cellCharactersMax: 4999 }],
    ['row_too_long', [Array(20).fill(long)], { cellCharactersMax: 5000 }],
    ['zip_bomb', Array(30).fill([long]), { unpackedBytesMax: 100_000 }],
    ['too_many_columns', [['a', 'b', 'c']], { columnsMax: 2 }],
  ] as const)('%s', async (code, cells, limits) => {
    const error = await readingError(makeXls([{ rows: cells.map((each) => [...each]) }]), limits)
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain('Sheet "Sheet1", row ')
  })

  test('a range that claims every cell costs nothing', async () => {
    const dimensions = record(0x0200, [0, 0, 0, 0], [0, 0, 1, 0], word(0), word(0x4000), word(0))
    const records = [dimensions, record(0x0203, place(65_535, 255), double(1))]
    expect(await rowsOf(makeXls([{ records }]))).toEqual([
      { index: 65_535, cells: [...Array(255).fill(''), 1] },
    ])
  })

  test('links, notes and charts that make no sense are not looked at', async () => {
    const nonsense = [0x01b8, 0x001c, 0x005d, 0x01b6, 0x0018, 0x00ec, 0x01ae, 0x0236].map((type) =>
      record(type, Buffer.alloc(40, 0xff)),
    )
    const records = [...nonsense, record(0x0203, place(0, 0), double(1)), ...nonsense]
    expect(await rowsOf(makeXls([{ records }], { records: nonsense }))).toEqual([{ index: 0, cells: [1] }])
  })

  test('parts within parts a thousand deep', async () => {
    const records = [
      ...Array.from({ length: 1000 }, () => start(8, 0x20)),
      ...Array.from({ length: 1000 }, () => record(0x000a)),
      record(0x0203, place(0, 0), double(1)),
    ]
    expect(await rowsOf(makeXls([{ records }]))).toEqual([{ index: 0, cells: [1] }])
  })
})

test('whatever bytes are wrong, it is read or refused', async () => {
  const content = makeXls([{ rows }, { name: 'Two', rows: [[{ value: 'a', as: 'formula' }, true, 1.25]] }], {
    numberFormats: ['dd.mm.yyyy'],
    records: [record(0x0042, word(1200))],
  })
  const bytes = fc.array(fc.tuple(fc.nat(content.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(bytes, async (changes) => {
      const broken = Buffer.from(content)
      for (const [at, byte] of changes) broken[at] = byte
      const error = await readingError(broken)
      if (error !== null) expect(error).toBeInstanceOf(InvalidError)
    }),
    { numRuns: 1500 },
  )
})

/** A workbook whose only sheet is said to begin there. */
function withSheetAt(at: number): Buffer {
  const stream = xlsStream([{ rows }])
  const boundSheet = stream.indexOf(Buffer.from([0x85, 0x00]))
  stream.writeUInt32LE(at, boundSheet + 4)
  return makeCompoundFile({ Workbook: stream })
}
