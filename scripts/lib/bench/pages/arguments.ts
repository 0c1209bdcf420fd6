import { parseArgs } from 'node:util'
import { nearest } from '../../../../src/lib/nearest.ts'
import { ArgumentError } from '../arguments.ts'

/** What can be measured by itself. */
export const parts = ['first', 'items', 'lists'] as const
export type Part = (typeof parts)[number]

export interface PagesOptions {
  only: Part[]
  /** Items of the catalog that is made. */
  items: number
  /** Rows of the long lists: jobs, imports, rejected rows, changed items. */
  rows: number
  /** How often the first view is opened in each way. */
  rounds: number
  /** How many pages are turned forward, and back. */
  turns: number
  /** How long nothing is done while the items are looked at, in seconds. */
  idleSeconds: number
  postgres: boolean
  /** A SQLite catalog to copy instead of making one. */
  db: string | null
  /** An executable to measure instead of building one. */
  program: string | null
  /** Where to write everything that was measured. */
  json: string | null
}

export const help = `Usage: scripts/pages [OPTIONS]

Measures the admin page in a real Chromium, on the compiled executable and a catalog of a million made-up items: how
soon the first view can be used, how long the page of items stalls while it is scrolled, paged and filtered, and how
quick lists of 100,000 rows are.

  --only LIST      ${parts.join(', ')} (default: all)
  --items N        items of the catalog (default 1000000)
  --rows N         rows of the long lists (default 100000)
  --quick          2,000 items, lists of 400 rows, and little of everything
  --postgres       on a private PostgreSQL instead of SQLite
  --db FILE        a copy of this SQLite catalog instead of a new one
  --program PATH   measure this executable instead of building one
  --json FILE      write everything that was measured
  --help           show this
`

/**
 * @param argv without the program
 * @returns null when help is asked for
 * @throws ArgumentError
 */
export function parseArguments(argv: string[]): PagesOptions | null {
  const { values } = parse(argv)
  if (values.help) return null
  if (values.db !== undefined && values.postgres)
    throw new ArgumentError('--db is a SQLite catalog; it does not go with --postgres.')
  const quick = values.quick ?? false
  return {
    only: values.only === undefined ? [...parts] : values.only.split(',').map(part),
    items: whole('--items', values.items, quick ? 2000 : 1_000_000),
    rows: whole('--rows', values.rows, quick ? 400 : 100_000),
    rounds: quick ? 2 : 9,
    turns: quick ? 3 : 20,
    idleSeconds: quick ? 9 : 30,
    postgres: values.postgres ?? false,
    db: values.db ?? null,
    program: values.program ?? null,
    json: values.json ?? null,
  }
}

const optionSpecs = {
  only: { type: 'string' },
  items: { type: 'string' },
  rows: { type: 'string' },
  quick: { type: 'boolean' },
  postgres: { type: 'boolean' },
  db: { type: 'string' },
  program: { type: 'string' },
  json: { type: 'string' },
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

function part(text: string): Part {
  const name = parts.find((each) => each === text.trim())
  if (name === undefined)
    throw new ArgumentError(`--only knows no "${text.trim()}". It takes: ${parts.join(', ')}.`)
  return name
}

function whole(option: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  const value = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 400 && value <= 10_000_000) return value
  throw new ArgumentError(`${option} takes a whole number from 400 to 10000000, not "${text}".`)
}
