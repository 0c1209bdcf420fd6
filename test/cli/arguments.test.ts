import { expect, test } from 'bun:test'
import { asksForHelp, parseArguments, UsageError } from '../../src/cli/arguments.ts'
import type { OptionSpecs, PositionalSpecs } from '../../src/cli/command.ts'

const options: OptionSpecs = {
  supplier: { kind: 'text', placeholder: 'NAME', summary: 's', required: true, short: 's' },
  dryRun: { kind: 'flag', summary: 'd', short: 'n' },
  noHold: { kind: 'flag', summary: 'h' },
  map: { kind: 'list', placeholder: 'FIELD=COLUMN', summary: 'm' },
  limit: { kind: 'integer', placeholder: 'N', summary: 'l', min: 1, max: 100 },
  sort: { kind: 'text', placeholder: 'WAY', summary: 'o', choices: ['name', 'price'] },
}
const positionals: PositionalSpecs = {
  file: { placeholder: 'FILE', summary: 'the price list', required: true },
  action: { placeholder: 'ACTION', summary: 'a', choices: ['up', 'down'] },
}
const parse = (...args: string[]) => parseArguments(args, { options, positionals })

test('absent options are false, empty or null', () => {
  expect(parse('--supplier', 'Nord', 'a.csv')).toEqual({
    options: { supplier: 'Nord', dryRun: false, noHold: false, map: [], limit: null, sort: null },
    positionals: { file: 'a.csv', action: null },
  })
})

test('options are taken in every usual spelling, before and after the positionals', () => {
  const args = [
    '-n',
    'a.csv',
    '--map',
    'sku=A',
    'up',
    '--map=price=Net price',
    '-s',
    'Nord',
    '--limit=5',
    '--no-hold',
    '--json',
  ]
  expect(parse(...args)).toEqual({
    options: {
      supplier: 'Nord',
      dryRun: true,
      noHold: true,
      map: ['sku=A', 'price=Net price'],
      limit: 5,
      sort: null,
    },
    positionals: { file: 'a.csv', action: 'up' },
  })
})

test('what follows -- is a positional, and so is a lone dash', () => {
  expect(parse('-s', 'x', '--', '--odd.csv').positionals.file).toBe('--odd.csv')
  expect(parse('-s', 'x', '-').positionals.file).toBe('-')
  expect(parse('-s', 'x', 'a.csv', '--sort=price').options.sort).toBe('price')
  expect(parse('--supplier=-x', 'a.csv').options.supplier).toBe('-x')
})

test('options named like members of every object are unknown options', () => {
  for (const name of ['--__proto__', '--constructor', '--to-string']) {
    expect(() => parse('-s', 'x', 'a.csv', name)).toThrow(`there is no option ${name}`)
  }
})

const wrong: [string[], string][] = [
  [['a.csv'], '--supplier NAME is missing'],
  [['-s', 'x'], 'FILE is missing: the price list'],
  [['-s', 'x', 'a.csv', 'up', 'more'], '"more" is one argument too many'],
  [['-s', 'x', 'a.csv', '--dryrun'], 'there is no option --dryrun; did you mean --dry-run?'],
  [['-s', 'x', 'a.csv', '--dryRun'], 'did you mean --dry-run?'],
  [['-s', 'x', 'a.csv', '-z'], 'there is no option -z'],
  [['-s', 'x', 'a.csv', '--dry-run=yes'], '--dry-run takes no value'],
  [['a.csv', '--supplier'], '--supplier needs a value: --supplier NAME'],
  [['a.csv', '--supplier='], '--supplier needs a value'],
  [['a.csv', '--supplier', '--dry-run'], 'if "--dry-run" is meant, write --supplier=--dry-run'],
  [['a.csv', '-s', 'x', '-s', 'y'], '-s is given twice'],
  [['a.csv', '-s', 'x', '--limit', '0'], '--limit must be a whole number from 1 to 100, not "0"'],
  [['a.csv', '-s', 'x', '--limit', '1e2'], 'not "1e2"'],
  [['a.csv', '-s', 'x', '--sort', 'nmae'], '--sort must be name or price, not "nmae"; did you mean name?'],
  [['-s', 'x', 'a.csv', 'dwon'], 'ACTION must be up or down, not "dwon"; did you mean down?'],
]
for (const [args, message] of wrong) {
  test(`"${args.join(' ')}" is refused: ${message}`, () => {
    expect(() => parse(...args)).toThrow(UsageError)
    expect(() => parse(...args)).toThrow(message)
  })
}

test('an argument that is a list takes all that are left, each of the choices', () => {
  const specs = {
    options: {},
    positionals: {
      action: { placeholder: 'ACTION', summary: 'what' },
      tasks: { placeholder: 'TASK', summary: 'which', choices: ['a', 'b'], isList: true },
    },
  } as const
  expect(parseArguments(['run', 'b', 'a'], specs).positionals).toEqual({ action: 'run', tasks: ['b', 'a'] })
  expect(parseArguments([], specs).positionals).toEqual({ action: null, tasks: [] })
  expect(() => parseArguments(['run', 'a', 'c'], specs)).toThrow('TASK must be a or b, not "c"')
})

test('help is asked for before -- only', () => {
  expect([asksForHelp(['x', '-h']), asksForHelp(['--help']), asksForHelp(['--', '--help'])]).toEqual([
    true,
    true,
    false,
  ])
})
