import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import {
  type InlineSource,
  type TriggerCause,
  type Triggered,
  trigger,
  triggerInline,
} from '../../src/courier/trigger.ts'
import { importStore } from '../../src/imports/store.ts'
import { newId } from '../../src/lib/id.ts'
import { jobStore } from '../../src/queue/store.ts'
import { fetchSettingsDefault } from '../../src/sources/kinds/index.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { openUrl, rejection } from '../helpers/open-database.ts'
import { testSealer } from '../helpers/sealer.ts'

const now = new Date(Date.UTC(2026, 10, 22, 9))
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const by = { trigger: 'api', now } as const
const plain: Omit<InlineSource, 'supplier' | 'name'> = {
  kind: 'local',
  config: { path: '/srv/lists/acme.csv' },
  schedule: null,
  timeZone: null,
  retryDelaysMs: null,
  listMode: 'full',
  currency: null,
}

interface Fixture extends AsyncDisposable {
  bench: Bench
  add(name: string, differences?: Partial<InlineSource>): Promise<string>
  trigger(sources: string[], cause?: Partial<TriggerCause>): Promise<Triggered>
  inline(source: InlineSource, localFolders?: string[]): Promise<Triggered & { sourceId: string }>
  count(table: string): Promise<number>
}

async function open(engine: (typeof engines)[number]): Promise<Fixture> {
  const bench = await openBench(engine)
  const { db } = bench
  const parts = { db, actor: consoleActor, defaultCurrency: 'EUR' }
  return {
    bench,
    add: (name, { supplier = 'Acme', ...differences } = {}) =>
      db.tx(async ({ query }) => {
        const stores = { query, tables: db.tables }
        const { id: supplierId } = await supplierStore(stores).findOrAdd(supplier, now)
        const made = { ...plain, ...differences, id: newId(), secrets: null, name, supplierId, now }
        return (await sourceStore(stores).add(made)).id
      }),
    trigger: (sources, cause = {}) => db.tx((tx) => trigger(tx, parts, { ...by, ...cause, sources })),
    inline: (source, localFolders = ['/srv/lists']) =>
      db.tx((tx) =>
        triggerInline(
          tx,
          { ...parts, fetchSettings: { ...fetchSettingsDefault, localFolders }, sealer: testSealer },
          { ...by, source },
        ),
      ),
    async count(table) {
      const [row] = await bench.rows(`select count(*) as n from ${table}`)
      return Number(row!.n)
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a trigger makes one run, with an import and a job for each source', async () => {
      await using fixture = await open(engine)
      const { db, rows } = fixture.bench
      const daily = await fixture.add('daily', { currency: 'GBP', retryDelaysMs: [300_000] })
      const other = await fixture.add('all', {
        supplier: 'Best',
        config: { path: '/srv/lists', files: '*.csv' },
      })
      const { runId, started, skipped } = await fixture.trigger([daily, other, daily], {
        trigger: 'schedule',
        schedule: 'daily',
        expiresAt: minutes(60),
      })
      expect(skipped).toEqual([])
      expect(started.map(({ sourceId }) => sourceId).sort()).toEqual([daily, other].sort())
      expect(await rows('select id, "trigger", schedule from ingestion_runs')).toEqual([
        { id: runId, trigger: 'schedule', schedule: 'daily' },
      ])
      const of = (id: string) => started.find(({ sourceId }) => sourceId === id)!
      expect(await importStore(db).get(of(daily).importId)).toMatchObject({
        runId,
        sourceId: daily,
        status: 'pending',
        fileName: 'acme.csv',
        sha256: null,
        options: { listMode: 'full', mayHold: true, isForced: false, table: { currency: 'GBP' } },
      })
      expect(await importStore(db).get(of(other).importId)).toMatchObject({
        fileName: '*.csv',
        options: { table: { currency: 'EUR' } },
      })
      const job = await jobStore(db).get(of(daily).jobId)
      expect(job).toMatchObject({
        importId: of(daily).importId,
        state: 'queued',
        phase: null,
        worker: null,
        leaseUntil: null,
        retryDelaysMs: [300_000],
      })
      // Until its list has come it waits for no other source.
      expect(job!.lane).toBe(daily)
      expect((await jobStore(db).get(of(other).jobId))!.retryDelaysMs).toEqual([1000, 5000, 25_000])
      const kept = await rows('select place, expires_at from jobs where id = $1', [of(daily).jobId])
      expect(kept).toEqual([{ place: null, expires_at: minutes(60).toISOString() }])
    })

    test('of sources that are triggered together those with a lower number come first', async () => {
      await using fixture = await open(engine)
      const usual = await fixture.add('usual')
      const last = await fixture.add('last', { priority: 101 })
      const first = await fixture.add('first', { priority: 1 })
      const { started } = await fixture.trigger([last, usual, first])
      expect(started.map(({ sourceId }) => sourceId)).toEqual([first, usual, last])
      const jobs = await fixture.bench.rows('select id from jobs order by id')
      expect(jobs.map(({ id }) => id)).toEqual(started.map(({ jobId }) => jobId))
    })

    test('only the settings of a source are kept with its import', async () => {
      await using fixture = await open(engine)
      const { started } = await fixture.trigger([await fixture.add('daily')])
      const { options } = await importStore(fixture.bench.db).get(started[0]!.importId)
      expect(Object.keys(options.settings)).not.toContain('config')
    })

    test('a source that is under way is left out until its job has ended, whatever the end', async () => {
      await using fixture = await open(engine)
      const { db } = fixture.bench
      const source = await fixture.add('daily')
      const { started } = await fixture.trigger([source])
      const { jobId, importId } = started[0]!
      const again = await fixture.trigger([source])
      expect(again).toMatchObject({
        runId: null,
        started: [],
        skipped: [{ sourceId: source, reason: 'under_way' }],
      })
      expect(again.skipped[0]!.message).toContain(jobId)
      const jobs = jobStore(db)
      await db.tx(async ({ query }) =>
        jobStore({ query, tables: db.tables }).take((await jobs.get(jobId))!, 'me'),
      )
      expect((await fixture.trigger([source])).skipped).toMatchObject([{ reason: 'under_way' }])
      await db.tx(({ query }) => jobStore({ query, tables: db.tables }).close(importId, 'dead', now))
      expect((await fixture.trigger([source])).started).toHaveLength(1)
      expect(await fixture.count('ingestion_runs')).toBe(2)
    })

    test('what another source of the supplier does keeps none from being started', async () => {
      await using fixture = await open(engine)
      await fixture.trigger([await fixture.add('one')])
      expect((await fixture.trigger([await fixture.add('two')])).started).toHaveLength(1)
    })

    test('paused sources, and those with nothing to fetch from, are left out and the others started', async () => {
      await using fixture = await open(engine)
      const { db } = fixture.bench
      const paused = await fixture.add('paused')
      await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).setPaused(paused, now))
      const handed = await fixture.add('handed in', { kind: 'upload', config: {} })
      const foreign = await fixture.add('foreign', { kind: 'cmp-feed', config: { host: 'x' } })
      const broken = await fixture.add('broken', { config: { path: 'relative.csv' } })
      const good = await fixture.add('good')
      const { started, skipped } = await fixture.trigger([paused, handed, foreign, broken, good])
      expect(started).toMatchObject([{ sourceId: good }])
      const of = (id: string) => skipped.find(({ sourceId }) => sourceId === id)
      expect(of(paused)).toMatchObject({
        reason: 'paused',
        message: expect.stringContaining(now.toISOString()),
      })
      expect(of(handed)).toMatchObject({
        reason: 'not_fetchable',
        message: expect.stringContaining('handed in'),
      })
      expect(of(foreign)).toMatchObject({
        reason: 'not_fetchable',
        message: expect.stringContaining('no sources of kind cmp-feed'),
      })
      expect(of(broken)).toMatchObject({ reason: 'not_fetchable', message: expect.stringContaining('path') })
    })

    test('an unknown source is said, and nothing is started', async () => {
      await using fixture = await open(engine)
      const good = await fixture.add('good')
      expect(await rejection(fixture.trigger([good, 'nobody']))).toMatchObject({ code: 'unknown_source' })
      expect(await fixture.count('imports')).toBe(0)
      expect(await fixture.count('ingestion_runs')).toBe(0)
    })

    test('of many who trigger one source at the same moment one starts it', async () => {
      await using fixture = await open(engine)
      const source = await fixture.add('daily')
      const others = await Promise.all([0, 1, 2].map(() => openUrl(fixture.bench.url)))
      try {
        const all = await Promise.all(
          [0, 1, 2, 3, 4, 5].map((n) => {
            const db = others[n % others.length]!
            return db.tx((tx) =>
              trigger(tx, { db, actor: consoleActor, defaultCurrency: null }, { ...by, sources: [source] }),
            )
          }),
        )
        expect(all.flatMap(({ started }) => started)).toHaveLength(1)
        expect(await fixture.count('jobs')).toBe(1)
      } finally {
        for (const db of others) await db.close()
      }
    })

    test('a source that is given inline is made once, and found from then on', async () => {
      await using fixture = await open(engine)
      const source: InlineSource = { ...plain, supplier: 'Acme', name: 'inline' }
      const first = await fixture.inline(source)
      expect(first.started).toMatchObject([{ sourceId: first.sourceId }])
      const again = await fixture.inline({ ...source, supplier: ' ACME ', config: { ...source.config } })
      expect(again).toMatchObject({ sourceId: first.sourceId, skipped: [{ reason: 'under_way' }] })
      const elsewhere = fixture.inline({ ...source, config: { path: '/srv/lists/other.csv' } })
      expect(await rejection(elsewhere)).toMatchObject({ code: 'source_exists' })
      expect(await fixture.count('sources')).toBe(1)
    })

    test('a source that could not be fetched is not made', async () => {
      await using fixture = await open(engine)
      const source: InlineSource = { ...plain, supplier: 'Acme', name: 'inline' }
      for (const [wrong, code, folders] of [
        [{ kind: 'cmp-feed' }, 'unknown_source_kind', undefined],
        [{ config: { path: 'list.csv' } }, 'invalid_config', undefined],
        [{ config: { path: '/srv/lists/a.csv', password: 'x' } }, 'invalid_config', undefined],
        [{ config: { path: '/srv/lists/../../etc/passwd' } }, 'folder_not_allowed', undefined],
        [{}, 'folder_not_allowed', []],
      ] as const)
        expect(
          await rejection(fixture.inline({ ...source, ...wrong }, folders && [...folders])),
        ).toMatchObject({ code })
      expect(await fixture.count('sources')).toBe(0)
      expect(await fixture.count('suppliers')).toBe(0)
    })
  })
}
