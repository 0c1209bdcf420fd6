import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'
import { InvalidError } from '../../src/lib/errors.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'

/** A promise and its key. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

const supplier = (id: string) => ({ id, name: id, nameKey: id, createdAt: new Date(1_700_000_000_123) })

async function addSupplier(db: Database): Promise<void> {
  await db.tx(async ({ query }) => {
    await query.insert(db.tables.suppliers).values(supplier('a'))
  })
}

for (const engine of engines) {
  describe(engine, () => {
    test('what a transaction wrote before a throw is gone, also after an await', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const { suppliers } = db.tables
      const work = db.tx(async (tx) => {
        await tx.query.insert(suppliers).values(supplier('a'))
        await Promise.resolve()
        await tx.run(`update suppliers set revision = 7`)
        expect(await tx.all('select revision from suppliers')).toEqual([{ revision: 7 }])
        throw new InvalidError('stop', 'Stop.')
      })
      expect(await rejection(work)).toMatchObject({ code: 'stop' })
      expect(await db.query.select().from(suppliers)).toEqual([])
      // The connection is fit for the next one.
      expect(await db.tx(async (tx) => (await tx.all('select 1 as one')).length)).toBe(1)
    })

    test('a failing statement rolls its transaction back and says what failed', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const work = db.tx(async (tx) => {
        await tx.query.insert(db.tables.suppliers).values(supplier('a'))
        await tx.run('insert into nowhere values (1)')
      })
      expect(String(await rejection(work))).toContain('nowhere')
      expect(await db.all('select * from suppliers')).toEqual([])
    })

    test('readers see nothing of a transaction until it commits, and then all of it', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const [written, seen] = [gate(), gate()]
      const work = db.tx(async (tx) => {
        await tx.query.insert(db.tables.suppliers).values(supplier('a'))
        written.open()
        await seen.opened
        await tx.query.insert(db.tables.suppliers).values(supplier('b'))
      })
      await written.opened
      expect(await db.all('select id from suppliers')).toEqual([])
      expect(await db.query.select().from(db.tables.suppliers)).toEqual([])
      seen.open()
      await work
      expect(await db.all('select id from suppliers order by id')).toEqual([{ id: 'a' }, { id: 'b' }])
    })

    test('transactions at the same moment do not mix', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      await addSupplier(db)
      const attempts = Array.from({ length: 20 }, (_, index) =>
        db
          .tx(async (tx) => {
            const lock = engine === 'postgres' ? 'for update' : ''
            const [row] = await tx.all<{ revision: number }>(`select revision from suppliers ${lock}`)
            await Promise.resolve()
            await tx.run('update suppliers set revision = $1', [row!.revision + 1])
            if (index % 4 === 3) throw new Error('every fourth gives up')
          })
          .then(
            () => 'kept',
            () => 'lost',
          ),
      )
      const results = await Promise.all(attempts)
      expect(results.filter((result) => result === 'kept')).toHaveLength(15)
      expect(await db.all('select revision from suppliers')).toEqual([{ revision: 15 }])
    })

    test('instants, JSON, truth values and whole numbers survive writing and reading', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const { suppliers, sources } = db.tables
      const most = { ...supplier('a'), usesAnalyzer: true, revision: Number.MAX_SAFE_INTEGER }
      await db.tx(({ query }) => query.insert(suppliers).values(most))
      const [stored] = await db.query.select().from(suppliers).where(eq(suppliers.id, 'a'))
      expect(stored).toMatchObject({ ...most, currency: null })
      const values = {
        id: 'q',
        supplierId: 'a',
        name: 'q',
        kind: 'upload' as const,
        listMode: 'full' as const,
        scope: 'file' as const,
        duplicates: 'reject' as const,
        map: { name: 'A "quoted" \\ name', price: null },
        identity: ['name'],
        decimalsMax: '4' as const,
        limits: { moveMax: 0.1 },
        reading: {},
        config: {},
        createdAt: new Date(0),
      }
      await db.tx(({ query }) => query.insert(sources).values(values))
      expect((await db.query.select().from(sources))[0]).toMatchObject({
        ...values,
        pausedAt: null,
        priority: 100,
      })
      const counted = await db.all('select revision, (select count(*) from sources) as n from suppliers')
      expect(counted).toEqual([{ revision: Number.MAX_SAFE_INTEGER, n: 1 }])
    })

    test('a parameter may be of any kind and used twice; an instant is one on both engines', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const at = new Date(1_700_000_000_123)
      await addSupplier(db)
      const found = await db.all(
        'select id, name from suppliers where created_at = $2 and (id = $1 or name = $1) and revision = $3',
        ['a', at, 0],
      )
      expect(found).toEqual([{ id: 'a', name: 'a' }])
      expect(await db.run('update suppliers set currency = $1 where created_at <= $2', [null, at])).toBe(1)
      expect(await db.run('delete from suppliers where id = $1', ['nobody'])).toBe(0)
      const [row] = await db.all<{ created_at: number | string }>('select created_at from suppliers')
      expect(new Date(row!.created_at)).toEqual(at)
    })

    test('a transaction sees what another process has written', async () => {
      await using database = await openMigrated(engine)
      const other = await openUrl(database.url)
      await addSupplier(other)
      expect(await database.db.all('select id from suppliers')).toEqual([{ id: 'a' }])
      expect(await database.db.tx((tx) => tx.all('select id from suppliers'))).toEqual([{ id: 'a' }])
      await other.close()
    })

    test('foreign keys and value checks hold', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const orphan = `insert into categories (id, supplier_id, name, path) values ('c', 'nobody', 'C', 'C')`
      expect(String(await rejection(db.run(orphan)))).toMatch(/foreign key/i)
    })
  })
}
