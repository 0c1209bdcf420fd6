import { parseArgs } from 'node:util'
import { nearest } from '../../../src/lib/nearest.ts'
import { ArgumentError } from '../bench/arguments.ts'
import { type Backend, backends, type Engine, engines } from './place.ts'
import { type Scenario, type Size, scenarios } from './scenarios.ts'

export interface FaultsOptions {
  only: Scenario[]
  backends: Backend[]
  engines: Engine[]
  size: Size
  /** Where to write everything as JSON. */
  json: string | null
  /** Files of `--json` that are shown instead of running anything. */
  from: string[]
  writeDocs: boolean
}

export const help = `Usage: scripts/faults [OPTIONS]

Does to the queue what operators, networks and machines do, counts what is lost, doubled or stuck, and prints a table.
Starts the servers that it needs. The full run takes hours: docs/faults.md says how long the last one did.

  --only LIST      ${scenarios.map(({ name }) => name).join(', ')} (default: all)
  --backend LIST   ${backends.join(', ')} (default: both)
  --engine LIST    ${engines.join(', ')} (default: both)
  --quick          a part of each
  --json FILE      write everything that was found
  --from LIST      run nothing, and show what such files hold
  --write-docs     put the table into docs/faults.md
  --help           show this

${scenarios.map(({ name, what }) => `  ${name.padEnd(12)} ${what}`).join('\n')}
`

/**
 * @param argv without the program
 * @returns null when help is asked for
 * @throws ArgumentError
 */
export function parseArguments(argv: string[]): FaultsOptions | null {
  const { values } = parse(argv)
  if (values.help) return null
  const names = scenarios.map(({ name }) => name)
  const wanted = pick('--only', values.only, names)
  return {
    only: scenarios.filter(({ name }) => wanted.includes(name)),
    backends: pick('--backend', values.backend, backends),
    engines: pick('--engine', values.engine, engines),
    size: values.quick ? 'quick' : 'full',
    json: values.json ?? null,
    from: values.from?.split(',') ?? [],
    writeDocs: values['write-docs'] ?? false,
  }
}

const optionSpecs = {
  only: { type: 'string' },
  backend: { type: 'string' },
  engine: { type: 'string' },
  quick: { type: 'boolean' },
  json: { type: 'string' },
  from: { type: 'string' },
  'write-docs': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: optionSpecs, allowPositionals: false })
  } catch (error) {
    // Node's message says what is wrong, in its first sentence; the rest is about escaping.
    throw new ArgumentError(`${error instanceof Error ? error.message.split('. ')[0] : error}.`)
  }
}

/** @returns all of them when nothing is said */
function pick<Name extends string>(option: string, text: string | undefined, known: readonly Name[]): Name[] {
  if (text === undefined) return [...known]
  return text.split(',').map((part) => {
    const given = part.trim()
    const name = known.find((each) => each === given)
    if (name !== undefined) return name
    const meant = nearest(given, known)
    throw new ArgumentError(
      `${option} knows no "${given}"${meant === null ? '.' : `; did you mean ${meant}?`} It takes: ${known.join(', ')}.`,
    )
  })
}
