import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { type Handover, type IntakeParts, takeIn } from '../../src/courier/intake.ts'
import { openArchive } from '../../src/files/archive.ts'
import type { ImportStatus } from '../../src/imports/model.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore } from '../../src/queue/store.ts'
import { defaultLimits } from '../../src/sources/model.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { rejection } from '../helpers/open-database.ts'
import { rawPath } from '../helpers/raw-file.ts'

interface Intake extends AsyncDisposable {
  bench: Bench
  parts: IntakeParts
  /** Takes `text` in as a list of Acme. */
  take(text: string, differences?: Partial<Handover>): ReturnType<typeof takeIn>
  /** What the analyzer does at the end of an import. */
  conclude(importId: string, status: ImportStatus): Promise<void>
}

async function openIntake(engine: (typeof engines)[number]): Promise<Intake> {
  const bench = await openBench(engine)
  let seconds = 0
  const parts: IntakeParts = {
    db: bench.db,
    actor: consoleActor,
    archive: openArchive(`${bench.folder}/raw`),
    clock: { now: () => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds++)) },
    fileBytesMax: 1000,
    defaultCurrency: 'EUR',
    place: 'here',
    carrier: 'me 1 1',
  }
  return {
    bench,
    parts,
    async take(text, differences = {}) {
      const path = `${bench.folder}/list.csv`
      await Bun.write(path, text)
      return takeIn(parts, handover({ path, ...differences }))
    },
    async conclude(importId, status) {
      await bench.db.tx(async ({ query }) => {
        const stores = { query, tables: bench.db.tables }
        const made = await importStore(stores).get(importId)
        const isPublished = status === 'completed' || status === 'partial_success'
        await importStore(stores).change(importId, {
          status,
          scopes: [''],
          supplierRevision: 0,
          ...(isPublished && { publishedAt: parts.clock.now() }),
        })
        if (isPublished) await sourceStore(stores).change(made.sourceId, made.options.settings)
      })
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

function handover(differences: Partial<Handover>): Handover {
  return { ...plainHandover, path: '', trigger: 'cli', ...differences }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a file of a supplier that nobody knows makes supplier, source, run, import and job', async () => {
      await using intake = await openIntake(engine)
      const { importId, isUnchanged } = await intake.take('a', {
        supplier: ' Neu & Co ',
        fileName: 'Preise.csv',
      })
      expect(isUnchanged).toBe(false)
      const { db } = intake.bench
      const made = await importStore(db).get(importId)
      expect(made).toMatchObject({
        supplier: 'Neu & Co',
        source: 'upload',
        status: 'pending',
        fileName: 'Preise.csv',
        options: { listMode: 'partial', table: { currency: 'EUR' } },
      })
      expect(await Bun.file(rawPath(intake.parts.archive, made.sha256!)).text()).toBe('a')
      expect(await jobStore(db).ofImport(importId)).toMatchObject({
        state: 'queued',
        worker: 'me 1 1',
        place: 'here',
      })
      expect(await intake.bench.rows('select size_bytes from raw_files')).toEqual([{ size_bytes: 1 }])
    })

    test('a file that is handed in after another one is newer, though the clock was put back meanwhile', async () => {
      await using intake = await openIntake(engine)
      const store = importStore(intake.bench.db)
      const first = await store.get((await intake.take('a')).importId)
      const before = new Date(first.fetchedAt.getTime() - 3_600_000)
      Object.assign(intake.parts, { clock: { now: () => before } })
      const times = [first.fetchedAt]
      for (const text of ['b', 'c'])
        times.push((await store.get((await intake.take(text)).importId)).fetchedAt)
      expect(times.map((time) => time.getTime() - first.fetchedAt.getTime())).toEqual([0, 1, 2])
      expect((await store.get((await intake.take('d', { source: 'another' })).importId)).fetchedAt).toEqual(
        before,
      )
    })

    test('a file that cannot be kept leaves no trace', async () => {
      await using intake = await openIntake(engine)
      expect(await rejection(intake.take('x'.repeat(1001)))).toMatchObject({ code: 'file_too_large' })
      const missing = intake.take('a', { path: '/nowhere/list.csv' })
      expect(await rejection(missing)).toMatchObject({ code: 'no_such_file' })
      expect(await rejection(intake.take('a', { supplier: ' ' }))).toMatchObject({ code: 'invalid_supplier' })
      expect(await supplierStore(intake.bench.db).list()).toEqual([])
    })

    test('the same file again is unchanged, however often, and says which import read it', async () => {
      await using intake = await openIntake(engine)
      const first = await intake.take('a')
      await intake.conclude(first.importId, 'partial_success')
      for (const _ of [1, 2]) {
        const again = await intake.take('a', { fileName: 'other name.csv' })
        expect(again.isUnchanged).toBe(true)
        expect(await importStore(intake.bench.db).get(again.importId)).toMatchObject({
          status: 'unchanged',
          sameAsImportId: first.importId,
          scopes: [''],
          finishedAt: expect.any(Date),
        })
        expect(await jobStore(intake.bench.db).ofImport(again.importId)).toMatchObject({ state: 'succeeded' })
      }
      // What only decides about holding changes no row.
      expect((await intake.take('a', { mayHold: false, limits: { moveMax: 9 } })).isUnchanged).toBe(true)
    })

    test('other bytes, another way of reading, another source or a wish to read again make it another list', async () => {
      await using intake = await openIntake(engine)
      await intake.conclude((await intake.take('a')).importId, 'completed')
      const others: [string, Partial<Handover>][] = [
        ['b', {}],
        ['a', { force: true }],
        ['a', { map: { sku: 'A' } }],
        ['a', { currency: 'USD' }],
        ['a', { listMode: 'full' }],
        ['a', { format: 'csv' }],
        ['a', { encoding: 'utf-16le' }],
        ['a', { delimiter: '|' }],
        ['a', { sheets: ['Prices'] }],
        ['a', { headerRows: [1] }],
        ['a', { decimal: 'comma' }],
        ['a', { scope: 'sheet' }],
        ['a', { duplicates: 'last-wins' }],
        ['a', { identity: ['name'] }],
        ['a', { decimalsMax: 'currency' }],
        ['a', { source: 'mail' }],
        ['a', { supplier: 'Bolt' }],
      ]
      for (const [text, differences] of others) {
        const taken = await intake.take(text, differences)
        expect(taken.isUnchanged, JSON.stringify([text, differences])).toBe(false)
        // As if it had never been: only what was read before is asked about.
        await intake.bench.db.run('delete from imports where id = $1', [taken.importId])
      }
      expect((await intake.take('a')).isUnchanged).toBe(true)
    })

    test('while another list of the source is still to come in, the file is read again', async () => {
      await using intake = await openIntake(engine)
      await intake.conclude((await intake.take('a')).importId, 'completed')
      const other = await intake.take('b')
      // As unchanged it would be newer than the other, which would then be refused as stale.
      expect((await intake.take('a')).isUnchanged).toBe(false)
      await intake.conclude(other.importId, 'running')
      expect((await intake.take('a')).isUnchanged).toBe(false)
    })

    test('after a held, failed or discarded list, or one that went back, the file is read again', async () => {
      await using intake = await openIntake(engine)
      for (const status of ['held', 'failed', 'cancelled', 'expired', 'undone'] as const) {
        await intake.conclude((await intake.take('a', { force: true })).importId, 'completed')
        expect((await intake.take('a')).isUnchanged).toBe(true)
        await intake.conclude((await intake.take('a', { force: true })).importId, status)
        expect((await intake.take('a')).isUnchanged, status).toBe(false)
      }
    })

    test('when anything else of the supplier has changed, the file is read again', async () => {
      await using intake = await openIntake(engine)
      await intake.conclude((await intake.take('a')).importId, 'completed')
      await intake.bench.db.run('update suppliers set revision = 1')
      expect((await intake.take('a')).isUnchanged).toBe(false)
    })

    test('an import that is still at work says nothing about the file yet', async () => {
      await using intake = await openIntake(engine)
      await intake.take('a')
      expect((await intake.take('a')).isUnchanged).toBe(false)
    })

    test('what is pinned is remembered once a list was published with it, field by field', async () => {
      await using intake = await openIntake(engine)
      const pinned: Partial<Handover> = {
        map: { sku: 'A', price: 'C' },
        currency: 'CHF',
        limits: { moveMax: 0.2 },
        listMode: 'full',
      }
      const held = await intake.take('a', pinned)
      await intake.conclude(held.importId, 'held')
      const { db } = intake.bench
      const optionsOf = async (id: string) => (await importStore(db).get(id)).options
      const second = await intake.take('b')
      expect((await optionsOf(second.importId)).settings.map).toEqual({})
      await intake.conclude((await intake.take('c', pinned)).importId, 'completed')
      const options = await optionsOf(
        (await intake.take('d', { map: { price: 'auto', name: null } })).importId,
      )
      expect(options.settings).toMatchObject({
        map: { sku: 'A', name: null },
        currency: 'CHF',
        limits: { ...defaultLimits, moveMax: 0.2 },
      })
      expect(options.settings.map).not.toHaveProperty('price')
      expect(options.table.currency).toBe('CHF')
      // Whether a file is the whole list is a fact of that file.
      expect(options.listMode).toBe('partial')
    })

    test('a currency is assumed from the source, then the supplier, then the configuration', async () => {
      await using intake = await openIntake(engine)
      const currencyOf = async (text: string, differences: Partial<Handover> = {}) => {
        const { importId } = await intake.take(text, differences)
        return (await importStore(intake.bench.db).get(importId)).options.table.currency
      }
      expect(await currencyOf('a')).toBe('EUR')
      await intake.bench.db.run(`update suppliers set currency = 'SEK'`)
      expect(await currencyOf('a')).toBe('SEK')
      await intake.bench.db.run(`update sources set currency = 'DKK'`)
      expect(await currencyOf('a')).toBe('DKK')
      expect(await currencyOf('a', { currency: 'USD' })).toBe('USD')
    })
  })
}
