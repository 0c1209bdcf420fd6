import { describe, expect, test } from 'bun:test'
import type { CaseResult, ContenderResult } from '../../scripts/lib/bench/contender.ts'
import { replaceBetweenMarkers } from '../../scripts/lib/bench/readme.ts'
import type { Report } from '../../scripts/lib/bench/report.ts'
import { markdownTable, reportMarkdown } from '../../scripts/lib/bench/table.ts'
import { workloads } from '../../scripts/lib/bench/workloads.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const contender = (
  id: string,
  role: ContenderResult['role'],
  seconds: number[],
  more: Partial<ContenderResult> = {},
): ContenderResult => ({
  id,
  name: id,
  role,
  runs: seconds.map((each) => ({ wallMs: each * 1000, cpuMs: each * 900, peakBytes: 200e6 })),
  failure: null,
  ...more,
})

function report(cases: CaseResult[], more: Partial<Report> = {}): Report {
  return {
    commit: 'abc123',
    date: '2026-11-22',
    machine: {
      cpu: 'Test CPU',
      cores: 2,
      memoryBytes: 24 * 1024 ** 3,
      system: 'Linux 6.1',
      versions: { Bun: '1.4.5', Python: '3.11.2' },
    },
    options: { rows: [1000], only: ['sqlite'], without: [], runs: null, seed: 1 },
    cases,
    service: [],
    leftOut: [],
    failures: [],
    ...more,
  }
}

const load = (contenders: ContenderResult[], rows = 1000): CaseResult => ({
  group: 'sqlite',
  workload: workloads.load,
  rows,
  contenders,
})

/** The lines of the first table. */
const tableOf = (markdown: string) =>
  markdown
    .split('\n\n')
    .find((block) => block.startsWith('| Into'))
    ?.split('\n')
const lineOf = (markdown: string, text: string) => markdown.split('\n').find((line) => line.includes(text))

test('a table is Markdown, with bars escaped', () => {
  expect(markdownTable(['what', 'rows'], 'lr', [['a|b', '1']])).toBe(
    '| what | rows |\n| --- | --: |\n| a\\|b | 1 |',
  )
})

test('machine, versions and date stand above the table', () => {
  expect(reportMarkdown(report([]))).toStartWith(
    'Measured on 2026-11-22 of commit abc123: Test CPU, 2 cores, 24 GiB of memory, Linux 6.1; Bun 1.4.5, Python 3.11.2.',
  )
})

describe('a line', () => {
  test('against a bound says how many times its time we take, with spread, goal and memory', () => {
    const markdown = reportMarkdown(
      report([load([contender('ours', 'subject', [2, 2.2, 2.4]), contender('sqlite3', 'bound', [1, 1, 1])])]),
    )
    expect(tableOf(markdown)).toEqual([
      '| Into SQLite | rows | × the time of sqlite3 | MB: ours / sqlite3 |',
      '| --- | --: | --: | --: |',
      '| first load of a CSV | 1,000 | 2.20 (2.00–2.40), goal ≤ 2.5 ✓ | 200 / 200 |',
    ])
  })

  test('against a rival says how many times as fast we are', () => {
    const markdown = reportMarkdown(
      report([load([contender('ours', 'subject', [1, 1]), contender('python', 'rival', [4])])]),
    )
    expect(tableOf(markdown)).toEqual([
      '| Into SQLite | rows | × as fast as python | MB: ours / python |',
      '| --- | --: | --: | --: |',
      '| first load of a CSV | 1,000 | 4.00, goal ≥ 5 ✗ | 200 / 200 |',
    ])
  })

  test('has a blank where another did not take part', () => {
    const sameFile = { ...load([contender('ours', 'subject', [1])]), workload: workloads.sameFile }
    const both = load([contender('ours', 'subject', [1]), contender('sqlite3', 'bound', [1])])
    expect(lineOf(reportMarkdown(report([both, sameFile])), '| the same file')).toBe(
      '| the same file again | 1,000 |  | 200 / – |',
    )
  })

  test('of a rival that failed says so, and why below', () => {
    const failed = contender('python', 'rival', [], { failure: 'out of memory' })
    const markdown = reportMarkdown(report([load([contender('ours', 'subject', [1]), failed])]))
    expect(lineOf(markdown, '| first load')).toBe('| first load of a CSV | 1,000 | failed | 200 / – |')
    expect(markdown).toContain('- python failed at "first load of a CSV", 1,000 rows: out of memory')
  })
})

test('what was left out is said', () => {
  const markdown = reportMarkdown(report([], { leftOut: ['psql is left out: install postgresql-client'] }))
  expect(markdown).toContain('Not compared:\n\n- psql is left out: install postgresql-client')
})

test('what failed is said at the end', () => {
  expect(reportMarkdown(report([], { failures: ['sqlite, 1,000 rows: 999 items'] }))).toEndWith(
    'FAILED:\n\n- sqlite, 1,000 rows: 999 items',
  )
})

test('memory has a goal at a million rows, and beyond it that it does not grow', () => {
  const own = (bytes: number) => [
    contender('ours', 'subject', [], { runs: [{ wallMs: 1, cpuMs: 1, peakBytes: bytes }] }),
  ]
  const markdown = reportMarkdown(
    report([
      load(own(100e6), 1000),
      load(own(300e6), 1_000_000),
      { ...load(own(400e6), 3_000_000), group: 'memory' },
    ]),
  )
  expect(lineOf(markdown, '| 1,000 rows')).toBe('| 1,000 rows | 100 MB |  |')
  expect(lineOf(markdown, '1,000,000 rows |')).toBe('| 1,000,000 rows | 300 MB | < 350 MB ✓ |')
  expect(lineOf(markdown, '3,000,000')).toBe('| 3,000,000 rows | 400 MB | as for 1,000,000 ✗ |')
})

test("the API's 99th percentile is set against idle while parsing, and against a limit while publishing", () => {
  const summary = (p99: number, errors = 0) => ({ count: 100, errors, p50: 1, p99, max: 500 })
  const kinds = (p99: number, errors?: number) => ({
    items: summary(p99, errors),
    livez: { ...summary(p99), count: 0 },
    loop: { ...summary(p99), count: 0 },
  })
  const markdown = reportMarkdown(
    report([], {
      service: [
        {
          rows: 1_000_000,
          plan: { ratePerSecond: 100, closedLoops: 0, itemsPerPage: 50 },
          phases: { idle: kinds(2), parsing: kinds(5), publishing: kinds(300, 2) },
          durationsMs: { parsing: 1000, publishing: 1000 },
        },
      ],
    }),
  )
  expect(markdown).toContain('| API during an import of 1,000,000 rows (100 requests a second) |')
  expect(lineOf(markdown, 'while it is read')).toBe(
    '| a page of items, while it is read | 1.00 ms | 5.00 ms | 500 ms | 2.50 × | < 3 × ✓ |',
  )
  expect(lineOf(markdown, 'while it is published')).toBe(
    '| a page of items, while it is published (2 errors) | 1.00 ms | 300 ms | 500 ms | 150 × | < 250 ms ✗ |',
  )
  expect(markdown).not.toContain('livez')
})

test('a readme gets the table between its markers, again and again', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('README.md')
  await Bun.write(path, '# A\n\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nB\n')
  await replaceBetweenMarkers(path, 'new')
  await replaceBetweenMarkers(path, 'newer')
  expect(await Bun.file(path).text()).toBe(
    '# A\n\n<!-- bench:begin -->\n\nnewer\n\n<!-- bench:end -->\n\nB\n',
  )
})

test('a readme without markers is left as it is', async () => {
  await using directory = await temporaryDirectory()
  const path = directory.file('README.md')
  await Bun.write(path, '# A\n<!-- bench:end -->\n<!-- bench:begin -->\n')
  await expect(replaceBetweenMarkers(path, 'new')).rejects.toThrow('add them first')
  expect(await Bun.file(path).text()).toBe('# A\n<!-- bench:end -->\n<!-- bench:begin -->\n')
})
