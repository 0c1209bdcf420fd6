import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import type { Parent } from './parent.ts'
import type { Progress } from './progress.ts'
import type { Writer } from './writer.ts'

/** 0: done. 1: failed. 2: the command line was wrong. 3: done in part, or held for approval. */
export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Everything a command may touch of the process around it, so that tests run commands in their own process. */
export interface Io {
  stdout: Writer
  stderr: Writer
  env: Record<string, string | undefined>
  /** Absolute; relative paths on the command line start here. */
  cwd: string
  clock: Clock
  /** What comes on standard input, until its end or so many bytes. */
  input(bytesMax: number): Promise<string>
  /** A secret: asked for on a terminal, which does not show it; elsewhere the first line of standard input. */
  secret(prompt: string): Promise<string>
  /** Aborted by SIGINT and SIGTERM. Long work passes it on. */
  signal: AbortSignal
  /** The process of ours that started this one; null: a person did, or their tools. */
  parent: Parent | null
}

/** What a command is given besides its arguments. */
export interface Context {
  readonly io: Io
  /** The person asked for JSON: print it with `printJson`. */
  readonly json: boolean
  /**
   * Read from the environment at first use, so that help and version work with a broken one.
   * @throws InvalidError that lists every wrong setting
   */
  readonly config: Config
  /** Standard error, warnings and up unless configured; for services standard output, info and up. */
  readonly log: Logger
  /** Starts a progress bar; it stays silent where standard error is no terminal. */
  progress(label: string): Progress
}

/** An option; its key in `options` is its camelCase name (`dryRun` is `--dry-run`). */
export type OptionSpec =
  | { kind: 'flag'; summary: string; short?: string }
  | {
      kind: 'text'
      /** As help shows the value: `NAME`. */
      placeholder: string
      summary: string
      short?: string
      required?: boolean
      choices?: readonly string[]
    }
  | { kind: 'integer'; placeholder: string; summary: string; short?: string; min: number; max: number }
  /** May be given several times; the values stay in order. */
  | { kind: 'list'; placeholder: string; summary: string; short?: string }
export type OptionSpecs = Record<string, OptionSpec>

/** An argument without a dash. The order in `positionals` is the order on the line; optional ones come last. */
export interface PositionalSpec {
  placeholder: string
  summary: string
  required?: boolean
  choices?: readonly string[]
  /** It takes all that are left; only the last one may. */
  isList?: true
}
export type PositionalSpecs = Record<string, PositionalSpec>

/** Absent: false for a flag, `[]` for a list or arguments that are one, null for the rest. */
export interface Arguments<O extends OptionSpecs, P extends PositionalSpecs> {
  options: { [K in keyof O]: OptionValue<O[K]> }
  positionals: { [K in keyof P]: PositionalValue<P[K]> }
}

/** One subcommand. `cli/index.ts` lists them all. */
export interface Command<O extends OptionSpecs = OptionSpecs, P extends PositionalSpecs = PositionalSpecs> {
  name: string
  /** One line, for the list of commands. */
  summary: string
  /** Paragraphs below the usage line, for `--help`. */
  description?: string
  options: O
  positionals: P
  /** Whole command lines with what they do. */
  examples?: readonly { line: string; summary: string }[]
  /** It runs until it is stopped: logs go to standard output, from level info on. */
  isService?: boolean
  /** Started by other processes of ours only: help does not name it. */
  isHidden?: boolean
  /** @throws AppError for what a person can act on; anything else is reported as a bug */
  run(args: Arguments<O, P>, context: Context): Promise<ExitCode>
}

/** Gives `run` the types of the command's own options and positionals. */
export function defineCommand<const O extends OptionSpecs, const P extends PositionalSpecs>(
  command: Command<O, P>,
): Command {
  return command
}

type OptionValue<S extends OptionSpec> = S extends { kind: 'flag' }
  ? boolean
  : S extends { kind: 'list' }
    ? string[]
    : S extends { kind: 'integer' }
      ? number | null
      : TextValue<S>

type PositionalValue<S> = S extends { isList: true }
  ? NonNullable<TextValue<S>>[]
  : // A specification that is not known any closer may be either.
    'isList' extends keyof S
    ? string[] | TextValue<S>
    : TextValue<S>

type TextValue<S> =
  | (S extends { choices: readonly (infer C)[] } ? C : string)
  | (S extends { required: true } ? never : null)
