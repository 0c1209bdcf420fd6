import { describe, expect, test } from 'bun:test'
import { ArgumentError } from '../../scripts/lib/bench/arguments.ts'
import { help, parseArguments } from '../../scripts/lib/faults/arguments.ts'
import { type Figure, misses, never } from '../../scripts/lib/faults/figure.ts'
import { scenarios } from '../../scripts/lib/faults/scenarios.ts'
import { reportMarkdown } from '../../scripts/lib/faults/table.ts'

const names = scenarios.map(({ name }) => name)

describe('the arguments of scripts/faults', () => {
  test('nothing said means everything, everywhere', () => {
    const options = parseArguments([])
    expect(options?.only.map(({ name }) => name)).toEqual(names)
    expect(options).toMatchObject({
      backends: ['embedded', 'redis'],
      engines: ['sqlite', 'postgres'],
      size: 'full',
      json: null,
      from: [],
      writeDocs: false,
    })
  })

  test('a part is chosen by name', () => {
    const options = parseArguments(['--only', 'kills,rate', '--engine', 'sqlite', '--quick', '--json', 'x'])
    // In the order in which they run.
    expect(options?.only.map(({ name }) => name)).toEqual(['rate', 'kills'])
    expect(options).toMatchObject({ engines: ['sqlite'], size: 'quick', json: 'x' })
  })

  test('help names every scenario', () => {
    expect(parseArguments(['--help'])).toBeNull()
    for (const { name, what } of scenarios) expect(help).toMatch(new RegExp(`  ${name} +${what}`))
  })

  for (const [argv, said] of [
    [['--only', 'kill'], /did you mean kills\?/],
    [['--backend', 'rabbit'], /takes: embedded, redis/],
    [['--quik'], /--quik/],
  ] as const)
    test(`${argv.join(' ')} is told what is meant`, () => {
      expect(() => parseArguments([...argv])).toThrow(ArgumentError)
      expect(() => parseArguments([...argv])).toThrow(said)
    })
})

const figure: Figure = {
  scenario: 'kill -9',
  where: 'embedded × SQLite',
  facts: { jobs: 1200, max: '3 ms' },
  goals: [
    never('lost', 1),
    { name: 'p99', value: 12.34, unit: 'ms', bound: { atMost: 100 } },
    { name: 'jobs', value: 2345.6, unit: '1/s', bound: { atLeast: 500 } },
    { name: 'memory', value: 54.4, unit: 'MB', bound: { atMost: 64 } },
  ],
}
const machine = {
  cpu: 'A processor',
  cores: 2,
  memoryBytes: 24 * 1024 ** 3,
  system: 'Linux',
  versions: { Bun: '1.4.5' },
}
const report = { at: '2026-11-22T15:00:00.000Z', commit: 'abc', size: 'full', machine, seconds: 61 }

test('what is missed is marked and named, and the machine is said', () => {
  expect(misses(figure)).toEqual(['kill -9, embedded × SQLite: lost 1'])
  expect(reportMarkdown([{ ...report, figures: [figure] }])).toBe(
    `Run on A processor, 2 cores, 24 GiB of memory, Linux; Bun 1.4.5. It took 2 min.

| scenario | queue × database | what happened | found | | run |
|---|---|---|---|---|---|
| kill -9 | embedded × SQLite | 1,200 jobs, max 3 ms | lost 1, p99 12 ms (≤ 100), jobs 2,346 a second (≥ 500), memory 54 MB (≤ 64) | **missed** | 2026-11-22, abc |`,
  )
})

test('of several runs the last that has a figure counts, and each row says which one it was', () => {
  const met = { ...figure, goals: [never('lost', 0)] }
  const elsewhere = { ...met, where: 'Redis × SQLite' }
  const later = { ...report, commit: 'def', size: 'quick', figures: [met] }
  const lines = reportMarkdown([{ ...report, figures: [figure, elsewhere] }, later]).split('\n')
  expect(lines.slice(-2).map((line) => line.split(' | ').slice(1).join(' | '))).toEqual([
    'embedded × SQLite | 1,200 jobs, max 3 ms | lost 0 | as it should | 2026-11-22, def, quick |',
    'Redis × SQLite | 1,200 jobs, max 3 ms | lost 0 | as it should | 2026-11-22, abc |',
  ])
})

test('what is met is not', () => {
  const met = { ...figure, goals: [never('lost', 0)] }
  expect(misses(met)).toEqual([])
  expect(reportMarkdown([{ ...report, figures: [met] }])).toContain('| lost 0 | as it should |')
})
