import type { Clock } from '../lib/clock.ts'
import { ConflictError, InvalidError } from '../lib/errors.ts'
import type { Database, Tx } from './database.ts'
import { migrations as allMigrations, type Migration, statementsOf } from './migrations.ts'

export interface MigrationState {
  version: number
  name: string
  /** ISO instant; null: not applied. */
  appliedAt: string | null
}

/**
 * Brings the schema up to this program's version; a schema that is there already costs one read.
 * Two nodes that start together do it one after the other.
 * @returns the names of the migrations that were applied
 * @throws ConflictError `database_newer` when a newer version of the program has migrated it
 */
export async function migrateUp(
  db: Database,
  clock: Clock,
  migrations: Migration[] = allMigrations,
): Promise<string[]> {
  const found = await presentVersion(db)
  refuseNewer(found, migrations)
  if (found === newestOf(migrations)) return []
  return db.tx(async (tx) => {
    await lock(db, tx)
    const current = await versionOf(db, tx)
    refuseNewer(current, migrations)
    const missing = migrations.filter((migration) => migration.version > current)
    for (const migration of missing) {
      for (const statement of statementsOf(migration.up[db.engine])) await tx.run(statement)
      await tx.run('insert into schema_migrations (version, name, applied_at) values ($1, $2, $3)', [
        migration.version,
        migration.name,
        clock.now().toISOString(),
      ])
    }
    return missing.map((migration) => migration.name)
  })
}

/**
 * Takes the latest migrations back, newest first, down to `toVersion`. What only they could hold is lost.
 * @returns the names of the migrations that were taken back
 * @throws InvalidError `unknown_version` for a version outside 0 … the current one
 */
export async function migrateDown(
  db: Database,
  toVersion: number,
  migrations: Migration[] = allMigrations,
): Promise<string[]> {
  return db.tx(async (tx) => {
    await lock(db, tx)
    const current = await versionOf(db, tx)
    refuseNewer(current, migrations)
    if (!Number.isInteger(toVersion) || toVersion < 0 || toVersion > current)
      throw new InvalidError(
        'unknown_version',
        `The schema is at version ${current}; it can go back to 0 … ${current}, not to ${toVersion}.`,
      )
    const applied = migrations.filter(({ version }) => version > toVersion && version <= current).reverse()
    for (const migration of applied) {
      for (const statement of statementsOf(migration.down[db.engine])) await tx.run(statement)
      await tx.run('delete from schema_migrations where version = $1', [migration.version])
    }
    return applied.map((migration) => migration.name)
  })
}

/** Every migration this program knows, and when it was applied. Reads only. */
export async function migrationStates(
  db: Database,
  migrations: Migration[] = allMigrations,
): Promise<MigrationState[]> {
  const applied = (await hasTable(db, db))
    ? await db.all<{ version: number; applied_at: string }>(
        'select version, applied_at from schema_migrations',
      )
    : []
  const appliedAt = new Map(applied.map((row) => [row.version, row.applied_at]))
  return migrations.map(({ version, name }) => ({ version, name, appliedAt: appliedAt.get(version) ?? null }))
}

/**
 * For programs that must not change the schema themselves.
 * @throws ConflictError `database_newer` or `database_older`, saying what to run
 */
export async function requireCurrent(db: Database, migrations: Migration[] = allMigrations): Promise<void> {
  const current = await presentVersion(db)
  refuseNewer(current, migrations)
  const wanted = newestOf(migrations)
  if (current < wanted)
    throw new ConflictError(
      'database_older',
      `The database's schema is at version ${current}, this program needs ${wanted}: run "tallyman migrate up".`,
    )
}

/** Reads only; 0: nothing was ever applied. */
async function presentVersion(db: Database): Promise<number> {
  return (await hasTable(db, db)) ? latestVersion(db) : 0
}

const newestOf = (migrations: Migration[]) => migrations.at(-1)?.version ?? 0

/** Held to the end of the transaction. SQLite's write lock is enough by itself. */
async function lock(db: Database, tx: Tx): Promise<void> {
  if (db.engine === 'postgres') await tx.all('select pg_advisory_xact_lock(7423001)')
}

async function versionOf(db: Database, tx: Tx): Promise<number> {
  if (!(await hasTable(db, tx)))
    await tx.run(
      'create table schema_migrations (version integer primary key, name text not null, applied_at text not null)',
    )
  return latestVersion(tx)
}

async function latestVersion(sql: Pick<Tx, 'all'>): Promise<number> {
  const [row] = await sql.all<{ version: number | null }>(
    'select max(version) as version from schema_migrations',
  )
  return row?.version ?? 0
}

async function hasTable(db: Database, sql: Pick<Tx, 'all'>): Promise<boolean> {
  const rows = await sql.all(
    db.engine === 'sqlite'
      ? `select 1 from sqlite_schema where type = 'table' and name = 'schema_migrations'`
      : // Not to_regclass: it may answer from a cache that is older than the lock.
        `select 1 from pg_class where relname = 'schema_migrations' and pg_table_is_visible(oid)`,
  )
  return rows.length > 0
}

function refuseNewer(current: number, migrations: Migration[]): void {
  const newest = newestOf(migrations)
  if (current <= newest) return
  throw new ConflictError(
    'database_newer',
    `The database was migrated to version ${current} by a newer Tallyman; this one knows ${newest}. ` +
      'Use the newer program, or let it take the schema back with "tallyman migrate down".',
  )
}
