import { globalOptions, optionName } from './arguments.ts'
import type { Command, OptionSpec, OptionSpecs } from './command.ts'

/** `tallyman --help`. */
export function programHelp(commands: readonly Command[]): string {
  return [
    'Tallyman keeps a trustworthy catalog of what every supplier sells and at what price.',
    '',
    'Usage: tallyman COMMAND [OPTIONS]',
    '',
    ...section(
      'Commands',
      commands.filter(({ isHidden }) => isHidden !== true).map((command) => [command.name, command.summary]),
    ),
    ...section('Options', [...optionLines(globalOptions), ['    --version', 'Print the version']]),
    ...section('Exit codes', [
      ['0', 'done'],
      ['1', 'failed'],
      ['2', 'the command line is wrong'],
      ['3', 'done in part, or held for approval'],
    ]),
    'tallyman COMMAND --help tells more about a command; tallyman config shows the settings.',
    '',
  ].join('\n')
}

/** `tallyman COMMAND --help`. */
export function commandHelp(command: Command): string {
  const positionals = Object.values(command.positionals)
  return [
    `${command.summary}.`,
    '',
    `Usage: ${usageLine(command)}`,
    '',
    ...(command.description === undefined ? [] : [command.description, '']),
    ...section(
      'Arguments',
      positionals.map(({ placeholder, summary, choices }) => [placeholder, summary + choicesText(choices)]),
    ),
    ...section('Options', [...optionLines(command.options), ...optionLines(globalOptions)]),
    ...examples(command),
  ].join('\n')
}

/** `tallyman ingest FILE --supplier NAME [OPTIONS]`. */
export function usageLine(command: Command): string {
  const parts = ['tallyman', command.name]
  for (const { placeholder, required, isList } of Object.values(command.positionals)) {
    const name = isList === true ? `${placeholder} …` : placeholder
    parts.push(required === true ? name : `[${name}]`)
  }
  for (const [key, spec] of Object.entries(command.options)) {
    if (spec.kind === 'text' && spec.required === true) parts.push(optionName(key), spec.placeholder)
  }
  return [...parts, '[OPTIONS]'].join(' ')
}

function section(title: string, lines: readonly (readonly [string, string])[]): string[] {
  if (lines.length === 0) return []
  const width = Math.max(...lines.map(([left]) => left.length))
  return [title, ...lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`), '']
}

function optionLines(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([key, spec]) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `
    return [`${short}${optionName(key)}${valueText(spec)}`, summaryOf(spec)]
  })
}

function valueText(spec: OptionSpec): string {
  return spec.kind === 'flag' ? '' : ` ${spec.placeholder}`
}

function summaryOf(spec: OptionSpec): string {
  if (spec.kind === 'list') return `${spec.summary} (may be repeated)`
  if (spec.kind !== 'text') return spec.summary
  return spec.summary + choicesText(spec.choices) + (spec.required === true ? ' (required)' : '')
}

function choicesText(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : `: ${choices.join(', ')}`
}

function examples(command: Command): string[] {
  if (command.examples === undefined || command.examples.length === 0) return []
  return ['Examples', ...command.examples.flatMap(({ line, summary }) => [`  # ${summary}`, `  ${line}`]), '']
}
