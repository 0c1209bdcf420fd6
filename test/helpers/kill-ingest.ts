import { Database as Sqlite } from 'bun:sqlite'
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import type { Engine } from './engines.ts'

/** The moments at which an import can be killed, told apart by what its log has said so far. */
export const killPhases = ['parse', 'stage', 'publish', 'after commit'] as const
export type KillPhase = (typeof killPhases)[number]

/** The log message with which each phase begins; parsing begins with the process. */
const marks: Record<string, KillPhase> = {
  'file read': 'stage',
  publishing: 'publish',
  published: 'after commit',
}

/** A catalog in two states, and the list that leads from one to the other. */
export interface KillBench {
  engine: Engine
  /** How long each phase takes when nobody disturbs it, in ms. */
  durations: Record<KillPhase, number>
  /** Brings the catalog back to the first state, imports the list, and kills that with SIGKILL in the phase. */
  trial(phase: KillPhase, fraction: number): Promise<Trial>
  close(): Promise<void>
}

export interface Trial {
  /** The phase in which the kill fell, by the last log line before it; null: the import was faster. */
  phase: KillPhase | null
  /** The catalog right after the kill and after the restart. */
  afterKill: 'before' | 'after' | 'neither'
  afterRestart: 'before' | 'after' | 'neither'
  /** What is wrong after the restart: rows that are not accounted for, imports without an end, left-overs. */
  faults: string[]
}

interface Store {
  url: string
  reset(): Promise<void>
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/**
 * Makes a catalog of `rowCount` items and a list that changes it (prices, names, new and missing items, rows that are
 * rejected), and measures the phases.
 * @param program the command line of tallyman
 * @param serverUrl for PostgreSQL: a user who may create databases
 */
export async function killBench(options: {
  engine: Engine
  program: string[]
  folder: string
  rowCount: number
  serverUrl: string | null
}): Promise<KillBench> {
  const { engine, folder, rowCount } = options
  const files = { before: join(folder, 'before.csv'), after: join(folder, 'after.csv') }
  await Bun.write(files.before, list(rowCount, 0))
  await Bun.write(files.after, list(rowCount, 1))
  const store = engine === 'sqlite' ? sqliteStore(folder) : await postgresStore(options.serverUrl)
  const command = (args: string[], level = 'warn') =>
    Bun.spawn([...options.program, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        DATABASE_URL: store.url,
        TALLYMAN_DATA_DIR: join(folder, 'data'),
        TALLYMAN_LOG_LEVEL: level,
        TALLYMAN_LOG_FORMAT: 'json',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const ingest = (file: string) =>
    command(['ingest', file, '--supplier', 'Kill Bench', '--full', '--currency', 'EUR'], 'info')

  await finished(ingest(files.before))
  await store.reset()
  const before = await catalogText(store)
  const durations = await measure(ingest(files.after))
  const after = await catalogText(store)
  if (before === after) throw new Error('The two states of the catalog must differ.')
  const stateOf = async () => {
    const now = await catalogText(store)
    return now === before ? 'before' : now === after ? 'after' : 'neither'
  }

  return {
    engine,
    durations,
    async trial(phase, fraction) {
      await store.reset()
      rmSync(join(folder, 'data', 'staging'), { recursive: true, force: true })
      const killed = await killIn(ingest(files.after), phase, durations[phase] * fraction)
      await store.query('select 1')
      const afterKill = await stateOf()
      const restart = command(['imports', 'resume', '--json'])
      const code = await restart.exited
      const faults = await faultsOf(store, folder)
      if (code !== 0) faults.push(`restart ended with ${code}: ${await new Response(restart.stderr).text()}`)
      return { phase: killed, afterKill, afterRestart: await stateOf(), faults }
    },
    close: () => store.close(),
  }
}

/** State 1 differs from state 0 in a tenth of the prices and names; 2 % of the items go, as many come, 1 % is wrong. */
function list(rowCount: number, state: 0 | 1): string {
  const lines = ['Artikelnummer;Bezeichnung;Preis;Einheit;Farbe']
  for (let n = 0; n < rowCount; n++) {
    const sku = `K-${String(state === 1 && n % 50 === 7 ? n + rowCount : n).padStart(7, '0')}`
    const cents = 100 + ((n * 7919) % 90_000) + (state === 1 && n % 10 === 3 ? 25 : 0)
    const price =
      state === 1 && n % 100 === 11
        ? 'kaputt'
        : `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`
    const name = `Schraube ${n}${state === 1 && n % 10 === 5 ? ' neu' : ''}`
    lines.push(`${sku};${name};${price};Stück;${n % 3 === 0 ? 'rot' : 'blau'}`)
  }
  return `${lines.join('\n')}\n`
}

function sqliteStore(folder: string): Store {
  const path = join(folder, 'catalog.db')
  const saved = join(folder, 'saved.db')
  let connection: Sqlite | null = null
  const open = () => {
    connection ??= new Sqlite(path, { readonly: true })
    return connection
  }
  return {
    url: `sqlite:${path}`,
    async reset() {
      connection?.close()
      connection = null
      if (!existsSync(saved)) {
        const writer = new Sqlite(path)
        writer.run('pragma wal_checkpoint(truncate)')
        writer.close()
        copyFileSync(path, saved)
      }
      for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
      copyFileSync(saved, path)
    },
    // The rows are whatever the statement selects.
    query: async (sql) => open().query(sql).all() as Record<string, unknown>[],
    async close() {
      connection?.close()
    },
  }
}

async function postgresStore(serverUrl: string | null): Promise<Store> {
  if (serverUrl === null) throw new Error('PostgreSQL needs a server.')
  const id = crypto.randomUUID().slice(0, 8)
  const names = { live: `kill_live_${id}`, saved: `kill_saved_${id}` }
  const server = postgres(serverUrl, { max: 1, onnotice: () => {} })
  await server.unsafe(`create database ${names.live}`)
  const url = new URL(serverUrl)
  url.pathname = `/${names.live}`
  let isSaved = false
  let client: postgres.Sql | null = null
  const disconnect = async () => {
    await client?.end()
    client = null
  }
  return {
    url: url.href,
    async reset() {
      await disconnect()
      if (!isSaved) await server.unsafe(`create database ${names.saved} template ${names.live}`)
      isSaved = true
      await server.unsafe(`drop database ${names.live} with (force)`)
      await server.unsafe(`create database ${names.live} template ${names.saved}`)
    },
    async query(sql) {
      client ??= postgres(url.href, { max: 1, onnotice: () => {} })
      return client.unsafe(sql)
    },
    async close() {
      await disconnect()
      await server.unsafe(`drop database if exists ${names.live} with (force)`)
      await server.unsafe(`drop database if exists ${names.saved} with (force)`)
      await server.end()
    },
  }
}

/** Everything that an import writes to the catalog, without ids and times. */
async function catalogText(store: Store): Promise<string> {
  const items = await store.query(
    `select item_key, sku, name, price_e4, currency, unit, category, brand, characteristics, tiers, gone_at is null as listed
     from supplier_items order by item_key`,
  )
  const prices = await store.query(
    `select i.item_key, h.tier, h.price_e4, h.currency, h."row", h.raw from price_history h
     join supplier_items i on i.id = h.item_id order by i.item_key, h.recorded_at, h.import_no, h.n`,
  )
  const changes = await store.query(
    `select i.item_key, c.kind, c.before from item_changes c join supplier_items i on i.id = c.item_id
     order by i.item_key, c.kind`,
  )
  return String(
    Bun.hash(
      JSON.stringify([items, prices, changes], (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ),
  )
}

async function faultsOf(store: Store, folder: string): Promise<string[]> {
  const faults: string[] = []
  const rows = await store.query(
    `select m.id, m.status, m.rows_read - m.rows_accepted - m.rows_unchanged - m.rows_rejected - m.rows_ignored as missing,
            m.rows_rejected - (select count(distinct "row") from parsing_logs l
                               where l.import_id = m.id and l.severity = 'error') as unlogged,
            j.state
     from imports m left join jobs j on j.import_id = m.id`,
  )
  for (const { id, status, missing, unlogged, state } of rows) {
    if (Number(missing) !== 0) faults.push(`import ${id}: ${missing} rows unaccounted`)
    if (Number(unlogged) !== 0) faults.push(`import ${id}: ${unlogged} rejected rows without a log entry`)
    if (status === 'running' || status === 'pending') faults.push(`import ${id} is still ${status}`)
    if (state === 'running' || state === 'queued' || state === null)
      faults.push(`the job of import ${id} is ${state}`)
  }
  const staging = join(folder, 'data', 'staging')
  const left = existsSync(staging) ? readdirSync(staging) : []
  if (left.length > 0) faults.push(`left in staging: ${left.join(', ')}`)
  if (store.url.startsWith('postgres')) {
    const tables = await store.query(`select tablename from pg_tables where schemaname = 'staging'`)
    if (tables.length > 0) faults.push(`${tables.length} staging tables are left`)
  }
  return faults
}

type Child = ReturnType<typeof Bun.spawn<'ignore', 'pipe', 'pipe'>>

async function finished(child: Child): Promise<void> {
  const code = await child.exited
  if (code !== 0 && code !== 3)
    throw new Error(`The import ended with ${code}: ${await new Response(child.stderr).text()}`)
}

/** Runs an import to its end and takes the time between its marks. */
async function measure(child: Child): Promise<Record<KillPhase, number>> {
  const times: Record<KillPhase, number> = { parse: 0, stage: 0, publish: 0, 'after commit': 0 }
  let phase: KillPhase = 'parse'
  let since = performance.now()
  const enter = (next: KillPhase) => {
    times[phase] = performance.now() - since
    since = performance.now()
    phase = next
  }
  for await (const mark of markLines(child)) enter(mark)
  await finished(child)
  enter('parse')
  return times
}

/** Waits for the phase to begin, then for the delay, then kills. @returns the phase that had been reached */
async function killIn(child: Child, phase: KillPhase, delayMs: number): Promise<KillPhase | null> {
  let reached: KillPhase = 'parse'
  let timer: ReturnType<typeof setTimeout> | null = null
  const arm = () => {
    timer ??= setTimeout(() => child.kill('SIGKILL'), delayMs)
  }
  if (phase === 'parse') arm()
  for await (const mark of markLines(child)) {
    reached = mark
    if (mark === phase) arm()
  }
  await child.exited
  if (timer !== null) clearTimeout(timer)
  return child.signalCode === 'SIGKILL' ? reached : null
}

async function* markLines(child: Child): AsyncGenerator<KillPhase> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const piece of child.stderr) {
    rest += decoder.decode(piece, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const mark = marks[/"message":"([^"]*)"/.exec(line)?.[1] ?? '']
      if (mark !== undefined) yield mark
    }
  }
}
