import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { takeIn, takeInReceived } from '../../../src/courier/intake.ts'
import type { Database } from '../../../src/db/database.ts'
import { openArchive } from '../../../src/files/archive.ts'
import { ahead, cleanAhead, openTask, realClock, runAhead } from '../../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { plainHandover } from '../../helpers/handover.ts'
import { csvOf, type ErrorJson, type ImportJson, type ItemsJson, priceList } from '../../helpers/lists.ts'
import { openUrl, rejection } from '../../helpers/open-database.ts'
import { until } from '../../helpers/until.ts'
import { makeWorkbook } from '../../helpers/workbook.ts'

setDefaultTimeout(60_000)

interface StoredImport extends ImportJson {
  sha256: string
}

async function ingest(program: TestProgram, content: string | Uint8Array, ...options: string[]) {
  const path = await program.write('list.csv', content)
  const outcome = await program.runWith(
    { clock: realClock },
    'ingest',
    path,
    '--supplier',
    'Acme',
    '--json',
    ...options,
  )
  return JSON.parse(outcome.out) as StoredImport
}

/** Hashes of the files that are kept. */
async function kept({ dataFolder }: TestProgram): Promise<string[]> {
  const found = await readdir(join(dataFolder, 'raw'), { recursive: true })
  return found.flatMap((path) => /[0-9a-f]{64}$/.exec(path)?.[0] ?? []).sort()
}

async function hashOf(program: TestProgram, importId: string): Promise<string> {
  const [row] = await program.rows<{ sha256: string }>(`select sha256 from imports where id = '${importId}'`)
  return row!.sha256
}

const tenfold = priceList(10, (n) => ({ price: `${n + 1}00.00` }))

for (const engine of engines) {
  describe(engine, () => {
    test('old lists that newer ones followed go; the last one stays, and what imports say stays too', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, priceList(3))
      const second = await ingest(
        program,
        priceList(3, () => ({ price: '12.00' })),
        '--no-hold',
      )
      expect(await cleanAhead(program, 29, 'raw-archive')).toMatchObject({ 'raw-archive': { deleted: {} } })
      const found = await cleanAhead(program, 31, 'raw-archive', '--dry-run')
      const sha256 = await hashOf(program, first.id)
      expect(found['raw-archive']).toMatchObject({
        deleted: { raw_files: 1 },
        bytes: priceList(3).length,
        examples: [sha256],
        kept: { last_list: 1 },
      })
      expect(await kept(program)).toHaveLength(2)
      const before = await program.contents()
      expect((await cleanAhead(program, 31, 'raw-archive'))['raw-archive']).toMatchObject({
        deleted: { raw_files: 1 },
        kept: { last_list: 1 },
      })
      expect(await kept(program)).toEqual([await hashOf(program, second.id)])
      expect(await program.contents()).toEqual(before)
      const { json } = await program.json<ItemsJson>('history', 'A-1')
      expect(json.items[0]!.history).toHaveLength(2)
      expect(json.items[0]!.history.at(-1)).toMatchObject({ price: '11.00', sha256 })
      // The same once more finds nothing, and the same list comes back as any other.
      expect((await cleanAhead(program, 31, 'raw-archive'))['raw-archive']).toMatchObject({ deleted: {} })
      expect(await ingest(program, priceList(3), '--no-hold')).toMatchObject({ status: 'completed' })
      expect(await kept(program)).toContain(sha256)
    })

    test('a file that was kept long ago stays while a list of lately had the same bytes', async () => {
      await using program = await openProgram(engine)
      const [one, other] = [priceList(3), priceList(4)]
      await ingest(program, one)
      await ingest(program, other)
      for (const content of [one, other]) {
        const path = await program.write('list.csv', content)
        expect((await runAhead(program, 25, 'ingest', path, '--supplier', 'Acme')).code).toBe(0)
      }
      expect((await cleanAhead(program, 31, 'raw-archive'))['raw-archive']).toMatchObject({
        deleted: {},
        kept: { recent: 2 },
      })
      expect((await cleanAhead(program, 56, 'raw-archive'))['raw-archive']).toMatchObject({
        deleted: { raw_files: 1 },
        kept: { last_list: 1 },
      })
    })

    test('what is held, dead or waits for its next try keeps its file, for as long as that is so', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(10))
      const held = await ingest(program, tenfold)
      expect(held.status).toBe('held')
      const failed = await ingest(program, 'no list at all')
      const shown = await program.json('imports', 'show', failed.id)
      const dead = await ingest(program, 'no list at all either')
      const drained = await ingest(program, 'still no list')
      const db = await openUrl(program.url)
      const set = (id: string, state: string) =>
        db.run(`update jobs set state = $1 where import_id = $2`, [state, id])
      try {
        await set(dead.id, 'dead')
        await set(drained.id, 'drained')
        const first = await cleanAhead(program, 400, 'raw-archive')
        expect(first['raw-archive']).toMatchObject({
          deleted: { raw_files: 1 },
          examples: [await hashOf(program, failed.id)],
          kept: { last_list: 1, waiting: 2, dead_letter: 1 },
        })
        await db.run('update jobs set discarded_at = finished_at where import_id = $1', [dead.id])
        for (const state of ['queued', 'running', 'held']) {
          await set(drained.id, state)
          const again = await cleanAhead(program, 400, 'raw-archive', '--dry-run')
          expect(again['raw-archive']).toMatchObject({ deleted: { raw_files: 1 }, kept: { waiting: 2 } })
        }
      } finally {
        await db.close()
      }
      // What is left of it still works, and what is not says so.
      expect((await runAhead(program, 400, 'imports', 'approve', held.id)).code).toBe(0)
      const late = await program.runWith(
        { clock: realClock },
        'imports',
        'correct',
        failed.id,
        '--decimal',
        'dot',
        '--json',
      )
      expect((JSON.parse(late.out) as ErrorJson).error).toMatchObject({ code: 'raw_file_missing' })
      // Nothing that was known of it is forgotten.
      expect((await program.json('imports', 'show', failed.id)).json).toEqual(shown.json)
    })

    test('the last list of each sheet stays while anything is listed from it, and what corrects it', async () => {
      await using program = await openProgram(engine)
      const sheet = (name: string, ...prices: (string | number)[]) => ({
        name,
        rows: [
          ['SKU', 'Name', 'Price EUR'],
          ...prices.map((price, n) => [`${name}-${n}`, `Saw ${n}`, price]),
        ],
      })
      const list = (...sheets: ReturnType<typeof sheet>[]) =>
        ingest(program, makeWorkbook(sheets), '--full', '--scope', 'sheet', '--no-hold')
      const both = await list(sheet('North', 1.5, 2.5, 3.25), sheet('South', 4.5, 5.5, 6.25))
      await list(sheet('South', 7.5, 8.5, 9.25))
      const south = await list(sheet('South', 7.5, 8.5, '?'))
      const out = await program.run('rejects', south.id, '--format', 'csv')
      const fixed = await ingest(program, out.out.replace('?', '9.5'))
      expect(fixed).toMatchObject({ status: 'completed' })
      const clean = async () => (await cleanAhead(program, 31, 'raw-archive'))['raw-archive']
      expect(await clean()).toMatchObject({
        deleted: { raw_files: 1 },
        kept: { last_list: 2, corrects_last_list: 1 },
      })
      expect(await kept(program)).toContain(await hashOf(program, both.id))
      // A sheet that nothing is listed in any more keeps no file.
      const items = (await program.json<ItemsJson>('items', '--search', 'north')).json.items
      expect(items).toHaveLength(3)
      for (const { id } of items) await program.run('items', 'delete', id)
      expect(await clean()).toMatchObject({
        deleted: { raw_files: 1 },
        kept: { last_list: 1, corrects_last_list: 1 },
      })
      expect(await kept(program)).not.toContain(await hashOf(program, both.id))
    })

    test('rejected rows of a list that is no longer kept are told from the log', async () => {
      await using program = await openProgram(engine)
      const rows = (price: string) =>
        csvOf(['SKU', 'Name', 'Price EUR'], ['A-1', 'Ax', price], ['B-1', 'Bit', '2.00'])
      const first = await ingest(program, rows('?'), '--no-hold')
      await ingest(program, rows('1.00'), '--no-hold')
      await cleanAhead(program, 31, 'raw-archive')
      const out = await program.run('rejects', first.id)
      expect(out).toMatchObject({ code: 0 })
      expect(out.out).toContain('A-1')
      expect(out.err).toContain('no longer kept')
    })

    test('a correction does not guess what a partial list had whose file is gone; of full ones the last one tells', async () => {
      for (const mode of ['--partial', '--full']) {
        await using program = await openProgram(engine)
        const rows = (a: string, b: string) =>
          csvOf(['SKU', 'Name', 'Price EUR'], ['A-1', 'Ax', a], ['B-1', 'Bit', b])
        const options = mode === '--full' ? ['--full', '--no-hold'] : ['--no-hold']
        await ingest(program, rows('1.00', '2.00'), ...options)
        const faulty = await ingest(program, rows('?', '2.00'), ...options)
        const out = (await program.run('rejects', faulty.id)).out
        // The same price as ever: nothing in the catalog tells that it was named.
        await ingest(program, rows('1.00', '2.10'), ...options)
        const last = rows('1.00', '2.20')
        await ingest(program, mode === '--full' ? last : last.replace(/A-1.*\n/, ''), ...options)
        await cleanAhead(program, 31, 'raw-archive')
        const fixed = await ingest(program, out.replace('?', '9.00'), '--no-hold')
        if (mode === '--full') expect(fixed).toMatchObject({ ignored: { superseded: 1 } })
        else expect(fixed).toMatchObject({ status: 'failed', error: { code: 'too_old' } })
        expect((await program.json<ItemsJson>('items')).json.items[0]).toMatchObject({ price: '1.00' })
      }
    })

    test('a list that is handed in between the look and the deletion keeps its file', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, priceList(3))
      await ingest(program, priceList(4))
      const { app, task, parts } = await openTask(program, 'raw-archive')
      try {
        let count = 0
        const path = await program.write('again.csv', priceList(3))
        const tx: Database['tx'] = async (work) => {
          if (count++ === 0) await takeIn(app.parts, { ...plainHandover, path })
          return app.db.tx(work)
        }
        const report = await task.run({ ...parts, db: { ...app.db, tx } }, ahead(31))
        expect(count).toBeGreaterThan(0)
        expect(report.deleted).toEqual({})
        expect(await kept(program)).toContain(await hashOf(program, first.id))
      } finally {
        await app.close()
      }
    })

    test('a list that is being handed in while its bytes are deleted has its file in the end', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, priceList(3))
      await ingest(program, priceList(4))
      const { app, task, parts } = await openTask(program, 'raw-archive')
      const other = await openUrl(program.url)
      try {
        const path = await program.write('again.csv', priceList(3))
        const received = await app.parts.archive.copy(path, { sizeBytesMax: 10_000_000 })
        let cleaning: Promise<unknown> | null = null
        let isAsked = false
        let isDone = false
        const tx: Database['tx'] = (work) => {
          isAsked = true
          return other.tx(work)
        }
        const isWaiting = async () =>
          engine === 'sqlite' ||
          (
            await app.db.all(
              `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).length > 0
        await takeInReceived(app.parts, plainHandover, {
          ...received,
          // Everything is written, the file is there already, and nothing is committed.
          async keep() {
            const kept = await received.keep()
            cleaning = task.run({ ...parts, db: { ...other, tx } }, ahead(31)).finally(() => {
              isDone = true
            })
            await until(async () => isDone || (isAsked && (await isWaiting())))
            return kept
          },
        })
        await cleaning
        expect(await kept(program)).toContain(await hashOf(program, first.id))
      } finally {
        await other.close()
        await app.close()
      }
    })

    test('one that is killed between file and database, and two at once, leave what one alone leaves', async () => {
      await using program = await openProgram(engine)
      for (let count = 1; count <= 6; count++) await ingest(program, priceList(count), '--no-hold')
      const before = await program.contents()
      const { app, task, parts } = await openTask(program, 'raw-archive')
      try {
        let removed = 0
        const archive = {
          ...parts.archive,
          async remove(sha256: string) {
            if (removed++ === 2) throw new Error('killed')
            return parts.archive.remove(sha256)
          },
        }
        expect(await rejection(task.run({ ...parts, archive }, ahead(31)))).toMatchObject({
          message: 'killed',
        })
        const both = await Promise.all([task.run(parts, ahead(31)), task.run(parts, ahead(31))])
        const counted = both.map(({ deleted }) => deleted.raw_files ?? 0)
        expect(counted[0]! + counted[1]!).toBe(3)
        expect(await kept(program)).toHaveLength(1)
        expect(await program.contents()).toEqual(before)
      } finally {
        await app.close()
      }
    })

    test('a file that another installation keeps too stays, and is no longer ours', async () => {
      await using program = await openProgram(engine)
      const { sha256 } = await ingest(program, priceList(3))
      const { app, task, parts } = await openTask(program, 'raw-archive')
      const { archive } = app.parts
      const theirs = openArchive(join(program.dataFolder, 'raw'), { installationId: 'theirs' })
      try {
        await theirs.keep(await program.write('same.csv', priceList(3)), { sizeBytesMax: 1000 })
        await app.db.run('delete from sources')
        for (const dryRun of [true, false])
          expect(await task.run(parts, { ...ahead(31), dryRun })).toMatchObject({
            deleted: {},
            kept: { other_installation: 1 },
          })
        expect(await program.rows('select * from raw_files')).toEqual([])
        expect(await archive.note(sha256)).toMatchObject({ installations: ['theirs'] })
        expect(await kept(program)).toEqual([sha256])
      } finally {
        await app.close()
      }
    })

    test('the files of a source that was deleted go with their rows, and a file that no row tells of is left alone', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(3))
      const { app, task, parts } = await openTask(program, 'raw-archive')
      try {
        await app.db.run('delete from sources')
        await app.parts.archive.keep(await program.write('x.csv', 'unknown'), { sizeBytesMax: 100 })
        const report = await task.run(parts, ahead(31))
        expect(report).toMatchObject({ deleted: { raw_files: 1 }, kept: { unknown_file: 1 } })
        expect(await program.rows('select * from raw_files')).toEqual([])
        expect(await kept(program)).toHaveLength(1)
      } finally {
        await app.close()
      }
      await rm(join(program.dataFolder, 'raw'), { recursive: true })
      expect((await cleanAhead(program, 31, 'raw-archive'))['raw-archive']).toMatchObject({ deleted: {} })
    })
  })
}
