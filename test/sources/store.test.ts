import { describe, expect, test } from 'bun:test'
import type { Database } from '../../src/db/database.ts'
import { newId } from '../../src/lib/id.ts'
import { defaultSettings, type SourceSettings } from '../../src/sources/model.ts'
import { sourceNamed } from '../../src/sources/named.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const now = new Date(Date.UTC(2026, 10, 22))
const later = new Date(Date.UTC(2026, 10, 23))

/** What a source has unless somebody says more. */
const nothingMore = {
  usesAnalyzer: null,
  isWatched: false,
  country: null,
  priority: 100,
  secrets: null,
  learned: null,
  declaredIn: null,
}
const uploaded = {
  kind: 'upload' as const,
  config: {},
  schedule: null,
  timeZone: null,
  retryDelaysMs: null,
  pausedAt: null,
  ...nothingMore,
  createdAt: expect.any(Date),
}
const fetched = {
  kind: 'local' as const,
  config: { path: '/lists/new "list".csv', nested: { deep: [1, null] } },
  schedule: '0 2 * * *',
  timeZone: 'Europe/Berlin',
  retryDelaysMs: [1000, 0, 86_400_000],
  listMode: 'full' as const,
  currency: 'EUR',
}

/** Runs writes as the program does. */
function written<Result>(db: Database, work: (store: ReturnType<typeof sourceStore>) => Promise<Result>) {
  return db.tx(({ query }) => work(sourceStore({ query, tables: db.tables })))
}

for (const engine of engines) {
  describe(engine, () => {
    test.skipIf(engine !== 'postgres')(
      'of two that take one name at once the second is told so',
      async () => {
        await using bench = await openBench(engine)
        const { db } = bench
        const made = { ...fetched, retryDelaysMs: null, secrets: null, now }
        const supplier = await db.tx(({ query }) =>
          supplierStore({ query, tables: db.tables }).findOrAdd('Acme', now),
        )
        const [first, second] = await Promise.all(
          ['feed', 'other'].map((name) =>
            written(db, (store) => store.add({ ...made, name, id: newId(), supplierId: supplier.id })),
          ),
        )
        let losing: Promise<unknown> | null = null
        await written(db, async (store) => {
          await store.edit(first!.id, { name: 'weekly' }, later)
          losing = rejection(written(db, (other) => other.edit(second!.id, { name: 'weekly' }, later)))
          // It has seen none of that name, and waits for what becomes of this one.
          await until(async () => {
            const [waiting] = await db.all<{ count: string }>(
              `select count(*) as count from pg_stat_activity
               where datname = current_database() and wait_event_type = 'Lock'`,
            )
            return Number(waiting!.count) > 0
          })
        })
        expect(await losing).toMatchObject({ name: 'ConflictError', code: 'source_exists' })
      },
    )
    test('names that differ in case and white space alone are one name', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const { supplierId, sourceId } = await bench.source('Acme', 'Überblick A')
      const again = ' überblick  a'
      expect((await sourceStore(db).find(supplierId, again))!.id).toBe(sourceId)
      expect((await sourceNamed(db, `ACME/${again}`)).id).toBe(sourceId)
      expect((await written(db, (store) => store.findOrAddUpload(supplierId, again, now))).id).toBe(sourceId)
      const add = (name: string) =>
        written(db, (store) => store.add({ ...fetched, secrets: null, id: newId(), supplierId, name, now }))
      expect(await rejection(add(again))).toMatchObject({ code: 'source_exists' })
      const both = await Promise.allSettled([add('new'), add('NEW')])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const other = await written(db, (store) => store.find(supplierId, 'new'))
      const renaming = written(db, (store) => store.edit(other!.id, { name: again }, later))
      expect(await rejection(renaming)).toMatchObject({ code: 'source_exists' })
      await written(db, (store) => store.edit(sourceId, { name: again }, later))
      expect((await sourceStore(db).get(sourceId))!.name).toBe(again)
    })

    test('a source that is made for uploads has the plain settings, and is found again', async () => {
      await using bench = await openBench(engine)
      const { supplierId, sourceId } = await bench.source('Acme', 'mail')
      const store = sourceStore(bench.db)
      expect(await store.find(supplierId, 'mail')).toEqual({
        id: sourceId,
        supplierId,
        name: 'mail',
        ...uploaded,
        ...defaultSettings,
      })
      expect((await bench.source('Acme', 'mail')).sourceId).toBe(sourceId)
      expect((await store.find(supplierId, 'Mail'))!.id).toBe(sourceId)
      expect(await store.find(supplierId, 'mails')).toBe(null)
      expect(await store.find('nobody', 'mail')).toBe(null)
      expect(await store.get('nobody')).toBe(null)
      const other = await bench.source('Bolt', 'mail')
      expect(other.sourceId).not.toBe(sourceId)
    })

    test('settings come back as they were written, nothing else changes', async () => {
      await using bench = await openBench(engine)
      const { supplierId, sourceId } = await bench.source('Acme')
      const other = await bench.source('Acme', 'other')
      const settings: SourceSettings = {
        listMode: 'full',
        scope: 'sheet',
        duplicates: 'last-wins',
        currency: 'CHF',
        map: { sku: 'Art.-Nr. "neu"', price: 'C', brand: null },
        identity: ['name', 'brand', 'variant'],
        decimalsMax: 'currency',
        limits: {
          itemsKeptMin: null,
          movedShareMax: 0.25,
          moveMax: 0.1,
          rejectedShareMax: null,
          confidenceMin: 1,
        },
        reading: {
          format: 'csv',
          encoding: 'windows-1251',
          delimiter: '\t',
          sheets: ['Прайс', '2'],
          headerRows: [6, 7],
          decimal: 'comma',
        },
      }
      await bench.db.tx(({ query }) =>
        sourceStore({ query, tables: bench.db.tables }).change(sourceId, settings),
      )
      const store = sourceStore(bench.db)
      expect(await store.get(sourceId)).toEqual({
        id: sourceId,
        supplierId,
        name: 'upload',
        ...uploaded,
        ...settings,
      })
      expect(await store.get(other.sourceId)).toMatchObject(defaultSettings)
      const again = await bench.db.tx(({ query }) =>
        sourceStore({ query, tables: bench.db.tables }).findOrAddUpload(supplierId, 'upload', now),
      )
      expect(again).toMatchObject(settings)
    })

    test('a source that is fetched comes back as it was made, and as it was edited', async () => {
      await using bench = await openBench(engine)
      const { supplierId, sourceId: other } = await bench.source('Acme')
      const made = await written(bench.db, (store) =>
        store.add({ id: newId(), supplierId, name: 'feed', ...fetched, secrets: null, now }),
      )
      const stored = {
        ...defaultSettings,
        id: made.id,
        supplierId,
        name: 'feed',
        ...nothingMore,
        ...fetched,
        pausedAt: null,
      }
      expect(made).toEqual({ ...stored, createdAt: now })
      const store = sourceStore(bench.db)
      expect(await store.get(made.id)).toEqual(made)
      await written(bench.db, (store) => store.edit(made.id, {}, now))
      expect(await store.get(made.id)).toEqual(made)
      const edit = { schedule: null, retryDelaysMs: null, name: 'Feed', currency: null }
      await written(bench.db, (store) => store.edit(made.id, edit, now))
      expect(await store.get(made.id)).toEqual({ ...made, ...edit })
      expect(await store.get(other)).toMatchObject({ ...uploaded, ...defaultSettings })
      expect((await store.byIds([other, 'nobody', made.id])).map(({ id }) => id).sort()).toEqual(
        [other, made.id].sort(),
      )
      expect(await store.byIds([])).toEqual([])
    })

    test('a supplier has one source of a name, and another may have one too', async () => {
      await using bench = await openBench(engine)
      const acme = await bench.source('Acme', 'mail')
      const bolt = await bench.source('Bolt', 'other')
      const add = (supplierId: string, name: string) =>
        written(bench.db, (store) =>
          store.add({ id: newId(), supplierId, name, ...fetched, secrets: null, now }),
        )
      expect(await rejection(add(acme.supplierId, 'mail'))).toMatchObject({ code: 'source_exists' })
      const { id } = await add(bolt.supplierId, 'mail')
      const rename = (name: string) => written(bench.db, (store) => store.edit(id, { name }, now))
      expect(await rejection(rename('other'))).toMatchObject({ code: 'source_exists' })
      await rename('mail')
      expect(await rejection(written(bench.db, (store) => store.edit('nobody', {}, now)))).toMatchObject({
        code: 'unknown_source',
      })
    })

    test('a pause keeps its beginning until it ends', async () => {
      await using bench = await openBench(engine)
      const { sourceId } = await bench.source('Acme')
      const pausedAt = async (at: Date | null) => {
        await written(bench.db, (store) => store.setPaused(sourceId, at))
        return (await sourceStore(bench.db).get(sourceId))?.pausedAt
      }
      expect([await pausedAt(now), await pausedAt(later)]).toEqual([now, now])
      expect([await pausedAt(null), await pausedAt(null), await pausedAt(later)]).toEqual([null, null, later])
    })
  })
}
