import { describe, expect, test } from 'bun:test'
import type { Database } from '../../src/db/database.ts'
import { AppError } from '../../src/lib/errors.ts'
import { jobStore } from '../../src/queue/store.ts'
import { noPins } from '../../src/sources/pins.ts'
import { type Begun, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const listed = itemRows(
  itemRow('A', { category: 'Tools > Saws', brand: 'Bosch' }),
  itemRow('B', { priceE4: 1 }),
)

test.skipIf(!engines.includes('postgres'))(
  'a list of the same supplier can come in while another one is being published',
  async () => {
    await using bench = await openBench('postgres')
    const { db } = bench
    const source = await bench.source('Acme')
    await bench.publish(source, { items: [itemRow('A')] })
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holder = db.tx(async (tx) => {
      await tx.run('select 1 from supplier_items for update')
      locked.resolve()
      await release.promise
    })
    await locked.promise
    const published = bench.publish(source, { items: [itemRow('A', { priceE4: 1 })] })
    await until(async () => {
      const waiting = await db.all(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      return waiting.length > 0
    })
    // What recording an import asks of its supplier and its source.
    const recorded = await db
      .all('select 1 from suppliers, sources for key share nowait')
      .catch((error: unknown) => error)
    release.resolve()
    await holder
    expect(recorded).toHaveLength(1)
    expect((await published).isPublished).toBe(true)
  },
)

for (const engine of engines) {
  describe(engine, () => {
    test('a worker whose import was taken over writes nothing at all', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A'), itemRow('C')], isFull: true })
      let before: unknown
      const error = await rejection(
        bench.publish(source, {
          items: listed,
          rejectedKeys: ['X'],
          isFull: true,
          between: async (tx, begun) => {
            await takeOver(bench.db, tx, begun)
            before = await bench.contents()
          },
        }),
      )
      expect(error).toMatchObject({ name: 'ConflictError', code: 'lease_lost' })
      expect(await bench.contents()).toEqual(before as Record<string, unknown[]>)
    })

    test('a comparison with an older revision is not published; a new one is', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A')] })
      let before: unknown
      const { isPublished } = await bench.publish(source, {
        items: listed,
        between: async (tx) => {
          await tx((sql) => sql.run('update suppliers set revision = revision + 1'))
          before = await bench.contents()
        },
      })
      expect(isPublished).toBe(false)
      expect(await bench.contents()).toEqual(before as Record<string, unknown[]>)
      expect((await bench.publish(source, { items: listed })).isPublished).toBe(true)
    })

    test('a list that was fetched before one that is published already is refused', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const day = (date: number) => new Date(Date.UTC(2026, 10, date))
      const monday = await bench.publish(source, { items: [itemRow('A')], fetchedAt: day(20) })
      const before = await bench.rows('select * from supplier_items')
      const late = { items: [itemRow('A', { priceE4: 1 })], fetchedAt: day(19) }
      const error = await rejection(bench.publish(source, late))
      expect(error).toMatchObject({ name: 'ConflictError', code: 'stale_data' })
      expect((error as AppError).message).toContain(monday.importId)
      expect(await bench.rows('select * from supplier_items')).toEqual(before)
      // Another source, another scope and the same moment are no conflict.
      const other = await bench.source('Acme', 'mail')
      expect((await bench.publish(other, late)).isPublished).toBe(true)
      const sheet = { sheets: [{ sheet: 'S', scope: 'S', items: [itemRow('S')] }], fetchedAt: day(18) }
      expect((await bench.publish(source, sheet)).isPublished).toBe(true)
      expect((await bench.publish(source, { ...late, fetchedAt: day(20) })).isPublished).toBe(true)
    })

    test('a supplier that was deleted meanwhile is a clear error', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const between = async (tx: Database['tx']) => {
        await tx((sql) => sql.run('delete from suppliers'))
      }
      const error = await rejection(bench.publish(source, { items: listed, between }))
      expect(error).toMatchObject({ name: 'ConflictError', code: 'supplier_deleted' })
      expect(await bench.rows('select * from supplier_items')).toEqual([])
    })

    test('when the last statement fails, nothing of all that was written stays', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A'), itemRow('C')], isFull: true })
      let before: unknown
      const error = await rejection(
        bench.publish(source, {
          items: listed,
          isFull: true,
          between: async (tx, { importId }) => {
            await tx((sql) => sql.run('delete from jobs where import_id = $1', [importId]))
            before = await bench.contents()
          },
        }),
      )
      expect(error).toBeInstanceOf(AppError)
      expect(await bench.contents()).toEqual(before as Record<string, unknown[]>)
    })

    test('settings of the import become those of its source only when it is published', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.db.run(`update sources set currency = 'USD'`)
      const { importId } = await bench.begin(source)
      expect(importId).not.toBe('')
      expect(await bench.rows('select currency from sources')).toEqual([{ currency: 'USD' }])
      await bench.publish(source, { items: listed, said: { ...noPins, currency: 'auto' } })
      expect(await bench.rows('select currency from sources')).toEqual([{ currency: null }])
    })

    test('two lists of one supplier at the same moment: one is compared again, none is lost', async () => {
      await using bench = await openBench(engine)
      const [web, mail] = [await bench.source('Acme', 'web'), await bench.source('Acme', 'mail')]
      const lists = [
        bench.publish(web, { items: [itemRow('A')] }),
        bench.publish(mail, { items: [itemRow('B')] }),
      ]
      const results = await Promise.all(lists)
      const again = results[0]!.isPublished ? mail : web
      if (results.some(({ isPublished }) => !isPublished))
        await bench.publish(again, { items: [itemRow(again === web ? 'A' : 'B')] })
      expect(await bench.rows('select item_key from supplier_items order by 1')).toHaveLength(2)
      expect(await bench.rows('select revision from suppliers')).toEqual([{ revision: 2 }])
    })

    test('suppliers that name the same new brands at the same moment do not block each other', async () => {
      await using bench = await openBench(engine)
      const names = Array.from({ length: 200 }, (_, index) => `brand ${String(index).padStart(3, '0')}`)
      const items = (spell: (name: string, index: number) => string) =>
        itemRows(...names.map((name, index) => itemRow(`A${index}`, { brand: spell(name, index) })))
      const suppliers = await Promise.all(['Acme', 'Bolt'].map((name) => bench.source(name)))
      // Sorted by their spelling, the two lists name the brands in opposite orders.
      const results = await Promise.all([
        bench.publish(suppliers[0]!, { items: items((name, i) => (i < 100 ? name : name.toUpperCase())) }),
        bench.publish(suppliers[1]!, { items: items((name, i) => (i < 100 ? name.toUpperCase() : name)) }),
      ])
      expect(results.map(({ isPublished }) => isPublished)).toEqual([true, true])
      expect(await bench.rows('select id from brands')).toHaveLength(200)
    })
  })
}

/** What another worker does that thinks this one dead. */
async function takeOver(db: Database, tx: Database['tx'], { lease }: Begun): Promise<void> {
  await tx(async ({ query }) => {
    const jobs = jobStore({ query, tables: db.tables })
    const job = (await jobs.get(lease.jobId))!
    await query.update(db.tables.jobs).set({ leaseUntil: new Date(0) })
    await jobs.take(job, 'other 2 ')
  })
}
