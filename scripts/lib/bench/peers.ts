import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { PeerName } from './arguments.ts'

const run = promisify(execFile)

/** Programs of the machine that are measured, or measure. Null: it is not there. */
export interface Peers {
  sqlite3: string | null
  psql: string | null
  /** A Python that has pandas, pydantic, SQLAlchemy, psycopg2 and openpyxl. */
  python: string | null
  /** GNU time: see measure.ts. */
  time: string | null
  /** What is not compared, and what would have to be installed. */
  leftOut: string[]
}

type Program = Exclude<keyof Peers, 'leftOut'>

const packages: Record<Program, string[]> = {
  sqlite3: ['sqlite3'],
  psql: ['postgresql-client'],
  python: [
    'python3-pandas',
    'python3-pydantic',
    'python3-sqlalchemy',
    'python3-psycopg2',
    'python3-openpyxl',
  ],
  time: ['time'],
}

const consequence: Record<Program, string> = {
  sqlite3: '`sqlite3 .import` is left out',
  psql: '`psql \\copy` is left out',
  python: 'the Python pipeline is left out',
  time: 'memory is not measured',
}

/**
 * Finds the programs, and as root on Debian and its kin installs those that are missing.
 * @param without what is not to be compared
 */
export async function findPeers(find: {
  without: readonly PeerName[]
  mayInstall: boolean
  say: (line: string) => void
}): Promise<Peers> {
  const programs: Program[] = ['sqlite3', 'psql', 'python', 'time']
  const wanted = programs.filter((name) => !find.without.some((left) => left === name))
  const found = { sqlite3: null, psql: null, python: null, time: null, ...(await look(wanted)) }
  const missing = wanted.filter((name) => found[name] === null)
  let why = ''
  if (missing.length > 0 && find.mayInstall && canInstall()) {
    const names = missing.flatMap((name) => packages[name])
    find.say(`Installing ${names.join(', ')} with apt-get …`)
    why = await install(names)
    Object.assign(found, await look(missing))
  }
  const leftOut = wanted
    .filter((name) => found[name] === null)
    .map((name) => `${consequence[name]}: install ${packages[name].join(', ')}${why}`)
  return { ...found, leftOut }
}

/** @returns only those that were looked for */
async function look(names: Program[]): Promise<Partial<Record<Program, string | null>>> {
  const found: Partial<Record<Program, string | null>> = {}
  for (const name of names) {
    if (name === 'python') found[name] = await findPython()
    else found[name] = name === 'time' ? await findTime() : which(name)
  }
  return found
}

/** Debian's packages belong to Debian's Python, which need not be the first on the PATH. */
async function findPython(): Promise<string | null> {
  for (const python of ['/usr/bin/python3', which('python3')]) {
    if (python === null || !existsSync(python)) continue
    const modules = 'import pandas, pydantic, sqlalchemy, psycopg2, openpyxl'
    if (await succeeds(python, ['-c', modules])) return python
  }
  return null
}

/** Others than GNU's know no -f. */
async function findTime(): Promise<string | null> {
  const program = which('time')
  return program !== null && (await succeeds(program, ['-f', '%M', 'true'])) ? program : null
}

/** Bun looks at the PATH of its start otherwise. */
const which = (name: string) => Bun.which(name, { PATH: process.env.PATH ?? '' })

const succeeds = (program: string, args: string[]) =>
  run(program, args, { timeout: 60_000 }).then(
    () => true,
    () => false,
  )

/** Whether missing programs can be installed at all: as root on Debian and its kin. */
export const canInstall = () => process.getuid?.() === 0 && existsSync('/etc/debian_version')

/** @returns why it did not work, as the end of a sentence; '' when it did */
async function install(names: string[]): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  try {
    await run('apt-get', ['update', '-qq'], { env })
    await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...names], {
      env,
      maxBuffer: 1 << 26,
    })
    return ''
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : null
    return ` (apt-get could not: ${said || error})`
  }
}
