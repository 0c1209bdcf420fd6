import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'

type OnDelete = 'cascade' | 'set null'

/**
 * The column types that differ between the engines. Both kits have one shape, so that `makeTables` and every query
 * are written once. Ids that people name are UUIDv7 text; what stands in a row of every item refers to suppliers,
 * sources and imports by `no` instead, a small integer that never leaves the database: 36 bytes a reference were a
 * third of the catalog. Instants are milliseconds on SQLite and `timestamptz(3)`
 * on PostgreSQL; JSON is text with a validity check on SQLite and `jsonb` on PostgreSQL.
 */
export const postgresKit = {
  table: pg.pgTable,
  text: pg.text,
  integer: (name: string) => pg.bigint(name, { mode: 'number' }),
  identity: (name: string) => pg.bigint(name, { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  json: (name: string) => pg.jsonb(name),
  instant: (name: string) => pg.timestamp(name, { withTimezone: true, mode: 'date', precision: 3 }),
  boolean: (name: string) => pg.boolean(name),
  index: pg.index,
  unique: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
  foreignKey: pg.foreignKey,
  check: pg.check,
  /**
   * A reference in a row of every item. PostgreSQL would look each one up by itself, which made a load of 1M rows
   * more than twice as long; triggers on the tables referred to do what they are there for instead (see the end of
   * the first migration), and a publish locks the supplier and the source that it writes. SQLite is told not to look.
   */
  ofEveryItem: <Column>(column: Column, _target: () => pg.AnyPgColumn, _onDelete: OnDelete) => column,
  /** JSON columns hold objects or arrays only; SQLite checks that the text is JSON at all. */
  jsonCheck: (column: string) => sql.raw(`jsonb_typeof("${column}") in ('object', 'array')`),
}

export const sqliteKit = {
  table: sqlite.sqliteTable,
  text: sqlite.text,
  integer: (name: string) => sqlite.integer(name),
  identity: (name: string) => sqlite.integer(name).primaryKey({ autoIncrement: true }),
  json: (name: string) => sqlite.text(name, { mode: 'json' }),
  instant: (name: string) => sqlite.integer(name, { mode: 'timestamp_ms' }),
  boolean: (name: string) => sqlite.integer(name, { mode: 'boolean' }),
  index: sqlite.index,
  unique: sqlite.uniqueIndex,
  primaryKey: sqlite.primaryKey,
  foreignKey: sqlite.foreignKey,
  check: sqlite.check,
  ofEveryItem: (
    column: { references: (target: unknown, actions: { onDelete: OnDelete }) => unknown },
    target: unknown,
    onDelete: OnDelete,
  ) => column.references(target, { onDelete }),
  jsonCheck: (column: string) =>
    sql.raw(`json_valid("${column}") and substr("${column}", 1, 1) in ('{', '[')`),
  // The only cast between the engines: the SQLite builders are used through the PostgreSQL kit's type.
} as unknown as typeof postgresKit
