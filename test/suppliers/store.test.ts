import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { changeSupplier } from '../../src/suppliers/edit-supplier.ts'
import { supplierNameKey } from '../../src/suppliers/model.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, rejection, type TestDatabase } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const now = new Date(Date.UTC(2026, 10, 22))
const inTx = <Result>(
  { db }: TestDatabase,
  work: (store: ReturnType<typeof supplierStore>) => Promise<Result>,
) => db.tx(({ query }) => work(supplierStore({ query, tables: db.tables })))

for (const engine of engines) {
  describe(engine, () => {
    test('a supplier that nobody knows is made, and found however it is written', async () => {
      await using database = await openMigrated(engine)
      const made = await inTx(database, (store) => store.findOrAdd('  Müller &  Söhne ', now))
      expect(made).toMatchObject({ name: 'Müller &  Söhne', currency: null, revision: 0 })
      for (const name of ['müller & söhne', 'MÜLLER\u00a0& SÖHNE', 'Mu\u0308ller & So\u0308hne']) {
        expect(await inTx(database, (store) => store.findOrAdd(name, now))).toEqual(made)
        expect(await supplierStore(database.db).find(name)).toEqual(made)
      }
      expect(await supplierStore(database.db).find('Muller')).toBe(null)
      expect(await supplierStore(database.db).list()).toHaveLength(1)
    })

    test('many that make the same supplier at the same moment make one', async () => {
      await using database = await openMigrated(engine)
      const made = await Promise.all(
        Array.from({ length: 8 }, () => inTx(database, (store) => store.findOrAdd('Acme', now))),
      )
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    })

    test.skipIf(engine !== 'postgres')(
      'of two that take one name at once the second is told so',
      async () => {
        await using database = await openMigrated(engine)
        const { db } = database
        const [first, second] = await Promise.all(
          ['Acme', 'Bolt'].map((name) => inTx(database, (store) => store.findOrAdd(name, now))),
        )
        const change = { actor: consoleActor, at: now }
        let losing: Promise<unknown> | null = null
        await inTx(database, async (store) => {
          await store.change(first!.id, { name: 'Zeta' })
          losing = rejection(changeSupplier(db, second!.id, { name: 'zeta' }, change))
          // It has seen nobody of that name, and waits for what becomes of this one.
          await until(async () => {
            const [waiting] = await db.all<{ count: string }>(
              `select count(*) as count from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'`,
            )
            return Number(waiting!.count) > 0
          })
        })
        expect(await losing).toMatchObject({ name: 'ConflictError', code: 'supplier_exists' })
      },
    )

    test('suppliers are listed by name, whatever the case', async () => {
      await using database = await openMigrated(engine)
      for (const name of ['bolt', 'Acme', 'Zeta', 'carl'])
        await inTx(database, (store) => store.findOrAdd(name, now))
      const names = (await supplierStore(database.db).list()).map(({ name }) => name)
      expect(names).toEqual(['Acme', 'bolt', 'carl', 'Zeta'])
    })

    test('a name that is none is refused', async () => {
      await using database = await openMigrated(engine)
      for (const name of [
        '',
        '  \n',
        'x'.repeat(201),
        'a\0b',
        'a\u001bb',
        '\u200b',
        'a\u202eb',
        'a\u009bb',
        'a\ud800',
      ])
        expect(await rejection(inTx(database, (store) => store.findOrAdd(name, now)))).toMatchObject({
          name: 'InvalidError',
          code: 'invalid_supplier',
        })
      expect((await inTx(database, (store) => store.findOrAdd('x'.repeat(200), now))).name).toHaveLength(200)
    })
  })
}

test('names are compared without case, width and white space', () => {
  expect(supplierNameKey(' ＡＣＭＥ\t Ltd. ')).toBe('acme ltd.')
})
