import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { ArgumentError, groups, parseArguments } from '../../scripts/lib/bench/arguments.ts'
import { bytesNeeded, requireSpace } from '../../scripts/lib/bench/space.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

test('without arguments everything is measured, at 100,000 and at a million rows', () => {
  expect(parseArguments([])).toEqual({
    rows: [100_000, 1_000_000],
    only: [...groups],
    without: [],
    runs: null,
    seed: 1,
    program: null,
    json: null,
    writeReadme: false,
    mayInstall: true,
  })
})

test('sizes come with k and m, in any order, each once', () => {
  expect(parseArguments(['--rows', '1m,500,100k,1M', '--only', 'sqlite,xlsx', '--runs', '3'])).toMatchObject({
    rows: [500, 100_000, 1_000_000],
    only: ['sqlite', 'xlsx'],
    runs: 3,
  })
})

test('memory, which is looked at with millions of rows, is left out of a quick run unless it is asked for', () => {
  expect(parseArguments(['--rows', '100k'])?.only).toEqual(['sqlite', 'postgres', 'xlsx', 'api'])
  expect(parseArguments(['--rows', '100k', '--only', 'memory'])?.only).toEqual(['memory'])
})

test('help is asked for with --help or -h', () => {
  expect(parseArguments(['--help'])).toBeNull()
  expect(parseArguments(['-h', '--rows', '1m'])).toBeNull()
})

const wrong: [argv: string[], message: string][] = [
  [['--rows', '100x'], '--rows takes sizes such as 100k,1m or 50000, not "100x".'],
  [['--rows', '1m,'], '--rows takes sizes such as 100k,1m or 50000, not "".'],
  [['--rows', '99'], '--rows takes sizes from 100 to 10m, not "99".'],
  [['--rows', '11m'], '--rows takes sizes from 100 to 10m, not "11m".'],
  [
    ['--only', 'sqlite,postgress'],
    '--only knows no "postgress"; did you mean postgres? It takes: sqlite, postgres, xlsx, memory, api.',
  ],
  [['--without', 'cobol'], '--without knows no "cobol". It takes: sqlite3, psql, python, exceljs, sheetjs.'],
  [['--runs', '0'], '--runs takes a whole number from 1 to 100, not "0".'],
  [['--runs', '2.5'], '--runs takes a whole number from 1 to 100, not "2.5".'],
  [['--row', '100k'], "Unknown option '--row'. Did you mean --rows?"],
  [['--rows'], "Option '--rows <value>' argument missing."],
  [['100k'], "Unexpected argument '100k'."],
]
for (const [argv, message] of wrong)
  test(`"${argv.join(' ')}" is refused in words`, () => {
    expect(() => parseArguments(argv)).toThrow(new ArgumentError(message))
  })

test('a command line that is wrong ends with 2 before anything is built', async () => {
  const main = join(import.meta.dir, '../../scripts/lib/bench/main.ts')
  const child = Bun.spawn([process.execPath, main, '--only', 'sqlit'], { stdout: 'pipe', stderr: 'pipe' })
  const said = await new Response(child.stderr).text()
  expect(await child.exited).toBe(2)
  expect(said).toBe(
    'bench: --only knows no "sqlit"; did you mean sqlite? It takes: sqlite, postgres, xlsx, memory, api.\n' +
      'scripts/bench --help shows what it takes.\n',
  )
})

test('too little space is said with both figures', async () => {
  await using directory = await temporaryDirectory()
  await requireSpace(directory.path, 1000)
  await expect(requireSpace(directory.path, 1e18)).rejects.toThrow(
    /^The benchmark needs 1000000000\.0 GB in .+, which has [\d.]+ GB left\. Make room/,
  )
})

test('more rows need more space, and groups that follow each other do not add up', () => {
  const needed = (rows: number[], ...only: ('sqlite' | 'postgres' | 'memory')[]) =>
    bytesNeeded({ rows, only }, 3_000_000)
  expect(needed([1_000_000], 'sqlite')).toBeGreaterThan(needed([100_000], 'sqlite'))
  expect(needed([100_000, 1_000_000], 'sqlite')).toBe(needed([1_000_000], 'sqlite'))
  expect(needed([1_000_000], 'sqlite', 'postgres')).toBe(needed([1_000_000], 'postgres'))
})
