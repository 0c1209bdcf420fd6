import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Database } from '../../src/db/database.ts'
import { migrateDown, migrateUp, migrationStates, requireCurrent } from '../../src/db/migrate.ts'
import { type Migration, migrations, statementsOf } from '../../src/db/migrations.ts'
import { engines, freshDatabaseUrl } from '../helpers/engines.ts'
import { migratedAt, openEmpty, openMigrated, openUrl, rejection } from '../helpers/open-database.ts'

const clock = { now: () => migratedAt }
const latest = migrations.at(-1)!.version

/** Every table, index and sequence that is there, but the list of migrations. */
async function objects(db: Database): Promise<string[]> {
  const rows = await db.all<{ name: string }>(
    db.engine === 'sqlite'
      ? `select name from sqlite_schema where name not like 'sqlite_%'`
      : `select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
         where n.nspname in ('public', 'staging')
         union all select nspname from pg_namespace where nspname = 'staging'`,
  )
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('schema_migrations'))
}

const extra = (up: string): Migration => ({
  version: latest + 1,
  name: 'extra',
  up: { sqlite: up, postgres: up },
  down: { sqlite: 'drop table extra', postgres: 'drop table extra' },
})

for (const engine of engines) {
  describe(engine, () => {
    test('up makes the schema and says so, once; status tells when', async () => {
      await using database = await openEmpty(engine)
      const { db } = database
      const names = migrations.map(({ name }) => name)
      expect((await migrationStates(db)).map(({ appliedAt }) => appliedAt)).toEqual(names.map(() => null))
      expect(await migrateUp(db, clock)).toEqual(names)
      const made = await objects(db)
      expect(made).toContain('supplier_items')
      expect(await migrateUp(db, clock)).toEqual([])
      expect(await objects(db)).toEqual(made)
      expect(await migrationStates(db)).toEqual(
        migrations.map(({ version, name }) => ({ version, name, appliedAt: migratedAt.toISOString() })),
      )
      await requireCurrent(db)
    })

    test('down takes everything back, data and all, and up makes it again', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const made = await objects(db)
      await db.run(
        `insert into suppliers (id, name, name_key, created_at) values ('s', 'S', 's', ${engine === 'sqlite' ? '0' : 'now()'})`,
      )
      await db.run(`insert into categories (id, supplier_id, name, path) values ('c', 's', 'C', 'C')`)
      await db.run(
        `insert into categories (id, supplier_id, parent_id, name, path) values ('d', 's', 'c', 'D', 'C > D')`,
      )
      expect(await migrateDown(db, 0)).toEqual(migrations.map(({ name }) => name).reverse())
      expect(await objects(db)).toEqual([])
      expect(await rejection(requireCurrent(db))).toMatchObject({ code: 'database_older' })
      expect(await migrateDown(db, 0)).toEqual([])
      await migrateUp(db, clock)
      expect((await objects(db)).sort()).toEqual(made.sort())
    })

    test('a later migration is applied to what is there, and taken back alone', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const all = [...migrations, extra('create table extra (id integer)')]
      expect(await rejection(requireCurrent(db, all))).toMatchObject({ code: 'database_older' })
      expect(await migrateUp(db, clock, all)).toEqual(['extra'])
      expect(await objects(db)).toContain('extra')
      expect(await migrateDown(db, latest, all)).toEqual(['extra'])
      expect(await objects(db)).not.toContain('extra')
      for (const version of [latest + 1, -1, 0.5])
        expect(await rejection(migrateDown(db, version, all))).toMatchObject({ code: 'unknown_version' })
    })

    test('a migration that fails half-way leaves the schema as it was', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const before = await objects(db)
      const all = [
        ...migrations,
        extra('create table extra (id integer);--> statement-breakpoint\ninsert into nowhere values (1)'),
      ]
      await rejection(migrateUp(db, clock, all))
      expect(await objects(db)).toEqual(before)
      expect((await migrationStates(db, all)).at(-1)!.appliedAt).toBe(null)
    })

    test('a database that a newer version migrated is refused and left alone', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      await migrateUp(db, clock, [...migrations, extra('create table extra (id integer)')])
      const before = await objects(db)
      for (const attempt of [
        () => migrateUp(db, clock),
        () => migrateDown(db, 0),
        () => requireCurrent(db),
      ]) {
        const error = await rejection(attempt())
        expect(error).toMatchObject({ name: 'ConflictError', code: 'database_newer' })
        expect((error as Error).message).toContain(`version ${latest + 1}`)
      }
      expect(await objects(db)).toEqual(before)
    })

    test('a program that may not change an empty database says what to run', async () => {
      await using database = await openEmpty(engine)
      const error = await rejection(requireCurrent(database.db))
      expect(error).toMatchObject({ name: 'ConflictError', code: 'database_older' })
      expect((error as Error).message).toContain('tallyman migrate up')
      expect(await objects(database.db)).toEqual([])
    })

    test('processes that start together migrate once between them', async () => {
      await using fresh = await freshDatabaseUrl(engine)
      const program = join(import.meta.dir, '../helpers/children/migrate.ts')
      const children = Array.from({ length: 3 }, () =>
        Bun.spawn([process.execPath, program, fresh.url], { stdout: 'pipe', stderr: 'pipe' }),
      )
      const outputs = await Promise.all(children.map((child) => new Response(child.stdout).text()))
      const errors = await Promise.all(children.map((child) => new Response(child.stderr).text()))
      expect(errors).toEqual(['', '', ''])
      expect(outputs.map((output) => JSON.parse(output)).sort()).toEqual(
        [[], [], migrations.map(({ name }) => name)].sort(),
      )
      const db = await openUrl(fresh.url)
      await requireCurrent(db)
      await db.close()
    })

    test('a schema that is up to date already is found so without waiting for a writer', async () => {
      await using database = await openMigrated(engine)
      const other = await openUrl(database.url, { lockTimeoutMs: 0 })
      try {
        await database.db.tx(async () => {
          expect(await migrateUp(other, clock)).toEqual([])
        })
      } finally {
        await other.close()
      }
    })
  })
}

test('statements are split at the breakpoints only', () => {
  expect(statementsOf('a;\n--> statement-breakpoint\nb;--> statement-breakpoint c\n\n')).toEqual([
    'a;',
    'b;',
    'c',
  ])
})
