import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { temporaryDirectory } from './temporary.ts'

export type Engine = 'sqlite' | 'postgres'

/** A database of its own for one test; disposing deletes it, connections or not. */
export interface FreshDatabase extends AsyncDisposable {
  /** `sqlite:/absolute/path.db` (the file does not exist yet) or `postgres://user:password@host:port/name`. */
  url: string
}

/** The private PostgreSQL that `scripts/test` starts, as a URL whose user may create databases. */
const server = process.env.TALLYMAN_TEST_DATABASE_URL || null

if (process.env.CI && server === null) {
  throw new Error('TALLYMAN_TEST_DATABASE_URL is not set. CI must test on PostgreSQL too: run scripts/test.')
}

/**
 * The engines that storage tests run on: `for (const engine of engines)`. PostgreSQL is left out where no server
 * is named; test/helpers/announce.ts says so at the start of the run.
 */
export const engines: Engine[] = server === null ? ['sqlite'] : ['sqlite', 'postgres']

/**
 * Makes an empty database.
 *
 *     await using database = await freshDatabaseUrl(engine)
 */
export async function freshDatabaseUrl(engine: Engine): Promise<FreshDatabase> {
  return engine === 'sqlite' ? freshSqlite() : freshPostgres()
}

async function freshSqlite(): Promise<FreshDatabase> {
  const directory = await temporaryDirectory()
  return {
    url: `sqlite:${directory.file('tallyman.db')}`,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

async function freshPostgres(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(`create database ${name}`)
  const url = new URL(requireServer())
  url.pathname = `/${name}`
  return { url: url.href, [Symbol.asyncDispose]: () => onServer(`drop database ${name} with (force)`) }
}

async function onServer(statement: string): Promise<void> {
  const sql = postgres(requireServer(), { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

function requireServer(): string {
  if (server === null)
    throw new Error('A PostgreSQL test needs TALLYMAN_TEST_DATABASE_URL: run scripts/test.')
  return server
}
