import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { takeInReceived } from '../../../src/courier/intake.ts'
import type { Database } from '../../../src/db/database.ts'
import { newId } from '../../../src/lib/id.ts'
import { ahead, cleanAhead, openTask, realClock } from '../../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { plainHandover } from '../../helpers/handover.ts'
import { csvOf } from '../../helpers/lists.ts'
import { openUrl } from '../../helpers/open-database.ts'
import { rawPath } from '../../helpers/raw-file.ts'
import { until } from '../../helpers/until.ts'

setDefaultTimeout(60_000)

const every = { TALLYMAN_ORPHANS: 'categories,brands,runs,files,fingerprints' }

const list = (...rows: [sku: string, category: string, brand: string][]) =>
  csvOf(
    ['SKU', 'Name', 'Price EUR', 'Category', 'Brand'],
    ...rows.map(([sku, category, brand]) => [sku, `Article ${sku}`, '1.50', category, brand]),
  )

async function ingest(program: TestProgram, content: string, ...options: string[]) {
  const path = await program.write('list.csv', content)
  return program.runWith({ clock: realClock }, 'ingest', path, '--supplier', 'Acme', '--no-hold', ...options)
}

const names = async (program: TestProgram, what: string, table: string) =>
  (await program.rows<{ name: string }>(`select ${what} as name from ${table} order by 1`)).map(
    ({ name }) => name,
  )

/** Items that a person deleted a good while ago are gone for good. */
async function deleteForGood(program: TestProgram, ...skus: string[]): Promise<void> {
  for (const sku of skus) await program.runWith({ clock: realClock }, 'items', 'delete', sku)
  await cleanAhead(program, 40, 'deleted-items')
}

for (const engine of engines) {
  describe(engine, () => {
    test('categories and brands that no item has go, with what is above and below them only where nothing is there', async () => {
      await using program = await openProgram(engine, every)
      await ingest(
        program,
        list(
          ['A-1', 'Tools > Hand tools', 'Bolt'],
          ['A-2', 'Tools > Power tools > Drills', 'Knot'],
          ['A-3', 'Ropes', 'Knot'],
        ),
        '--full',
      )
      const clean = async (...argv: string[]) => (await cleanAhead(program, 1, 'orphans', ...argv)).orphans!
      expect(await clean()).toMatchObject({ deleted: {} })
      // Gone items keep theirs.
      await ingest(program, list(['A-2', 'Tools > Power tools > Drills', 'Knot']), '--full')
      expect(await clean()).toMatchObject({ deleted: {} })
      await deleteForGood(program, 'A-1', 'A-2')
      const expected = {
        deleted: { categories: 4, brands: 1 },
        examples: [
          'Tools',
          'Tools > Hand tools',
          'Tools > Power tools',
          'Tools > Power tools > Drills',
          'Bolt',
        ],
      }
      expect(await clean('--dry-run')).toMatchObject(expected)
      expect(await names(program, 'path', 'categories')).toHaveLength(5)
      expect(await clean()).toMatchObject(expected)
      expect(await names(program, 'path', 'categories')).toEqual(['Ropes'])
      expect(await names(program, 'name', 'brands')).toEqual(['Knot'])
      // A list that names them again makes them again.
      await ingest(program, list(['A-9', 'Tools > Hand tools', 'Bolt']))
      expect(await names(program, 'path', 'categories')).toEqual(['Ropes', 'Tools', 'Tools > Hand tools'])
      expect(await names(program, 'name', 'brands')).toEqual(['Bolt', 'Knot'])
    })

    test('a category or brand that a product has stays', async () => {
      await using program = await openProgram(engine, every)
      await ingest(program, list(['A-1', 'Tools > Saws', 'Bolt'], ['A-2', 'Ropes', 'Knot']))
      await deleteForGood(program, 'A-1', 'A-2')
      const db = await openUrl(program.url)
      await db.run(
        `insert into products (id, name, status, brand_id, category_id, created_at, updated_at)
         select $1, 'Saw', 'active', b.id, c.id, $2, $2 from brands as b, categories as c
         where b.name = 'Bolt' and c.path = 'Tools > Saws'`,
        [newId(), new Date()],
      )
      await db.close()
      const { orphans } = await cleanAhead(program, 1, 'orphans')
      expect(orphans).toMatchObject({ deleted: { categories: 1, brands: 1 } })
      expect(await names(program, 'path', 'categories')).toEqual(['Tools', 'Tools > Saws'])
      expect(await names(program, 'name', 'brands')).toEqual(['Bolt'])
    })

    test('what a list brings back between the look and the deletion stays', async () => {
      await using program = await openProgram(engine)
      await ingest(program, list(['A-1', 'Tools', 'Bolt']))
      await deleteForGood(program, 'A-1')
      for (const rule of ['categories', 'brands']) {
        const { app, task, parts } = await openTask(program, 'orphans', { TALLYMAN_ORPHANS: rule })
        try {
          let count = 0
          const tx: Database['tx'] = async (work) => {
            if (count++ === 0) await ingest(program, list(['A-1', 'Tools', 'Bolt']), '--force')
            return app.db.tx(work)
          }
          const report = await task.run({ ...parts, db: { ...app.db, tx } }, ahead(1))
          expect([rule, count, report.deleted, report.isComplete]).toEqual([rule, 1, {}, false])
        } finally {
          await app.close()
        }
        expect(await names(program, 'path', 'categories')).toEqual(['Tools'])
        expect(await names(program, 'name', 'brands')).toEqual(['Bolt'])
        await deleteForGood(program, 'A-1')
      }
    })

    test('runs without imports and fingerprints of sources that were deleted go, and are all that goes unless said', async () => {
      await using program = await openProgram(engine)
      await ingest(program, list(['A-1', 'Tools', 'Bolt']))
      await ingest(program, list(['B-1', 'Ropes', 'Knot']), '--source', 'other')
      const db = await openUrl(program.url)
      await db.run(`delete from sources where name = 'other'`)
      await db.close()
      const folder = join(program.dataFolder, 'fingerprints')
      await Bun.write(join(folder, `${newId()}.17.new`), 'torn')
      await Bun.write(join(folder, 'notes.txt'), 'of somebody')
      const [sourceId] = await names(program, 'id', 'sources')
      const young = (await cleanAhead(program, 0, 'orphans')).orphans
      expect(young).toMatchObject({ deleted: { fingerprints: 1 } })
      const dry = (await cleanAhead(program, 2, 'orphans', '--dry-run')).orphans
      expect(dry).toMatchObject({ deleted: { runs: 1, fingerprints: 1 } })
      expect(await readdir(folder)).toHaveLength(3)
      const done = (await cleanAhead(program, 2, 'orphans')).orphans
      expect(done).toMatchObject({ deleted: { runs: 1, fingerprints: 1 } })
      expect((await readdir(folder)).sort()).toEqual([sourceId!, 'notes.txt'].sort())
      expect(await names(program, 'id', 'ingestion_runs')).toHaveLength(1)
      expect(await names(program, 'path', 'categories')).toEqual(['Ropes', 'Tools'])
    })

    test('files that only this installation has known go whatever the rules are, and stay as long as any raw file', async () => {
      await using program = await openProgram(engine)
      const { app, task, parts } = await openTask(program, 'orphans', { TALLYMAN_ORPHANS: 'none' })
      try {
        const path = await program.write('list.csv', list(['A-1', 'Tools', 'Bolt']))
        const { sha256 } = await parts.archive.keep(path, { sizeBytesMax: 10_000 })
        expect(await parts.archive.isOursAlone(sha256)).toBe(true)
        // A database that was restored from last week's backup does not know what came since.
        expect(await task.run(parts, ahead(29))).toMatchObject({ deleted: {} })
        expect(await task.run(parts, ahead(31))).toMatchObject({ deleted: { files: 1 } })
        expect(await parts.archive.has(sha256)).toBe(false)
      } finally {
        await app.close()
      }
    })

    test('files that no row tells of go when they are a day old, and not while the same bytes are taken in', async () => {
      await using program = await openProgram(engine)
      const { app, task, parts } = await openTask(program, 'orphans', { TALLYMAN_ORPHANS: 'files' })
      const other = await openUrl(program.url)
      try {
        const content = list(['A-1', 'Tools', 'Bolt'])
        const path = await program.write('list.csv', content)
        const keep = () => parts.archive.keep(path, { sizeBytesMax: 10_000 })
        const kept = rawPath(parts.archive, (await keep()).sha256)
        expect(await task.run(parts, ahead(0))).toMatchObject({ deleted: {} })
        expect(await task.run(parts, ahead(2, true))).toMatchObject({ deleted: { files: 1 } })
        expect(await Bun.file(kept).exists()).toBe(true)
        expect(await task.run(parts, ahead(2))).toMatchObject({ deleted: { files: 1 } })
        expect(await Bun.file(kept).exists()).toBe(false)

        await keep()
        await utimes(kept, new Date(0), new Date(0))
        const received = await parts.archive.copy(path, { sizeBytesMax: 10_000 })
        let cleaning: Promise<unknown> = Promise.resolve()
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
          async keep() {
            const kept = await received.keep()
            cleaning = task.run({ ...parts, db: { ...other, tx } }, ahead(2)).finally(() => {
              isDone = true
            })
            await until(async () => isDone || (isAsked && (await isWaiting())))
            return kept
          },
        })
        await cleaning
        expect(isAsked).toBe(true)
        expect(await Bun.file(kept).exists()).toBe(true)
        await rm(kept)
      } finally {
        await other.close()
        await app.close()
      }
    })
  })
}
