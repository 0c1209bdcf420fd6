import { parseArgs } from 'node:util'
import { nearest } from '../../../src/lib/nearest.ts'

/** What can be measured by itself. */
export const groups = ['sqlite', 'postgres', 'xlsx', 'memory', 'api'] as const
export type Group = (typeof groups)[number]

/** Programs that may be left out. */
export const peerNames = ['sqlite3', 'psql', 'python', 'exceljs', 'sheetjs'] as const
export type PeerName = (typeof peerNames)[number]

export interface BenchOptions {
  /** Sizes of the price lists, ascending. */
  rows: number[]
  only: Group[]
  without: PeerName[]
  /** How often each program runs; null: 5 times up to 200,000 rows, else 3 times. */
  runs: number | null
  seed: number
  /** An executable to measure instead of building one. */
  program: string | null
  /** Where to write everything that was measured. */
  json: string | null
  writeReadme: boolean
  /** Whether programs that are missing may be installed with apt-get. */
  mayInstall: boolean
}

export const help = `Usage: scripts/bench [OPTIONS]

Measures the compiled executable against other programs on the same price lists, in alternation, and prints a table.

  --rows LIST       sizes of the price lists: 100k,1m (default), 50000
  --only LIST       ${groups.join(', ')} (default: all; memory only from 1m rows on)
  --without LIST    leave out ${peerNames.join(', ')}
  --runs N          how often each program runs (default 5, above 200,000 rows 3; slow peers once there)
  --seed N          of the made-up lists (default 1)
  --program PATH    measure this executable instead of building one
  --json FILE       write everything that was measured
  --write-readme    put the table into README.md
  --no-install      do not install missing peers with apt-get
  --help            show this
`

/** The command line is wrong; the message says how. */
export class ArgumentError extends Error {}

/**
 * @param argv without the program
 * @returns null when help is asked for
 * @throws ArgumentError
 */
export function parseArguments(argv: string[]): BenchOptions | null {
  const { values } = parse(argv)
  if (values.help) return null
  const rows = values.rows === undefined ? [100_000, 1_000_000] : parseRows(values.rows)
  return {
    rows,
    only: values.only === undefined ? defaultGroups(rows) : parseNames('--only', values.only, groups),
    without: values.without === undefined ? [] : parseNames('--without', values.without, peerNames),
    runs: values.runs === undefined ? null : parseWhole('--runs', values.runs, { min: 1, max: 100 }),
    seed: values.seed === undefined ? 1 : parseWhole('--seed', values.seed, { min: 0, max: 2 ** 31 }),
    program: values.program ?? null,
    json: values.json ?? null,
    writeReadme: values['write-readme'] ?? false,
    mayInstall: !values['no-install'],
  }
}

/** Memory is about long lists, and takes its time with them. */
const defaultGroups = (rows: number[]) =>
  Math.max(...rows) >= 1_000_000 ? [...groups] : groups.filter((group) => group !== 'memory')

const optionSpecs = {
  rows: { type: 'string' },
  only: { type: 'string' },
  without: { type: 'string' },
  runs: { type: 'string' },
  seed: { type: 'string' },
  program: { type: 'string' },
  json: { type: 'string' },
  'write-readme': { type: 'boolean' },
  'no-install': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: optionSpecs, allowPositionals: false })
  } catch (error) {
    // Node's message says what is wrong, in its first sentence; the rest is about escaping.
    const message = error instanceof Error ? error.message.split('. ')[0]! : String(error)
    const name = /'--([^' ]+)/.exec(message)?.[1]
    const meant = name === undefined ? null : nearest(name, Object.keys(optionSpecs))
    throw new ArgumentError(
      `${message}.${meant === null || meant === name ? '' : ` Did you mean --${meant}?`}`,
    )
  }
}

const rowsMax = 10_000_000

/** `100k,1m` → [100000, 1000000], ascending and each once. @throws ArgumentError */
export function parseRows(text: string): number[] {
  const sizes = text.split(',').map((part) => {
    const match = /^(\d{1,8})([km]?)$/i.exec(part.trim())
    if (match === null)
      throw new ArgumentError(`--rows takes sizes such as 100k,1m or 50000, not "${part.trim()}".`)
    const unit = match[2]!.toLowerCase()
    const rows = Number(match[1]) * (unit === 'k' ? 1000 : unit === 'm' ? 1_000_000 : 1)
    if (rows < 100 || rows > rowsMax)
      throw new ArgumentError(`--rows takes sizes from 100 to 10m, not "${part.trim()}".`)
    return rows
  })
  return [...new Set(sizes)].sort((a, b) => a - b)
}

function parseNames<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text.split(',').map((part) => {
    const given = part.trim()
    const name = known.find((candidate) => candidate === given)
    if (name !== undefined) return name
    const meant = nearest(given, known)
    throw new ArgumentError(
      `${option} knows no "${given}"${meant === null ? '.' : `; did you mean ${meant}?`} It takes: ${known.join(', ')}.`,
    )
  })
}

function parseWhole(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new ArgumentError(`${option} takes a whole number from ${min} to ${max}, not "${text}".`)
}
