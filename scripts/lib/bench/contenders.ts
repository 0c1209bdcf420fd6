import { join } from 'node:path'
import { type Attempt, type Contender, expectFigures, WrongResult } from './contender.ts'
import type { ListFile } from './files.ts'
import type { Finished } from './measure.ts'
import type { Place, Places } from './places.ts'
import { columns } from './price-list.ts'

/** What every measured process gets of this one's environment: no settings of ours. */
export function plainEnvironment(temporary: string): Record<string, string> {
  const env: Record<string, string> = { TMPDIR: temporary, LC_ALL: 'C.UTF-8', NO_COLOR: '1' }
  for (const name of ['PATH', 'HOME']) if (process.env[name] !== undefined) env[name] = process.env[name]
  return env
}

/** A place that a load has left behind, for reloads to start from. */
export interface Loaded {
  place: Place | null
}

export interface LoadOptions {
  places: Places
  env: Record<string, string>
  file: ListFile
  /** Null: into an empty place, and what the first run leaves there is kept in `loaded`. */
  from: ListFile | null
  /** Null: nothing is kept. */
  loaded: Loaded | null
}

/** What an import of ours is expected to say of itself. */
export interface Expectation {
  status: 'completed' | 'unchanged'
  /** How many rows are recognised by their fingerprints. */
  recognised: number
}

/** `tallyman ingest`, as a full list of one supplier. */
export function ours(
  program: readonly string[],
  { places, env, file, from, loaded }: LoadOptions,
  { expected, flags }: { expected: Expectation; flags: string[] },
): Contender {
  return {
    id: 'ours',
    name: 'Tallyman',
    role: 'subject',
    isSlow: false,
    prepare: () =>
      attemptIn(places, { from, loaded }, (place) => ({
        command: [...[...program, 'ingest', file.path, '--supplier', 'Brandt', '--full', '--json', ...flags]],
        env: {
          ...env,
          TALLYMAN_DATA_DIR: place.folder,
          DATABASE_URL: places.engine === 'sqlite' ? `sqlite:${place.database}` : place.database,
          TALLYMAN_LOG_LEVEL: 'warn,analyzer=info',
          TALLYMAN_LOG_FORMAT: 'json',
        },
        async check(finished) {
          checkOwnWords(finished, { file, from, expected })
          const totals = await places.look(
            place,
            `select count(*) as items, sum(price_e4) as price_sum,
              (select count(*) from price_history) as history from supplier_items where gone_at is null`,
          )
          const { rows, changed, priceSumCents } = file.facts
          expectFigures('Tallyman', totals, {
            items: rows,
            price_sum: priceSumCents * 100,
            history: rows + changed,
          })
        },
      })),
  }
}

function checkOwnWords(
  { stdout, stderr }: Finished,
  { file, from, expected }: { file: ListFile; from: ListFile | null; expected: Expectation },
): void {
  // What `ingest --json` prints; everything that is looked at is compared with what it should be.
  const said = JSON.parse(stdout) as {
    status: string
    changes: Record<string, number>
    counts: Record<string, number>
  }
  const { rows, changed } = file.facts
  const isRead = expected.status === 'completed'
  expectFigures(
    'tallyman ingest',
    {
      status: said.status,
      new: said.changes.new,
      changed: said.changes.changed,
      moved: said.changes.price_up! + said.changes.price_down!,
      gone: said.changes.gone,
      rejected: said.counts.rejected,
      recognised: recognisedOf(stderr),
    },
    {
      status: expected.status,
      new: from === null ? rows : 0,
      changed: isRead ? changed : 0,
      moved: isRead ? changed : 0,
      gone: 0,
      rejected: 0,
      recognised: expected.recognised,
    },
  )
}

/** Rows that were recognised by their fingerprints, as the analyzer's log says; 0 when it read nothing. */
function recognisedOf(stderr: string): number {
  const line = stderr.split('\n').find((text) => text.includes('"file read"'))
  return line === undefined ? 0 : Number(/"recognised":(\d+)/.exec(line)?.[1] ?? 0)
}

/** `sqlite3 .import` into a table without keys or types. */
export function sqliteImport(
  sqlite3: string,
  { places, env, file }: Pick<LoadOptions, 'places' | 'env' | 'file'>,
): Contender {
  return {
    id: 'sqlite3',
    name: '`sqlite3 .import`',
    role: 'bound',
    isSlow: false,
    prepare: () =>
      attemptIn(places, { from: null, loaded: null }, (place) => ({
        command: [sqlite3, place.database, '.mode csv', '.separator ;', `.import "${file.path}" items`],
        env,
        check: async () =>
          expectFigures('sqlite3 .import', await places.look(place, 'select count(*) as rows from items'), {
            rows: file.facts.rows,
          }),
      })),
  }
}

/** `psql \copy` into a table without keys or types. */
export function postgresCopy(
  psql: string,
  { places, env, file }: Pick<LoadOptions, 'places' | 'env' | 'file'>,
): Contender {
  const table = `create table items (${columns.map((name) => `"${name}" text`).join(', ')})`
  const copy = `\\copy items from '${file.path.replaceAll("'", "''")}' with (format csv, delimiter ';', header true)`
  return {
    id: 'psql',
    name: '`psql \\copy`',
    role: 'bound',
    isSlow: false,
    prepare: () =>
      attemptIn(places, { from: null, loaded: null }, (place) => ({
        command: [psql, place.database, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', table, '-c', copy],
        env,
        check: async () =>
          expectFigures('psql \\copy', await places.look(place, 'select count(*) as rows from items'), {
            rows: file.facts.rows,
          }),
      })),
  }
}

/** pandas, pydantic and SQLAlchemy: pipeline.py beside this file. */
export function pipeline(python: string, { places, env, file, from, loaded }: LoadOptions): Contender {
  return {
    id: 'python',
    name: 'the Python pipeline',
    role: 'rival',
    isSlow: true,
    prepare: () =>
      attemptIn(places, { from, loaded }, (place) => ({
        command: [
          ...[python, join(import.meta.dir, 'pipeline.py'), file.path],
          places.engine === 'sqlite'
            ? `sqlite:///${place.database}`
            : place.database.replace(/^postgres:/, 'postgresql+psycopg2:'),
        ],
        env,
        async check({ stdout }) {
          const { rows, changed, priceSumCents } = file.facts
          // Printed by the script.
          const said = JSON.parse(stdout) as Record<string, number>
          expectFigures('pipeline.py', said, {
            rows,
            rejected: 0,
            price_changes: from === null ? rows : changed,
          })
          const totals = await places.look(
            place,
            `select count(*) as items, sum(price_cents) as price_sum,
              (select count(*) from price_history) as history from items`,
          )
          expectFigures('pipeline.py', totals, {
            items: rows,
            price_sum: priceSumCents,
            history: rows + changed,
          })
        },
      })),
  }
}

type Work = (place: Place) => Omit<Attempt, 'clean'>

/** A run in an empty place, or in a copy of a loaded one. */
async function attemptIn(
  places: Places,
  { from, loaded }: { from: ListFile | null; loaded: Loaded | null },
  work: Work,
): Promise<Attempt> {
  const place = await startingPlace(places, from, loaded)
  const { check, ...rest } = work(place)
  let isKept = false
  return {
    ...rest,
    async check(finished) {
      await check(finished)
      if (from !== null || loaded === null || loaded.place !== null) return
      loaded.place = place
      isKept = true
    },
    async clean() {
      if (!isKept) await places.remove(place)
    },
  }
}

async function startingPlace(places: Places, from: ListFile | null, loaded: Loaded | null): Promise<Place> {
  if (from === null) return places.fresh()
  const template = loaded?.place ?? null
  if (template === null) throw new WrongResult('A reload needs a list that was loaded before.')
  return places.copyOf(template)
}
