import { describe, expect, test } from 'bun:test'
import { getTableName } from 'drizzle-orm'
import { type PgTable, getTableConfig as postgresConfig } from 'drizzle-orm/pg-core'
import { type SQLiteTable, getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../src/db/database.ts'
import { postgresTables, sqliteTables } from '../../src/db/schema.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, rejection } from '../helpers/open-database.ts'

/** One table in words that both a table of the factory and a database can say. */
interface Shape {
  /** "name type not null". */
  columns: string[]
  /** "column → table.column on delete action". */
  references: string[]
  indexes: string[]
  checks: string[]
}
type Shapes = Record<string, Shape>

/** What the schema factory says; sorted, so that only differences show. */
function declared(engine: Database['engine']): Shapes {
  const shapes: Shapes = {}
  for (const table of Object.values(engine === 'sqlite' ? sqliteTables : postgresTables)) {
    // The SQLite tables carry PostgreSQL's type: see schema.ts.
    const config =
      engine === 'sqlite' ? sqliteConfig(table as unknown as SQLiteTable) : postgresConfig(table as PgTable)
    shapes[config.name] = {
      columns: config.columns.map((c) => `${c.name} ${c.getSQLType()}${c.notNull ? ' not null' : ''}`).sort(),
      references: config.foreignKeys
        .map((key) => {
          const { columns, foreignColumns, foreignTable } = key.reference()
          const [from, to] = [columns[0]!.name, foreignColumns[0]!.name]
          return `${from} → ${getTableName(foreignTable)}.${to} on delete ${key.onDelete ?? 'no action'}`
        })
        .sort(),
      indexes: [
        ...config.indexes.map((index) => `${index.config.unique ? 'unique ' : ''}${index.config.name}`),
        ...config.columns.filter((c) => c.isUnique).map((c) => `unique ${c.uniqueName}`),
      ].sort(),
      checks: config.checks.map((check) => check.name).sort(),
    }
  }
  return shapes
}

/** What a migrated database says. */
async function present(db: Database): Promise<Shapes> {
  return db.engine === 'sqlite' ? presentInSqlite(db) : presentInPostgres(db)
}

async function presentInSqlite(db: Database): Promise<Shapes> {
  const shapes: Shapes = {}
  const tables = await db.all<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%'
       and name <> 'schema_migrations' and name not like 'item_words%'`,
  )
  for (const { name, sql } of tables) {
    const columns = await db.all<{ name: string; type: string; notnull: number; pk: number }>(
      `select name, type, "notnull", pk from pragma_table_info('${name}')`,
    )
    const keys = await db.all<{ from: string; table: string; to: string; on_delete: string }>(
      `select * from pragma_foreign_key_list('${name}')`,
    )
    const indexes = await db.all<{ name: string; unique: number; origin: string }>(
      `select * from pragma_index_list('${name}') where origin = 'c'`,
    )
    shapes[name] = {
      columns: columns.map((c) => `${c.name} ${c.type.toLowerCase()}${c.notnull ? ' not null' : ''}`).sort(),
      references: keys
        .map((key) => `${key.from} → ${key.table}.${key.to} on delete ${key.on_delete.toLowerCase()}`)
        .sort(),
      indexes: indexes.map((index) => `${index.unique ? 'unique ' : ''}${index.name}`).sort(),
      checks: [...sql.matchAll(/CONSTRAINT "(\w+)" CHECK/g)].map((match) => match[1]!).sort(),
    }
  }
  return shapes
}

async function presentInPostgres(db: Database): Promise<Shapes> {
  const shapes: Shapes = {}
  const tables = await db.all<{ oid: number; name: string }>(
    `select oid::bigint as oid, relname as name from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('schema_migrations', 'item_words')`,
  )
  const texts = async (sql: string, oid: number) =>
    (await db.all<{ text: string }>(sql, [oid])).map(({ text }) => text).sort()
  for (const { oid, name } of tables) {
    shapes[name] = {
      columns: await texts(
        `select attname || ' ' || replace(format_type(atttypid, atttypmod), 'timestamp(3)', 'timestamp (3)') ||
                case when attnotnull then ' not null' else '' end as text
         from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped`,
        oid,
      ),
      references: await texts(
        `select a.attname || ' → ' || confrelid::regclass || '.' || f.attname || ' on delete ' ||
                case confdeltype when 'c' then 'cascade' when 'n' then 'set null' else 'no action' end as text
         from pg_constraint
         join pg_attribute as a on a.attrelid = conrelid and a.attnum = conkey[1]
         join pg_attribute as f on f.attrelid = confrelid and f.attnum = confkey[1]
         where contype = 'f' and conrelid = $1`,
        oid,
      ),
      indexes: await texts(
        `select case when indisunique then 'unique ' else '' end || c.relname as text
         from pg_index join pg_class as c on c.oid = indexrelid where indrelid = $1 and not indisprimary`,
        oid,
      ),
      checks: await texts(
        `select conname as text from pg_constraint where contype = 'c' and conrelid = $1`,
        oid,
      ),
    }
  }
  return shapes
}

for (const engine of engines) {
  describe(engine, () => {
    test('the migrations make exactly what the schema factory says', async () => {
      await using database = await openMigrated(engine)
      expect(await present(database.db)).toEqual(declared(engine))
    })

    test('JSON columns refuse what is no JSON object or array', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const now = engine === 'sqlite' ? '0' : 'now()'
      await db.run(`insert into suppliers (id, name, name_key, created_at) values ('s', 'S', 's', ${now})`)
      const cast = engine === 'sqlite' ? '' : '::text::jsonb'
      const insert = (characteristics: string) =>
        db.run(
          `insert into supplier_items (id, supplier_no, item_key, name, characteristics, scope, first_import_no)
           values (1, 1, 'k', 'n', $1${cast}, '', 1)`,
          [characteristics],
        )
      for (const bad of ['', 'x', '{"a":', '"text"', '1', 'null', "{'a':1}"]) await rejection(insert(bad))
      expect(await insert('{"a":"b"}')).toBe(1)
    })

    test('a price below zero, and the same key twice, are refused', async () => {
      await using database = await openMigrated(engine)
      const { db } = database
      const now = engine === 'sqlite' ? '0' : 'now()'
      await db.run(`insert into suppliers (id, name, name_key, created_at) values ('s', 'S', 's', ${now})`)
      const insert = (id: number, key: string, price: number) =>
        db.run(
          `insert into supplier_items (id, supplier_no, item_key, name, price_e4, characteristics, scope, first_import_no)
           values ($1, 1, $2, 'n', $3, '{}', '', 1)`,
          [id, key, price],
        )
      expect(await insert(1, 'a', 0)).toBe(1)
      expect(String(await rejection(insert(2, 'b', -1)))).toMatch(/supplier_items_price_e4/i)
      expect(String(await rejection(insert(3, 'a', 1)))).toMatch(/unique/i)
      expect(await insert(4, 'A', Number.MAX_SAFE_INTEGER)).toBe(1)
    })
  })
}

// drizzle-kit cannot say WITHOUT ROWID: whoever generates the migration anew adds it by hand.
test('on SQLite history and changes are one tree each, without a second one for the key', async () => {
  await using database = await openMigrated('sqlite')
  const found = await database.db.all(
    `select name from pragma_table_list where wr = 1 and name not like 'item_words%' order by name`,
  )
  expect(found).toEqual([{ name: 'item_changes' }, { name: 'price_history' }])
})

test('both engines have the same tables and columns', () => {
  const names = (shapes: Shapes) =>
    Object.entries(shapes).map(([table, { columns }]) => [
      table,
      columns.map((column) => column.split(' ')[0]),
    ])
  expect(names(declared('sqlite'))).toEqual(names(declared('postgres')))
})
