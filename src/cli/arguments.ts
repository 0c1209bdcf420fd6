import { parseArgs } from 'node:util'
import { InvalidError } from '../lib/errors.ts'
import { snakeCase } from '../lib/json.ts'
import { suggestion } from '../lib/nearest.ts'
import type { OptionSpec, OptionSpecs, PositionalSpecs } from './command.ts'

/** The command line cannot be understood; the exit code is 2. */
export class UsageError extends InvalidError {
  override name = 'UsageError'

  constructor(message: string) {
    super('usage', message)
  }
}

/** Options that every command understands. */
export const globalOptions = {
  json: { kind: 'flag', summary: 'Print JSON instead of text' },
  help: { kind: 'flag', short: 'h', summary: 'Print this help' },
} as const satisfies OptionSpecs

/** What a command line says, by the camelCase names of the specifications. */
export interface ParsedArguments {
  options: Record<string, boolean | string | number | string[] | null>
  positionals: Record<string, string | string[] | null>
}

/** "dryRun" → "--dry-run". */
export function optionName(key: string): string {
  return `--${snakeCase(key).replaceAll('_', '-')}`
}

/**
 * Reads the arguments after a command's name: `--flag`, `--name VALUE`, `--name=VALUE`, `-n VALUE`; what
 * follows `--` are positionals.
 * @throws UsageError that says what is wrong and what was probably meant
 */
export function parseArguments(
  args: readonly string[],
  specs: { options: OptionSpecs; positionals: PositionalSpecs },
): ParsedArguments {
  const options: OptionSpecs = { ...specs.options, ...globalOptions }
  const values = blankValues(options)
  const words: string[] = []
  for (const token of tokens(args, options)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind === 'option') takeOption(values, options, token)
  }
  requireOptions(values, options)
  const { json: _json, help: _help, ...own } = values
  return { options: own, positionals: takePositionals(words, specs.positionals) }
}

/** Whether help is asked for, even on a line that is wrong otherwise. */
export function asksForHelp(args: readonly string[]): boolean {
  return mentions(args, '--help') || mentions(args, '-h')
}

/** Whether a flag stands before the `--` that ends the options. */
export function mentions(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes(flag)
}

interface OptionToken {
  rawName: string
  name: string
  value: string | undefined
  inlineValue: boolean | undefined
}

/**
 * Not strict: parseArgs then tells apart what belongs together and leaves the judging to us, whose messages
 * know more.
 */
function tokens(args: readonly string[], options: OptionSpecs) {
  const config = Object.fromEntries(
    Object.entries(options).map(([key, spec]) => [
      optionName(key).slice(2),
      {
        type: spec.kind === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  )
  return parseArgs({ args: [...args], options: config, strict: false, tokens: true, allowPositionals: true })
    .tokens
}

function blankValues(options: OptionSpecs): ParsedArguments['options'] {
  const blank = (spec: OptionSpec) => (spec.kind === 'flag' ? false : spec.kind === 'list' ? [] : null)
  return Object.fromEntries(Object.entries(options).map(([key, spec]) => [key, blank(spec)]))
}

function takeOption(values: ParsedArguments['options'], options: OptionSpecs, token: OptionToken): void {
  const [key, spec] = Object.entries(options).find(([name]) => optionName(name) === `--${token.name}`) ?? []
  if (key === undefined || spec === undefined) {
    const names = Object.keys(options).map(optionName)
    throw new UsageError(`there is no option ${token.rawName}${suggestion(token.rawName, names)}`)
  }
  if (spec.kind === 'flag') {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
    values[key] = true
    return
  }
  const text = textOf(token, spec.placeholder)
  const before = values[key]
  if (spec.kind === 'list') {
    values[key] = Array.isArray(before) ? [...before, text] : [text]
    return
  }
  if (before !== null) throw new UsageError(`${token.rawName} is given twice`)
  if (spec.kind === 'integer') values[key] = integerOf(text, token.rawName, spec)
  else values[key] = oneOf(text, token.rawName, spec.choices)
}

function textOf(token: OptionToken, placeholder: string): string {
  const { rawName, value } = token
  if (value === undefined || value === '')
    throw new UsageError(`${rawName} needs a value: ${rawName} ${placeholder}`)
  if (value.startsWith('-') && value !== '-' && token.inlineValue !== true) {
    throw new UsageError(`${rawName} needs a value; if "${value}" is meant, write ${rawName}=${value}`)
  }
  return value
}

function integerOf(text: string, name: string, { min, max }: { min: number; max: number }): number {
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`)
}

function oneOf(text: string, name: string, choices: readonly string[] | undefined): string {
  if (choices === undefined || choices.includes(text)) return text
  throw new UsageError(`${name} must be ${choices.join(' or ')}, not "${text}"${suggestion(text, choices)}`)
}

function requireOptions(values: ParsedArguments['options'], options: OptionSpecs): void {
  for (const [key, spec] of Object.entries(options)) {
    if (spec.kind !== 'text' || spec.required !== true || values[key] !== null) continue
    throw new UsageError(`${optionName(key)} ${spec.placeholder} is missing`)
  }
}

function takePositionals(
  words: readonly string[],
  specs: PositionalSpecs,
): Record<string, string | string[] | null> {
  const entries = Object.entries(specs)
  const takesAll = entries.at(-1)?.[1].isList === true
  if (words.length > entries.length && !takesAll) {
    throw new UsageError(`"${words[entries.length]}" is one argument too many`)
  }
  return Object.fromEntries(
    entries.map(([key, spec], index) => {
      const { placeholder, choices } = spec
      if (spec.isList === true)
        return [key, words.slice(index).map((each) => oneOf(each, placeholder, choices))]
      const word = words[index]
      if (word !== undefined && word !== '') return [key, oneOf(word, placeholder, choices)]
      if (spec.required === true) throw new UsageError(`${placeholder} is missing: ${spec.summary}`)
      return [key, null]
    }),
  )
}
