import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runBench } from '../../scripts/lib/bench/bench.ts'
import { reportMarkdown } from '../../scripts/lib/bench/table.ts'
import { workloads } from '../../scripts/lib/bench/workloads.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** The program from source: what is looked at here is the benchmark. */
const program = [process.execPath, '--no-env-file', join(import.meta.dir, '../../src/main.ts')]

test('a small benchmark runs every workload, checks what was loaded, and leaves no database behind', async () => {
  await using directory = await temporaryDirectory()
  const said: string[] = []
  const report = await runBench(
    {
      ...{ rows: [1000], only: ['sqlite'], without: ['python'], runs: 1, seed: 1 },
      ...{ program: null, json: null, writeReadme: false, mayInstall: false },
    },
    {
      ...{ program, serverUrl: null, folder: directory.path, commit: null },
      signal: new AbortController().signal,
      say: (line) => said.push(line),
    },
  )
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
  expect(reportMarkdown(report)).toContain('| 1,000 rows |')
  expect(said[0]).toContain('which is deleted at the end')
  expect(await readdir(directory.path)).toEqual(['tmp'])
}, 120_000)
