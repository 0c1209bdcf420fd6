import { Database as Connection } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { truncateSync } from 'node:fs'
import fc from 'fast-check'
import { SqliteFile } from '../../../src/analyzer/staging/sqlite-file.ts'
import { SqliteRecord } from '../../../src/analyzer/staging/sqlite-record.ts'
import { storable } from '../../../src/lib/storable.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

type Row = (string | number | null)[]

/** A file with two tables of as many columns as the rows have, and the root pages of the two. */
function emptyFile(path: string, columns: number, pageSize: number): [number, number] {
  const connection = new Connection(path, { create: true })
  connection.run('pragma auto_vacuum = none')
  connection.run(`pragma page_size = ${pageSize}`)
  const list = Array.from({ length: columns }, (_, i) => `c${i}`).join(', ')
  for (const table of ['a', 'b']) connection.run(`create table ${table} (${list})`)
  const roots = connection
    .query<{ rootpage: number }, []>('select rootpage from sqlite_schema order by name')
    .all()
  connection.close()
  return [roots[0]!.rootpage, roots[1]!.rootpage]
}

function recordOf(row: Row, record = new SqliteRecord()): SqliteRecord {
  record.clear()
  for (const value of row) {
    if (typeof value === 'number') record.integer(value)
    else record.text(value)
  }
  record.finish()
  return record
}

/** What SQLite finds in the file, once it has found it sound. */
function readBack(path: string): { a: Row[]; b: Row[] } {
  const connection = new Connection(path)
  try {
    expect(connection.query('pragma integrity_check').values()).toEqual([['ok']])
    const rows = (table: string) =>
      connection.query(`select * from ${table} order by rowid`).values() as Row[]
    const [last] = connection.query('select max(rowid), count(*) from a').values() as [
      [number | null, number],
    ]
    expect(last[0] ?? 0).toBe(last[1])
    return { a: rows('a'), b: rows('b') }
  } finally {
    connection.close()
  }
}

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    2 ** 15,
    -(2 ** 15),
    2 ** 23,
    2 ** 31,
    -(2 ** 31),
    2 ** 47,
    -(2 ** 47),
  ),
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.integer({ min: 0, max: 9000 }).map((length) => 'ü→x'.repeat(length).slice(0, length)),
)
const value = fc.option(fc.oneof(integer, text))

test('SQLite reads appended rows just as if it had inserted them', async () => {
  await using directory = await temporaryDirectory()
  let files = 0
  const rows = fc.integer({ min: 1, max: 20 }).chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      pageSize: fc.constantFrom(512, 1024, 4096, 65536),
      rows: fc.array(fc.tuple(fc.boolean(), fc.array(value, { minLength: columns, maxLength: columns })), {
        maxLength: 200,
      }),
    }),
  )
  fc.assert(
    fc.property(rows, ({ columns, pageSize, rows }) => {
      const path = directory.file(`${++files}.db`)
      const [rootA, rootB] = emptyFile(path, columns, pageSize)
      const file = new SqliteFile(path)
      const tables = { a: file.table(rootA), b: file.table(rootB) }
      const record = new SqliteRecord()
      for (const [isA, row] of rows) tables[isA ? 'a' : 'b'].append(recordOf(row, record))
      file.end()
      const kept = (table: boolean) =>
        rows
          .filter(([isA]) => isA === table)
          .map(([, row]) => row.map((cell) => (typeof cell === 'string' ? storable(cell) : cell)))
      expect(readBack(path)).toEqual({ a: kept(true), b: kept(false) })
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a tree grows as many levels as it needs, and is never left with a page of one child', async () => {
  await using directory = await temporaryDirectory()
  // A page of 512 bytes has room for one such row, and for 63 to 71 children.
  for (const count of [1, 2, 61, 62, 63, 64, 71, 72, 73, 5_000]) {
    const path = directory.file(`${count}.db`)
    const [root] = emptyFile(path, 1, 512)
    const file = new SqliteFile(path)
    const table = file.table(root)
    for (let n = 1; n <= count; n++) expect(table.append(recordOf([`${n} ${'x'.repeat(400)}`]))).toBe(n)
    file.end()
    const { a } = readBack(path)
    expect(a).toHaveLength(count)
    expect(a.at(-1)).toEqual([`${count} ${'x'.repeat(400)}`])
  }
})

test('the page that SQLite locks is left out', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('large.db')
  const pageSize = 65536
  const [root] = emptyFile(path, 1, pageSize)
  // As if a GiB of other pages were there; they take no room on the disk.
  const lockPage = 2 ** 30 / pageSize + 1
  const pageCount = lockPage - 3
  truncateSync(path, pageCount * pageSize)
  const header = Buffer.alloc(4)
  header.writeUInt32BE(pageCount)
  const { open } = await import('node:fs/promises')
  const handle = await open(path, 'r+')
  await handle.write(header, 0, 4, 28)
  await handle.close()
  const file = new SqliteFile(path)
  const table = file.table(root)
  const rows = Array.from({ length: 9 }, (_, n) => [`${n}${'x'.repeat(n === 4 ? 200_000 : 40_000)}`])
  for (const row of rows) table.append(recordOf(row))
  file.end()
  const connection = new Connection(path)
  const found = connection.query('pragma integrity_check(10000)').values().flat().map(String)
  // The pages that stand for others belong to no table.
  const faults = found
    .flatMap((fault) => fault.split('\n'))
    .filter((fault) => !/^Page \d+: never used$/.test(fault))
  expect(faults.filter((fault) => fault !== '*** in database main ***')).toEqual([])
  expect(connection.query('select * from a').values()).toEqual(rows)
  connection.close()
})

test('what is no exact integer is refused', () => {
  for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    expect(() => recordOf([bad])).toThrow(RangeError)
})
