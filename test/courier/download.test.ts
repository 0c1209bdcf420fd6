import { describe, expect, test } from 'bun:test'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { cancelJob, retryJob } from '../../src/courier/operate.ts'
import { type Triggered, trigger } from '../../src/courier/trigger.ts'
import { newId } from '../../src/lib/id.ts'
import { jobListing } from '../../src/queue/listing.ts'
import { jobStore } from '../../src/queue/store.ts'
import { noPins, pinnedSettings } from '../../src/sources/pins.ts'
import { type NewSource, sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { openTestService, type TestService } from '../helpers/service.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'

interface Fixture extends AsyncDisposable {
  bench: TestService
  /** Writes the list that the source `acme.csv` of Acme has. */
  write(text: string, name?: string): Promise<string>
  add(config: object, differences?: Partial<NewSource>): Promise<string>
  trigger(...sources: string[]): Promise<Triggered>
  /** Has one source fetched. @returns its import, once that has ended */
  fetched(source: string, cause?: { force?: boolean }): ReturnType<TestService['ended']>
  job(importId: string): ReturnType<ReturnType<typeof jobListing>['get']>
}

async function open(engine: (typeof engines)[number], env: Record<string, string> = {}): Promise<Fixture> {
  const directory = await temporaryDirectory()
  const lists = directory.file('lists')
  await mkdir(lists)
  const bench = await openTestService(engine, { TALLYMAN_LOCAL_FOLDERS: lists, ...env })
  const { db, parts, courier } = bench.service
  const inTx = <Result>(work: (stores: Parameters<typeof sourceStore>[0]) => Promise<Result>) =>
    db.tx(({ query }) => work({ query, tables: db.tables }))
  const started = async (sources: string[], cause: { force?: boolean } = {}) => {
    const now = new Date()
    const triggered = await db.tx((tx) => trigger(tx, parts, { sources, trigger: 'api', now, ...cause }))
    for (const { jobId } of triggered.started) courier.wake(jobId)
    return triggered
  }
  return {
    bench,
    async write(text, name = 'acme.csv') {
      await writeFile(`${lists}/${name}`, text)
      return `${lists}/${name}`
    },
    add: (config, differences = {}) =>
      inTx(async (stores) => {
        const now = new Date()
        const { id } = await supplierStore(stores).findOrAdd('Acme', now)
        const made = await sourceStore(stores).add({
          id: newId(),
          supplierId: id,
          name: 'daily',
          kind: 'local',
          config: { settle_seconds: 0.1, ...config },
          secrets: null,
          schedule: null,
          timeZone: null,
          retryDelaysMs: null,
          listMode: 'full',
          currency: null,
          now,
          ...differences,
        })
        return made.id
      }),
    trigger: (...sources) => started(sources),
    async fetched(source, cause) {
      const triggered = await started([source], cause)
      expect(triggered.skipped).toEqual([])
      return bench.ended(triggered.started[0]!.importId)
    },
    job: async (importId) => jobListing(db).get((await jobStore(db).ofImport(importId))!.id),
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

const retry = async ({ bench: { service } }: Fixture, jobId: string) => {
  await retryJob({ ...service.parts, queued: { worker: null } }, jobId)
  service.courier.wake(jobId)
}

for (const engine of engines) {
  describe(engine, () => {
    test('a triggered source is fetched and published; what it still has the next time is unchanged', async () => {
      await using fixture = await open(engine)
      const path = await fixture.write(priceList(3))
      const source = await fixture.add({ path })
      const before = new Date()
      const first = await fixture.fetched(source)
      expect(first).toMatchObject({
        status: 'completed',
        fileName: 'acme.csv',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        options: { listMode: 'full' },
        changes: { new: 3 },
        error: null,
      })
      expect(first.fetchedAt.getTime()).toBeGreaterThanOrEqual(before.getTime())
      expect(await fixture.job(first.id)).toMatchObject({
        state: 'succeeded',
        phase: 'complete',
        attempt: 1,
        downloadPercent: 100,
        downloadedBytes: Buffer.byteLength(priceList(3)),
      })
      const again = await fixture.fetched(source)
      expect(again).toMatchObject({ status: 'unchanged', sameAsImportId: first.id, sha256: first.sha256 })
      expect(await fixture.job(again.id)).toMatchObject({ state: 'succeeded', phase: 'complete' })
      // An unchanged one says nothing new, however often.
      expect(await fixture.fetched(source)).toMatchObject({ status: 'unchanged', sameAsImportId: first.id })
      const forced = await fixture.fetched(source, { force: true })
      expect(forced).toMatchObject({ status: 'completed', counts: { unchanged: 3 }, sameAsImportId: null })
      expect(await fixture.fetched(source)).toMatchObject({ status: 'unchanged', sameAsImportId: forced.id })
      await fixture.write(priceList(2))
      expect(await fixture.fetched(source)).toMatchObject({ status: 'completed', changes: { gone: 1 } })
      const { program } = fixture.bench
      await until(async () => (await program.leftovers()).join() === 'serve.json')
      expect(await program.rows('select count(*) as n from raw_files')).toEqual([{ n: 2 }])
    }, 120_000)

    test('a list is read by the settings that its source has when it is fetched, not when it was triggered', async () => {
      await using fixture = await open(engine, { TALLYMAN_CONCURRENCY: '1' })
      const source = await fixture.add({ path: await fixture.write('SKU;Name;Price\nA-1;Zange;1.50\n') })
      const { db } = fixture.bench.service
      // Keeps the only place busy meanwhile.
      const busy = await fixture.bench.take(priceList(20_000), { supplier: 'Other' })
      const { started } = await fixture.trigger(source)
      await db.tx(async ({ query }) => {
        const sources = sourceStore({ query, tables: db.tables })
        const found = (await sources.get(source))!
        await sources.change(source, pinnedSettings(found, { ...noPins, currency: 'GBP' }))
      })
      const { importId } = started[0]!
      expect(await fixture.bench.ended(importId)).toMatchObject({
        status: 'completed',
        options: { table: { currency: 'GBP' } },
      })
      expect(
        await fixture.bench.program.rows("select currency from supplier_items where name = 'Zange'"),
      ).toEqual([{ currency: 'GBP' }])
      await fixture.bench.ended(busy)
    }, 120_000)

    test('what cannot be fetched is a dead letter that says why, and is fetched when a person tries again', async () => {
      await using fixture = await open(engine)
      const source = await fixture.add({ path: await fixture.write('x') })
      await rm(await fixture.write('x'))
      const failed = await fixture.fetched(source)
      expect(failed).toMatchObject({ status: 'failed', sha256: null, error: { code: 'no_such_file' } })
      const dead = await fixture.job(failed.id)
      expect(dead).toMatchObject({
        state: 'dead',
        phase: 'failed',
        retryCount: 0,
        cause: 'validation/no_such_file',
      })
      await fixture.write(priceList(3))
      await retry(fixture, dead.id)
      expect(await fixture.bench.ended(failed.id)).toMatchObject({ status: 'completed', error: null })
    }, 120_000)

    test('what may be there another time is tried again by itself', async () => {
      await using fixture = await open(engine)
      const path = await fixture.write(priceList(3))
      const source = await fixture.add({ path, done_file: '.done' }, { retryDelaysMs: [10, 600_000] })
      const { started } = await fixture.trigger(source)
      const { importId } = started[0]!
      await until(async () => (await fixture.job(importId)).retryCount === 2)
      expect(await fixture.job(importId)).toMatchObject({
        state: 'queued',
        importStatus: 'pending',
        error: { kind: 'network', code: 'file_not_complete' },
      })
    }, 120_000)

    test('a retry takes the file that is kept; when that is gone it is fetched once more, for a hand-over it is said', async () => {
      await using fixture = await open(engine)
      const { archive } = fixture.bench.service.parts
      const path = await fixture.write('no list at all')
      const source = await fixture.add({ path })
      const failed = await fixture.fetched(source)
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'not_a_price_list' } })
      const { id } = await fixture.job(failed.id)
      await fixture.write(priceList(3))
      await retry(fixture, id)
      expect(await fixture.bench.ended(failed.id)).toMatchObject({ status: 'failed', sha256: failed.sha256 })
      await rm(rawPath(archive, failed.sha256!))
      await retry(fixture, id)
      const second = await fixture.bench.ended(failed.id)
      expect(second).toMatchObject({ status: 'completed', counts: { accepted: 3 } })
      expect(second.sha256).not.toBe(failed.sha256)
    }, 120_000)

    test('a fetch that is cancelled ends, nothing of it is kept, and the next trigger starts anew', async () => {
      await using fixture = await open(engine)
      const path = await fixture.write(priceList(3))
      const source = await fixture.add({ path, settle_seconds: 600 })
      const { started } = await fixture.trigger(source)
      const { importId, jobId } = started[0]!
      const { courier, parts } = fixture.bench.service
      await until(() => courier.progressOf(importId) !== null)
      expect(await fixture.job(importId)).toMatchObject({ state: 'running', phase: 'downloading' })
      await cancelJob(parts, jobId)
      courier.wake(jobId)
      await until(() => courier.progressOf(importId) === null)
      expect(await fixture.bench.get(importId)).toMatchObject({ status: 'cancelled', sha256: null })
      expect(await fixture.job(importId)).toMatchObject({ state: 'cancelled' })
      expect(await fixture.bench.program.rows('select count(*) as n from raw_files')).toEqual([{ n: 0 }])
      expect((await fixture.trigger(source)).started).toHaveLength(1)
    }, 120_000)

    test('a service that stops in the middle of a fetch leaves the job to the next one', async () => {
      await using fixture = await open(engine)
      const source = await fixture.add({ path: await fixture.write(priceList(3)), settle_seconds: 600 })
      const { started } = await fixture.trigger(source)
      const { importId } = started[0]!
      await until(() => fixture.bench.service.courier.progressOf(importId) !== null)
      await fixture.bench.service.stop({ graceMs: 0 })
      expect(await fixture.bench.program.rows('select state, lease_token from jobs')).toEqual([
        { state: 'queued', lease_token: null },
      ])
      expect(await fixture.bench.program.rows('select status from imports')).toEqual([{ status: 'pending' }])
    }, 120_000)
  })
}
