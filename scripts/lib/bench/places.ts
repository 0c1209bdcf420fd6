import { Database } from 'bun:sqlite'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'

export type Engine = 'sqlite' | 'postgres'

/** Where one program keeps what it has loaded: a folder, and on PostgreSQL a database too. */
export interface Place {
  folder: string
  /** Of the database in it: an absolute path, or a postgres:// URL. */
  database: string
}

/** Makes, copies and deletes places, and looks into them. */
export interface Places {
  engine: Engine
  fresh(): Promise<Place>
  /** Everything that is in another place, which nobody may have open. */
  copyOf(place: Place): Promise<Place>
  remove(place: Place): Promise<void>
  /** The first row of one statement; sums come as numbers on both engines. */
  look(place: Place, statement: string): Promise<Record<string, number>>
  /** Waits until what was written before is on disk, so that nobody pays for the one before him. */
  settle(): Promise<void>
}

/** @param root an existing folder for all of them */
export function sqlitePlaces(root: string): Places {
  let count = 0
  const make = async () => {
    const folder = join(root, `sqlite-${++count}`)
    await mkdir(folder)
    return { folder, database: join(folder, 'catalog.db') }
  }
  return {
    engine: 'sqlite',
    fresh: make,
    async copyOf(place) {
      const copy = await make()
      await cp(place.folder, copy.folder, { recursive: true })
      return copy
    },
    remove: ({ folder }) => rm(folder, { recursive: true, force: true }),
    async look({ database }, statement) {
      // Not `readonly`: a database with a write-ahead log may need to make its index file.
      using opened = new Database(database, { readwrite: true })
      return opened.query<Record<string, number>, []>(statement).get() ?? {}
    },
    settle: () => syncDisk(),
  }
}

/** @param serverUrl of a user who may create databases */
export function postgresPlaces(root: string, serverUrl: string): Places {
  let count = 0
  const make = async (template: string) => {
    const name = `bench_${++count}`
    const folder = join(root, `postgres-${count}`)
    await mkdir(folder)
    // Copying the files writes less than replaying them through the log.
    await onServer(serverUrl, `create database ${name} template ${template} strategy file_copy`)
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    return { folder, database: url.href }
  }
  return {
    engine: 'postgres',
    fresh: () => make('template0'),
    async copyOf(place) {
      const copy = await make(databaseName(place))
      await cp(place.folder, copy.folder, { recursive: true })
      return copy
    },
    async remove(place) {
      await onServer(serverUrl, `drop database if exists ${databaseName(place)} with (force)`)
      await rm(place.folder, { recursive: true, force: true })
    },
    async look({ database }, statement) {
      const row = await onServer(database, statement)
      // Counts and sums come as texts.
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
    },
    async settle() {
      await onServer(serverUrl, 'checkpoint')
      await syncDisk()
    },
  }
}

/** "17.2". */
export async function serverVersion(serverUrl: string): Promise<string> {
  const row = await onServer(serverUrl, 'show server_version')
  return String(row.server_version)
}

const databaseName = ({ database }: Place) => new URL(database).pathname.slice(1)

async function onServer(url: string, statement: string): Promise<Record<string, unknown>> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return (await sql.unsafe(statement))[0] ?? {}
  } finally {
    await sql.end()
  }
}

async function syncDisk(): Promise<void> {
  const child = Bun.spawn(['sync'], { stdio: ['ignore', 'ignore', 'ignore'] })
  await child.exited
}
