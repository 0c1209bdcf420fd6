import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import type { Database } from '../../src/db/database.ts'
import { deleteSource, sourceHistory } from '../../src/sources/delete-source.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'

const clock = { now: () => new Date(Date.UTC(2026, 10, 23)) }
/** More than one transaction writes: the source goes in several. */
const itemCount = 11_000

const many = (priceE4: number) =>
  itemRows(...Array.from({ length: itemCount }, (_, n) => itemRow(`K-${n}`, { priceE4 })))

/** The same database, whose transactions fail from one of them on. */
function failing(db: Database, after: number): Database {
  let left = after
  return {
    ...db,
    tx: (work) => (left-- > 0 ? db.tx(work) : Promise.reject(new Error('The machine was switched off.'))),
  }
}

async function openWithHistory(engine: 'sqlite' | 'postgres') {
  const bench = await openBench(engine)
  const source = await bench.source('Acme')
  const rejectedKeys = ['X', 'Y']
  await bench.publish(source, { items: many(10_000), rejectedKeys })
  await bench.publish(source, { items: many(20_000), rejectedKeys })
  const other = await bench.source('Acme', 'other')
  await bench.publish(other, { items: itemRows(itemRow('Z')), isFull: true })
  return { bench, source, other }
}

/** What is left of whom. */
async function countsOf(bench: Bench): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of [
    'sources',
    'imports',
    'jobs',
    'ingestion_runs',
    'item_changes',
    'supplier_items',
    'price_history',
  ]) {
    const [row] = await bench.rows(`select count(*) as n from ${table}`)
    counts[table] = Number(row!.n)
  }
  const [free] = await bench.rows('select count(*) as n from supplier_items where source_no is null')
  return { ...counts, free: Number(free!.n) }
}

const afterwards = {
  sources: 1,
  imports: 1,
  jobs: 1,
  ingestion_runs: 1,
  item_changes: 0,
  supplier_items: itemCount + 1,
  price_history: 2 * itemCount + 1,
  free: itemCount,
}

for (const engine of engines)
  describe(engine, () => {
    test('a long history goes in several transactions, and nothing of another source with it', async () => {
      const { bench, source, other } = await openWithHistory(engine)
      await using _ = bench
      expect(await sourceHistory(bench.db, source.sourceId)).toEqual({
        imports: 2,
        open: 0,
        items: itemCount,
      })
      const logs = await bench.rows('select import_id from parsing_logs')
      expect(logs).toHaveLength(4)
      await deleteSource({ db: bench.db, actor: consoleActor, clock }, source.sourceId)
      expect(await countsOf(bench)).toEqual(afterwards)
      expect(await bench.rows('select import_id from parsing_logs')).toEqual([])
      expect(await sourceStore(bench.db).get(other.sourceId)).toMatchObject({ name: 'other', pausedAt: null })
      expect(
        await rejection(deleteSource({ db: bench.db, actor: consoleActor, clock }, source.sourceId)),
      ).toMatchObject({
        code: 'unknown_source',
      })
    })

    test('a deletion that was cut off leaves the source paused, and goes on when it is asked for again', async () => {
      const { bench, source } = await openWithHistory(engine)
      await using _ = bench
      for (const after of [0, 1, 3, 5, 8]) {
        const cut = deleteSource(
          { db: failing(bench.db, after), actor: consoleActor, clock },
          source.sourceId,
        )
        expect(String(await rejection(cut))).toContain('switched off')
        const left = await sourceStore(bench.db).get(source.sourceId)
        expect(left?.pausedAt).toEqual(after === 0 ? null : clock.now())
      }
      await deleteSource({ db: bench.db, actor: consoleActor, clock }, source.sourceId)
      expect(await countsOf(bench)).toEqual(afterwards)
    })

    test('a list that is just being published when its source is deleted changes nothing', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: itemRows(itemRow('A')) })
      const before = await bench.rows('select id, item_key, price_e4, gone_at from supplier_items')
      const published = bench.publish(source, {
        items: itemRows(itemRow('A', { priceE4: 1 }), itemRow('B')),
        // As far as it has come by the time: its job is gone, and the source not yet.
        between: async (tx) => {
          await rejection(
            deleteSource(
              { db: failing({ ...bench.db, tx }, 1), actor: consoleActor, clock },
              source.sourceId,
            ),
          )
        },
      })
      expect(await rejection(published)).toMatchObject({ code: expect.stringMatching(/lease_lost|deleted/) })
      expect(await bench.rows('select id, item_key, price_e4, gone_at from supplier_items')).toEqual(before)
      expect(await bench.rows('select status from imports order by id')).toEqual([
        { status: 'completed' },
        { status: 'cancelled' },
      ])
    })
  })
