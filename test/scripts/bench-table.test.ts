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
    ...more,
  }
}

const load = (contenders: ContenderResult[], rows = 1000): CaseResult => ({
  group: 'sqlite',
  workload: workloads.load,
  rows,
  contenders,
})

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
  test('against a bound says how many times its time we take, with spread and goal', () => {
    const markdown = reportMarkdown(
      report([load([contender('ours', 'subject', [2, 2.2, 2.4]), contender('sqlite3', 'bound', [1, 1, 1])])]),
    )
    expect(lineOf(markdown, 'sqlite3')).toBe(
      '| first load of a CSV | 1,000 | sqlite3 | 2.20 × its time | 2.00–2.40 | ≤ 2.5 × reached | 200 MB | 200 MB |',
    )
  })

  test('against a rival says how many times as fast we are', () => {
    const markdown = reportMarkdown(
      report([load([contender('ours', 'subject', [1, 1]), contender('python', 'rival', [4])])]),
    )
    expect(lineOf(markdown, 'python')).toBe(
      '| first load of a CSV | 1,000 | python | 4.00 × as fast | one run | ≥ 5 × **missed** | 200 MB | 200 MB |',
    )
  })

  test('of a rival that failed says so, and why below', () => {
    const failed = contender('python', 'rival', [], { failure: 'out of memory' })
    const markdown = reportMarkdown(report([load([contender('ours', 'subject', [1]), failed])]))
    expect(lineOf(markdown, '| python')).toContain('failed')
    expect(markdown).toContain('- python failed at "first load of a CSV", 1,000 rows: out of memory')
  })
})

test('what was left out is said', () => {
  const markdown = reportMarkdown(report([], { leftOut: ['psql is left out: install postgresql-client'] }))
  expect(markdown).toContain('Not compared:\n\n- psql is left out: install postgresql-client')
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
  expect(lineOf(markdown, '1,000,000 rows |')).toBe('| 1,000,000 rows | 300 MB | < 350 MB reached |')
  expect(lineOf(markdown, '3,000,000')).toBe('| 3,000,000 rows | 400 MB | as for 1,000,000 **missed** |')
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
    '| a page of items, while it is read | 1.00 ms | 5.00 ms | 500 ms | 2.50 × | < 3 × reached |',
  )
  expect(lineOf(markdown, 'while it is published')).toBe(
    '| a page of items, while it is published (2 errors) | 1.00 ms | 300 ms | 500 ms | 150 × | < 250 ms **missed** |',
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
