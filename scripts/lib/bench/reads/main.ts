import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildExecutable, root } from '../../build.ts'
import { startPostgres } from '../../postgres.ts'
import { writeCsv } from '../csv-file.ts'
import { describeMachine } from '../machine.ts'
import { type Place, type Places, postgresPlaces, serverVersion, sqlitePlaces } from '../places.ts'
import { listRows } from '../price-list.ts'
import { measurePages } from './pages.ts'
import { measureSearches } from './searches.ts'

const seed = 1
const say = (line: string) => console.error(line)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: 'boolean', default: false }, program: { type: 'string' } },
})
const rows = Number(positionals[0] ?? 1_000_000)
if (!Number.isSafeInteger(rows) || rows < 1000) throw new Error('ROWS must be a whole number from 1000 on.')
if (Bun.which('wrk') === null) throw new Error('wrk is missing; on Debian: apt-get install wrk.')

const folder = await mkdtemp(join(tmpdir(), 'tallyman-reads-'))
try {
  const program = values.program === undefined ? join(folder, 'tallyman') : resolve(values.program)
  if (values.program === undefined) await buildExecutable(program)
  const list = join(folder, 'list.csv')
  await writeCsv(list, { rows, seed, variant: 'base' })
  await using server = values.postgres ? await startPostgres(root) : null
  const places = server === null ? sqlitePlaces(folder) : postgresPlaces(folder, server.url)
  const place = await places.fresh()
  const env = environment(places, place)

  say(await timed([program, 'ingest', list, '--supplier', 'Resident', '--full'], env, 'load'))
  await places.settle()
  const before = await sizeOf(places, place)
  say(await timed([program, 'index'], env, 'index'))
  await places.settle()
  const after = await sizeOf(places, place)
  say(`size: ${(before / 1e6).toFixed(0)} MB before the index, ${(after / 1e6).toFixed(0)} MB with it`)

  const machine = await describeMachine(
    { sqlite3: null, psql: null, python: null, time: null, leftOut: [] },
    server === null ? null : await serverVersion(server.url),
  )
  console.log(
    `${rows.toLocaleString('en')} items on ${places.engine}; ${machine.cpu}, ${machine.cores} cores\n`,
  )
  const pages = await measurePages(
    [program, 'serve'],
    env,
    places.engine === 'sqlite' ? place.database : null,
  )
  console.log(pages)
  console.log(
    await measureSearches([program, 'serve'], env, [...listRows({ rows, seed, variant: 'base' }).take(300)]),
  )
  await places.remove(place)
} finally {
  await rm(folder, { recursive: true, force: true })
}

function environment(places: Places, place: Place): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HOST: '127.0.0.1',
    PORT: '0',
    TALLYMAN_DATA_DIR: place.folder,
    DATABASE_URL: places.engine === 'sqlite' ? `sqlite:${place.database}` : place.database,
    TALLYMAN_LOG_LEVEL: 'info',
    TALLYMAN_LOG_FORMAT: 'json',
  }
}

/** "load: 12.1 s, 11.8 s of the processor". */
async function timed(command: string[], env: Record<string, string>, name: string): Promise<string> {
  const startedAt = performance.now()
  const child = Bun.spawn(command, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  if ((await child.exited) !== 0) throw new Error(`${name} failed.`)
  const { user, system } = child.resourceUsage()!.cpuTime
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  return `${name}: ${seconds(performance.now() - startedAt)}, ${seconds(Number(user + system) / 1000)} of the processor`
}

async function sizeOf(places: Places, place: Place): Promise<number> {
  if (places.engine === 'sqlite') return (await stat(place.database)).size
  return (await places.look(place, 'select pg_database_size(current_database())::float8 as bytes')).bytes!
}
