import { parseArgs } from 'node:util'
import { type Group, groups } from './score.ts'

export interface ScoreOptions {
  readonly only: readonly Group[]
  /** Part of a file's name; null: every file. */
  readonly filter: string | null
  /** Where to write everything that was found. */
  readonly json: string | null
  readonly isVerbose: boolean
  /** Whether today's figures become the golden copy. */
  readonly shouldUpdate: boolean
}

export const help = `Usage: scripts/score [OPTIONS] [FILE]

Reads the price lists of test/golden/lists and the corpus as \`tallyman try\` does, and prints how well. Exits with 1
when anything is worse than the golden copy. FILE is a part of a file's name.

  --only LIST   ${groups.join(', ')} (default: all)
  --json FILE   write everything that was found
  --update      make today's figures the golden copy
  -v            name every wrong field, count, sample and cell
  --help        show this

The corpus is read from TALLYMAN_CORPUS, else from ../shared/corpus; without it, only our own lists are.
`

/** The command line is wrong; the message says how. */
export class ArgumentError extends Error {}

/**
 * @param argv without the program
 * @returns null when help is asked for
 * @throws ArgumentError
 */
export function parseArguments(argv: string[]): ScoreOptions | null {
  const { values, positionals } = parse(argv)
  if (values.help) return null
  if (positionals.length > 1) throw new ArgumentError('Name one part of a file name.')
  const isPartial = positionals.length > 0 || values.only !== undefined
  if (values.update && isPartial)
    throw new ArgumentError('--update keeps all figures: leave --only and FILE out.')
  return {
    only: values.only === undefined ? groups : values.only.split(',').map(groupNamed),
    filter: positionals[0] ?? null,
    json: values.json ?? null,
    isVerbose: values.verbose ?? false,
    shouldUpdate: values.update ?? false,
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        only: { type: 'string' },
        json: { type: 'string' },
        update: { type: 'boolean' },
        verbose: { type: 'boolean', short: 'v' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    // Node's message says what is wrong in its first sentence; the rest is about escaping.
    throw new ArgumentError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

function groupNamed(text: string): Group {
  const name = groups.find((group) => group === text.trim())
  if (name === undefined)
    throw new ArgumentError(`--only knows no "${text}". It takes: ${groups.join(', ')}.`)
  return name
}
