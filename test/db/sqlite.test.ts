import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrateUp } from '../../src/db/migrate.ts'
import { openBench } from '../helpers/bench.ts'
import { freshDatabaseUrl } from '../helpers/engines.ts'
import { itemRow } from '../helpers/item-rows.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** Another process that holds the write lock until it is disposed. */
async function lockHolder(url: string) {
  const program = join(import.meta.dir, '../helpers/children/hold-lock.ts')
  const child = Bun.spawn([process.execPath, program, url.slice('sqlite:'.length)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('held\n')
  return {
    async release() {
      await child.stdin.end()
      expect(await child.exited).toBe(0)
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
    },
  }
}

test("a lock that another process holds is waited for, with the event loop free, until it is the writer's turn", async () => {
  await using database = await openMigrated('sqlite')
  await using holder = await lockHolder(database.url)
  const order: string[] = []
  const writing = database.db.run(`insert into counters values ('a', 1)`).then(() => order.push('written'))
  // Timers and readers go on; were the wait synchronous, these would come after it.
  await new Promise((done) => setTimeout(done, 20)).then(() => order.push('timer'))
  expect(await database.db.all('select * from counters')).toEqual([])
  order.push('read')
  await holder.release()
  await writing
  expect(order).toEqual(['timer', 'read', 'written'])
})

test('a lock that is held for too long is a clear error, and the next attempt may succeed', async () => {
  await using database = await openMigrated('sqlite')
  await using holder = await lockHolder(database.url)
  const db = await openUrl(database.url, { lockTimeoutMs: 50 })
  const error = await rejection(db.tx(async () => {}))
  expect(error).toMatchObject({ name: 'UnavailableError', code: 'database_locked', retryAfterMs: 1000 })
  await holder.release()
  await db.tx((tx) => tx.run(`insert into counters values ('a', 1)`))
  expect(await db.all('select name from counters')).toEqual([{ name: 'a' }])
  await db.close()
})

test('a file that is no database is refused and left as it is', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('list.csv')
  const text = `sku;name;price\n${'A;Hammer;1,00\n'.repeat(500)}`
  await Bun.write(path, text)
  const error = await rejection(openUrl(`sqlite:${path}`))
  expect(error).toMatchObject({ name: 'InvalidError', code: 'not_a_database' })
  expect((error as Error).message).toContain(path)
  expect(await Bun.file(path).text()).toBe(text)
})

test('a folder, or a path into a folder that is not there, is named', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(directory.file('folder'))
  for (const path of [directory.file('folder'), directory.file('nowhere/tallyman.db')]) {
    const error = await rejection(openUrl(`sqlite:${path}`))
    expect(error).toMatchObject({ name: 'InvalidError', code: 'database_unreachable' })
    expect((error as Error).message).toContain(path)
  }
})

test('a database that was cut off is refused with a clear error', async () => {
  await using fresh = await freshDatabaseUrl('sqlite')
  const db = await openUrl(fresh.url)
  await migrateUp(db, { now: () => new Date(0) })
  await db.close()
  const path = fresh.url.slice('sqlite:'.length)
  const bytes = await Bun.file(path).bytes()
  await Bun.write(path, bytes.slice(0, 5000))
  expect(
    await rejection(openUrl(fresh.url).then((opened) => opened.all('select * from suppliers'))),
  ).toMatchObject({
    name: 'InvalidError',
    code: 'database_damaged',
  })
})

test('on a full disk nothing of a list is published, and the catalog is as before', async () => {
  await using bench = await openBench('sqlite')
  const source = await bench.source('Acme')
  await bench.publish(source, { items: [itemRow('A')] })
  const { db } = bench
  const [{ page_count: pages }] = (await db.all('pragma page_count')) as [{ page_count: number }]
  await db.run(`pragma max_page_count = ${pages + 10}`)
  let before: unknown
  const items = Array.from({ length: 2000 }, (_, index) => itemRow(`B${index}`, { name: 'x'.repeat(200) }))
  const between = async () => {
    before = await bench.contents()
  }
  const error = await rejection(bench.publish(source, { items, isFull: true, between }))
  expect(error).toMatchObject({ name: 'UnavailableError', code: 'disk_full' })
  expect(await bench.contents()).toEqual(before as Record<string, unknown[]>)
  await db.run('pragma max_page_count = 1000000')
  expect((await bench.publish(source, { items })).isPublished).toBe(true)
})

test('the query builder too says that the disk is full', async () => {
  await using database = await openMigrated('sqlite')
  const { db } = database
  const [{ page_count: pages }] = (await db.all('pragma page_count')) as [{ page_count: number }]
  await db.run(`pragma max_page_count = ${pages}`)
  const createdAt = new Date(0)
  const error = await rejection(
    db.tx(async ({ query }) => {
      for (let n = 0; n < 1000; n++)
        await query
          .insert(db.tables.suppliers)
          .values({ id: `${n}`, name: 'x'.repeat(1000), nameKey: `${n}`, createdAt })
    }),
  )
  expect(error).toMatchObject({ name: 'UnavailableError', code: 'disk_full' })
  expect(await db.all('select id from suppliers')).toEqual([])
})
