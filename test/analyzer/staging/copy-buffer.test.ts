import { expect, test } from 'bun:test'
import { once } from 'node:events'
import fc from 'fast-check'
import { CopyBuffer } from '../../../src/analyzer/staging/copy-buffer.ts'
import { storable } from '../../../src/lib/storable.ts'
import { engines } from '../../helpers/engines.ts'
import { openMigrated } from '../../helpers/open-database.ts'

const integer = fc.option(
  fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32) - 1)),
)
const text = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    // Longer than the buffer is at first.
    fc.integer({ min: 0, max: 400_000 }).map((length) => 'aü→'.repeat(length).slice(0, length)),
  ),
)
const json = fc.option(fc.dictionary(fc.constantFrom('a', 'ü'), fc.string({ maxLength: 5 }), { maxKeys: 2 }))

for (const engine of engines.filter((engine) => engine === 'postgres')) {
  test('PostgreSQL takes whatever rows are written, in whatever pieces they go out', async () => {
    await using database = await openMigrated(engine)
    const { db } = database
    const { native } = db
    if (native.engine !== 'postgres') throw new Error('The engine has another connection.')
    await db.run('create unlogged table staging.copied (n bigint, i bigint, t text, j jsonb)')
    const rows = fc.array(fc.tuple(integer, text, json, fc.boolean()), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        await db.run('truncate staging.copied')
        const stream = await native.copy('copy staging.copied from stdin (format binary)')
        const buffer = new CopyBuffer()
        for (const [n, [i, t, j, isTaken]] of values.entries()) {
          buffer.row(4)
          buffer.integer(n)
          buffer.integer(i)
          buffer.text(t)
          buffer.json(j === null ? null : JSON.stringify(j).replaceAll('\\u0000', ''))
          if (isTaken) stream.write(buffer.take())
        }
        buffer.end()
        stream.end(buffer.take())
        await once(stream, 'finish')
        const found = await db.all<{ i: number; t: string; j: unknown }>(
          'select i, t, j from staging.copied order by n',
        )
        expect(found.map(({ i, t, j }) => [i, t, j])).toEqual(
          values.map(([i, t, j]) => [i, t === null ? null : storable(t), j]),
        )
      }),
      { numRuns: 25 },
    )
  }, 60_000)
}

test('rows that were taken leave an empty buffer, and the header goes out once', () => {
  const buffer = new CopyBuffer()
  expect(buffer.take().subarray(0, 11).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0')
  expect(buffer.length).toBe(0)
  buffer.row(1)
  buffer.integer(-2)
  expect([...buffer.take()]).toEqual([0, 1, 0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254])
})
