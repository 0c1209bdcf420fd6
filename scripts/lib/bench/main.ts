import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildExecutable, root } from '../build.ts'
import { startPostgres } from '../postgres.ts'
import { ArgumentError, type BenchOptions, help, parseArguments } from './arguments.ts'
import { commitOf, memoryRows, runBench, writeReport } from './bench.ts'
import { replaceBetweenMarkers } from './readme.ts'
import type { Report } from './report.ts'
import { bytesNeeded, requireSpace } from './space.ts'
import { reportMarkdown } from './table.ts'

const say = (line: string) => console.error(line)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopping.abort(new Error(`Stopped by ${signal}.`)))

try {
  const options = parseArguments(Bun.argv.slice(2))
  if (options === null) console.log(help.trimEnd())
  else process.exitCode = await run(options)
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : error}`)
  if (error instanceof ArgumentError) say('scripts/bench --help shows what it takes.')
  process.exitCode = error instanceof ArgumentError ? 2 : 1
}

/** @returns the exit code: 1 when anything failed. The README is written unless we failed or somebody miscounted */
async function run(options: BenchOptions): Promise<number> {
  const { program, json, writeReadme } = options
  if (program !== null && !existsSync(program))
    throw new ArgumentError(`--program ${program}: there is no such file.`)
  // Said before anything is built.
  await requireSpace(tmpdir(), bytesNeeded(options, memoryRows))
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-bench-'))
  try {
    const report = await measure(options, folder)
    const markdown = reportMarkdown(report)
    console.log(markdown)
    if (json !== null) await writeReport(json, report)
    if (writeReadme) await replaceBetweenMarkers(join(root, 'README.md'), markdown)
    const hasFailed = report.cases.some(({ contenders }) =>
      contenders.some(({ failure }) => failure !== null),
    )
    return hasFailed ? 1 : 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(options: BenchOptions, folder: string): Promise<Report> {
  const executable = options.program === null ? join(folder, 'tallyman') : resolve(options.program)
  if (options.program === null) {
    say('Building the executable …')
    await buildExecutable(executable)
  }
  const needsServer = options.only.includes('postgres')
  await using server = needsServer ? await startPostgres(root) : null
  // Awaited here: the server lives as long as this function.
  return await runBench(options, {
    program: [executable],
    serverUrl: server?.url ?? null,
    folder,
    commit: options.program === null ? await commitOf(root) : null,
    signal: stopping.signal,
    say,
  })
}
