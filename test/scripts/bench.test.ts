import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchOptions } from '../../scripts/lib/bench/arguments.ts'
import { type BenchParts, runBench } from '../../scripts/lib/bench/bench.ts'
import { reportMarkdown } from '../../scripts/lib/bench/table.ts'
import { workloads } from '../../scripts/lib/bench/workloads.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** The program from source: what is looked at here is the benchmark. */
const program = [process.execPath, '--no-env-file', join(import.meta.dir, '../../src/main.ts')]

test('a small benchmark runs every workload, checks what was loaded, and leaves no database behind', async () => {
  await using directory = await temporaryDirectory()
  const said: string[] = []
  const report = await runBench(options, parts(directory.path, { program, say: (line) => said.push(line) }))
  expect(report.failures).toEqual([])
  expect(report.cases.map(({ workload }) => workload)).toEqual([
    workloads.load,
    workloads.sameFile,
    workloads.sameRows,
    workloads.forced,
    workloads.onePercent,
    workloads.allPrices,
    workloads.shuffled,
  ])
  const ids = Bun.which('sqlite3') === null ? ['ours'] : ['ours', 'sqlite3']
  for (const { contenders } of report.cases) {
    expect(contenders.map(({ id }) => id)).toEqual(ids)
    for (const { runs, failure } of contenders) expect([runs.length, failure]).toEqual([1, null])
  }
  expect(reportMarkdown(report)).toContain('| first load of a CSV | 1,000 |')
  expect(said[0]).toContain('which is deleted at the end')
  expect(await readdir(directory.path)).toEqual(['tmp'])
}, 120_000)

test('a program that says it has loaded a list, but has not, fails the benchmark', async () => {
  await using directory = await temporaryDirectory()
  const liar = directory.file('liar.sh')
  const said = { status: 'completed', changes: { new: 999, changed: 0, price_up: 0, price_down: 0, gone: 0 } }
  await Bun.write(liar, `echo '${JSON.stringify({ ...said, counts: { rejected: 1 } })}'`)
  const report = await runBench(options, parts(directory.path, { program: ['/bin/sh', liar] }))
  expect(report.cases).toEqual([])
  expect(report.failures).toEqual([
    'sqlite, 1,000 rows: tallyman ingest: new is 999, should be 1000; rejected is 1, should be 0.',
  ])
}, 120_000)

const options: BenchOptions = {
  ...{ rows: [1000], only: ['sqlite'], without: ['python'], runs: 1, seed: 1 },
  ...{ program: null, json: null, writeReadme: false, mayInstall: false },
}

function parts(folder: string, more: Pick<BenchParts, 'program'> & Partial<BenchParts>): BenchParts {
  const { signal } = new AbortController()
  return { serverUrl: null, folder, commit: null, signal, say: () => {}, ...more }
}
