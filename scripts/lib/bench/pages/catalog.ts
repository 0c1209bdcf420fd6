import { join } from 'node:path'
import { writeCsv } from '../csv-file.ts'
import type { Place, Places } from '../places.ts'

/** What of a catalog is looked at, besides its items. */
export interface LongLists {
  /** An import with very many rejected rows. */
  rejectsImport: string
  /** An import that changed very many items. */
  changesImport: string
}

export interface CatalogOptions {
  places: Places
  place: Place
  /** The program and its arguments. */
  program: readonly string[]
  env: Record<string, string>
  folder: string
  say(line: string): void
}

const seed = 1

/** Takes a made-up list in and indexes it. */
export async function fillCatalog(options: CatalogOptions, items: number): Promise<void> {
  const list = join(options.folder, 'list.csv')
  await writeCsv(list, { rows: items, seed, variant: 'base' })
  options.say(`taking ${items.toLocaleString('en')} items in`)
  await ingest(options, list, ['--supplier', 'Resident', '--full'])
  await run(options, ['index'])
}

/**
 * Brings lists in whose reports are long, with the program itself: one that changes many prices, and one of which half
 * of the rows are rejected. Imports and jobs become as many by copies of their rows: the program would take hours.
 */
export async function addLongLists(options: CatalogOptions, rows: number): Promise<LongLists> {
  const { folder, places, place } = options
  const mover = ['--supplier', 'Mover']
  const [base, moved, faulty] = ['base', 'moved', 'faulty'].map((name) => join(folder, `${name}.csv`)) as [
    string,
    string,
    string,
  ]
  options.say(`taking lists of ${rows.toLocaleString('en')} changes and as many rejected rows in`)
  await writeCsv(base, { rows, seed: seed + 1, variant: 'base' })
  await ingest(options, base, [...mover, '--full'])
  await writeCsv(moved, { rows, seed: seed + 1, variant: 'all-prices' })
  const changesImport = await ingest(options, moved, mover)
  await Bun.write(faulty, withFaults(await Bun.file(base).text()))
  const rejectsImport = await ingest(options, faulty, ['--supplier', 'Careless'])
  await run(options, ['index'])
  for (const statement of copies(places.engine, rows)) await places.look(place, statement)
  return { rejectsImport, changesImport }
}

/** Each row again, with a number of its own and no price. */
function withFaults(list: string): string {
  const [header = '', ...lines] = list.trimEnd().split('\r\n')
  const faulty = lines.map((line) => `X${line}`.replace(/;[\d.]+,\d\d;EUR;/, ';siehe Aushang;EUR;'))
  return [header, ...lines, ...faulty, ''].join('\r\n')
}

/** Older than everything else, one a minute; the jobs of every fiftieth are dead letters of some causes. */
function copies(engine: Places['engine'], count: number): string[] {
  const id = engine === 'sqlite' ? `printf('%012x', n)` : `lpad(to_hex(n), 12, '0')`
  const before = (column: string) =>
    engine === 'sqlite' ? `${column} - n * 60000` : `${column} - n * interval '1 minute'`
  const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})`
  const one = (table: string) => `(select * from ${table} order by id limit 1) as original`
  const newId = `'01900000-0000-7000-8000-' || ${id}`
  const [isDead, isHeld] = ['n % 50 = 0', 'n % 1000 = 7']
  const dead = (value: string, otherwise: string) => `case when ${isDead} then ${value} else ${otherwise} end`
  return [
    insert('ingestion_runs', `${numbers} select`, `from numbers, ${one('ingestion_runs')}`, {
      ...{ id: newId, created_at: before('created_at'), '"trigger"': '"trigger"' },
    }),
    insert('imports', `${numbers} select`, `from numbers, ${one('imports')}`, {
      ...{ id: newId, run_id: newId, created_at: before('created_at'), file_name: `'list-' || n || '.csv'` },
      status: `case when ${isHeld} then 'held' when ${isDead} then 'failed' else status end`,
      error_code: dead(`'unreadable'`, 'error_code'),
      error_message: dead(`'Nobody could read it.'`, 'error_message'),
      ...Object.fromEntries(importColumns.map((name) => [name, name])),
    }),
    insert('jobs', `${numbers} select`, `from numbers, ${one('jobs')}`, {
      ...{
        id: newId,
        import_id: newId,
        state: `case when ${isHeld} then 'held' when ${isDead} then 'dead' else 'succeeded' end`,
      },
      ...{ created_at: before('created_at'), finished_at: before('finished_at') },
      ...{ phase: dead(`'failed'`, `'complete'`), error_kind: dead(`'parser'`, 'null') },
      ...{
        error_code: dead(`'unreadable'`, 'null'),
        cause: dead(`'unreadable ' || cast(n % 7 as text)`, 'null'),
      },
      ...{ error_message: dead(`'Nobody could read it.'`, 'null') },
      ...Object.fromEntries(jobColumns.map((name) => [name, name])),
    }),
    // PostgreSQL does so by itself, in a while.
    ...(engine === 'postgres' ? ['analyze'] : []),
  ]
}

const importColumns = [
  ...['supplier_id', 'source_id', 'sha256', 'options', 'reading_key', 'decision', 'scopes', 'report'],
  ...['rows_read', 'rows_accepted', 'rows_priced', 'rows_rejected', 'ignored', 'changes', 'hold_reasons'],
  ...['fetched_at', 'published_at', 'finished_at'],
]
const jobColumns = ['attempt', 'lease_ms', 'run_at', 'queued_at', 'started_at']

function insert(table: string, before: string, from: string, columns: Record<string, string>): string {
  const [names, values] = [Object.keys(columns), Object.values(columns)]
  return `insert into ${table} (${names.join(', ')}) ${before} ${values.join(', ')} ${from}`
}

/** @returns the import's id */
async function ingest(options: CatalogOptions, list: string, args: readonly string[]): Promise<string> {
  const said = await run(options, ['ingest', list, ...args, '--no-hold', '--json'])
  // As `ingest --json` prints it.
  return (JSON.parse(said) as { id: string }).id
}

/** Exit code 3: some rows were rejected. @returns what it printed */
async function run({ program, env }: CatalogOptions, args: readonly string[]): Promise<string> {
  const child = Bun.spawn([...program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await new Response(child.stdout).text()
  const code = await child.exited
  if (code !== 0 && code !== 3) throw new Error(`tallyman ${args[0]} ended with ${code}: ${said}`)
  return said
}
