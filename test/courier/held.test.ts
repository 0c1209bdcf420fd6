import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { approve, discard } from '../../src/courier/held.ts'
import { openArchive } from '../../src/files/archive.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'

const now = new Date(Date.UTC(2026, 10, 22, 10))
const parts = ({ db, folder }: Bench, carrier: string | null = 'me 1 1') => ({
  actor: consoleActor,
  db,
  clock: { now: () => now },
  archive: openArchive(`${folder}/raw`),
  place: 'here',
  carrier,
})

async function heldImport(bench: Bench): Promise<string> {
  const { importId, lease } = await bench.begin(await bench.source('Acme'))
  await bench.db.tx(async ({ query }) => {
    const stores = { query, tables: bench.db.tables }
    const holdReasons = [{ code: 'items_missing' as const, message: 'Too few.' }]
    await importStore(stores).change(importId, { status: 'held', holdReasons })
    await jobStore(stores).end(lease, { state: 'held', phase: 'analyzing', now })
  })
  return importId
}

for (const engine of engines) {
  describe(engine, () => {
    test('an approved import goes back into the queue, to be published whatever the guard says', async () => {
      await using bench = await openBench(engine)
      const importId = await heldImport(bench)
      await approve(parts(bench), importId)
      expect(await importStore(bench.db).get(importId)).toMatchObject({
        status: 'pending',
        options: { mayHold: false },
        holdReasons: [{ code: 'items_missing' }],
      })
      const job = (await jobStore(bench.db).ofImport(importId))!
      expect(job).toMatchObject({ state: 'queued', worker: 'me 1 1', attempt: 1 })
      const lease = await bench.db.tx(({ query }) =>
        jobStore({ query, tables: bench.db.tables }).take(job, 'me 1 1'),
      )
      expect(lease.attempt).toBe(2)
    })

    test('its job goes to the folder that has the file, and otherwise stays with the one that it was in', async () => {
      await using bench = await openBench(engine)
      const placeAfter = async (isHere: boolean) => {
        const importId = await heldImport(bench)
        await bench.db.run(`update jobs set place = 'elsewhere' where import_id = $1`, [importId])
        if (isHere) {
          await Bun.write(`${bench.folder}/empty.csv`, '')
          await openArchive(`${bench.folder}/raw`).keep(`${bench.folder}/empty.csv`, { sizeBytesMax: 1 })
        }
        await approve(parts(bench, null), importId)
        return (await jobStore(bench.db).ofImport(importId))!
      }
      expect(await placeAfter(false)).toMatchObject({ worker: null, place: 'elsewhere' })
      expect(await placeAfter(true)).toMatchObject({ worker: null, place: 'here' })
    })

    test('a discarded import is cancelled, and its work has ended', async () => {
      await using bench = await openBench(engine)
      const importId = await heldImport(bench)
      await discard(parts(bench), importId)
      expect(await importStore(bench.db).get(importId)).toMatchObject({
        status: 'cancelled',
        finishedAt: now,
      })
      expect(await jobStore(bench.db).ofImport(importId)).toMatchObject({ state: 'cancelled' })
    })

    test('what is not held can be neither approved nor discarded, and nothing changes', async () => {
      await using bench = await openBench(engine)
      const importId = await heldImport(bench)
      await approve(parts(bench), importId)
      const before = await bench.contents()
      for (const attempt of [
        () => approve(parts(bench, 'you 2 2'), importId),
        () => discard(parts(bench), importId),
      ]) {
        const error = await rejection(attempt())
        expect(error).toMatchObject({ name: 'ConflictError', code: 'not_held' })
        expect((error as Error).message).toContain(`${importId} is pending`)
      }
      expect(await bench.contents()).toEqual(before)
      expect(await rejection(approve(parts(bench), 'nobody'))).toMatchObject({
        code: 'unknown_import',
      })
    })

    test('of two people who decide at the same moment, one does', async () => {
      await using bench = await openBench(engine)
      for (let round = 0; round < 10; round++) {
        const importId = await heldImport(bench)
        const decisions = [approve(parts(bench), importId), discard(parts(bench), importId)]
        const results = await Promise.allSettled(decisions)
        expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      }
    })
  })
}
