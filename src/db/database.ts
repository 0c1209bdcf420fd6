import type { PgDatabase } from 'drizzle-orm/pg-core'
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import type { Logger } from '../lib/log.ts'
import type { Tables } from './schema.ts'

/**
 * Drizzle's query builder, the same on both engines, and hand-written SQL on the same connection. Drizzle's own
 * `transaction` is left out: see `Database.tx`.
 */
export type Query = Omit<PgDatabase<PostgresJsQueryResultHKT>, 'transaction'> & { kept: KeptSql }

export type SqlValue = string | number | boolean | null | Date

/**
 * Hand-written SQL for hot paths. Parameters are `$1`, `$2`, … on both engines; a Date becomes what the engine's
 * instants are. Integers come back as numbers; JSON as text on SQLite and as values on PostgreSQL; instants as
 * milliseconds on SQLite and as text on PostgreSQL (`new Date` reads both).
 */
export interface Sql {
  all<Result>(text: string, parameters?: SqlValue[]): Promise<Result[]>
  /** Gives the number of rows written. */
  run(text: string, parameters?: SqlValue[]): Promise<number>
}

/**
 * The same for texts of which there is a small fixed number: each connection prepares them once and keeps them, which
 * on PostgreSQL halves what a small statement costs. They name their columns, since a plan outlives a `select *`.
 */
export interface KeptSql extends Sql {
  engine: Engine
}

/** What a transaction hands to its work. */
export interface Tx extends Sql {
  query: Query
}

export type Engine = 'sqlite' | 'postgres'

/** One opened database. The two engines behave the same through it; every store test runs on both. */
export interface Database extends Sql {
  engine: Engine
  tables: Tables
  /** For reads. On SQLite it never waits for a writer. */
  query: Query
  /**
   * Runs the work in one transaction, and rolls back when it throws. On SQLite transactions queue up one after the
   * other; waiting for another process's lock leaves the event loop free.
   * @throws UnavailableError `database_locked` when the lock was not to be had within `lockTimeoutMs`
   */
  tx<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>
  /** Lends the engine's own connection, for staging: an attached file, a COPY stream. */
  native: NativeSqlite | NativePostgres
  close(): Promise<void>
}

/** What staging needs of SQLite: another file attached to the writing connection, outside any transaction. */
export interface NativeSqlite {
  engine: 'sqlite'
  /** The work sees the file's tables as `staging.…`. Nothing else writes meanwhile. */
  withAttached<Result>(path: string, work: (sql: Sql, tx: Database['tx']) => Promise<Result>): Promise<Result>
}

/** What staging needs of PostgreSQL: a COPY stream; and the queue: messages between processes. */
export interface NativePostgres {
  engine: 'postgres'
  copy(text: string): Promise<NodeJS.WritableStream>
  /**
   * Listens on a connection of its own, and again when that is lost: `onListening` says that messages may have been
   * missed until now.
   * @returns what ends it
   */
  listen(
    channel: string,
    listener: { onMessage: (payload: string) => void; onListening: () => void },
  ): Promise<() => Promise<void>>
}

export interface OpenDatabaseOptions {
  /** `sqlite:PATH`, `file:PATH` or `postgres://…`. */
  url: string
  log: Logger
  /** Most connections on PostgreSQL. */
  poolSize: number
  /** How long a transaction waits for another process's write lock. */
  lockTimeoutMs: number
  /** On PostgreSQL: how long a statement may take; not said: as long as it likes. */
  statementTimeoutMs?: number
}
