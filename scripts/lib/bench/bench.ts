import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions, Group } from './arguments.ts'
import { engineCases, memoryCase, type Parts, workbookCases } from './cases.ts'
import type { CaseResult } from './contender.ts'
import { plainEnvironment } from './contenders.ts'
import { type ListFiles, listFiles } from './files.ts'
import { describeMachine } from './machine.ts'
import { measurer } from './measure.ts'
import { findPeers, type Peers } from './peers.ts'
import { type Places, postgresPlaces, serverVersion, sqlitePlaces } from './places.ts'
import type { Report } from './report.ts'
import { runCase } from './run-case.ts'
import { measureService, type ServiceResult } from './service.ts'
import { bytesNeeded, requireSpace } from './space.ts'

/** What the benchmark works with. */
export interface BenchParts {
  /** The program to measure, and arguments that come before ours. */
  program: readonly string[]
  /** Of a private PostgreSQL; null: that engine is not measured. */
  serverUrl: string | null
  /** An empty folder for everything that is written. */
  folder: string
  commit: string | null
  signal: AbortSignal
  say: (line: string) => void
}

/** Lists above this are long: fewer rounds, and one of slow programs. */
const longRows = 200_000
/** Besides the given sizes, memory is looked at with this one. */
export const memoryRows = 3_000_000

/**
 * Measures everything that is asked for, one process after the other. What fails, because ours fails or somebody
 * miscounts, is in the report; the rest is measured all the same, for it may have taken hours.
 * @throws whatever aborted the signal
 */
export async function runBench(options: BenchOptions, bench: BenchParts): Promise<Report> {
  const { folder, signal, say } = bench
  const needed = bytesNeeded(options, memoryRows)
  say(`Needs up to ${(needed / 1e9).toFixed(0)} GB in ${folder}, which is deleted at the end.`)
  await requireSpace(folder, needed)
  const peers = await findPeers({ ...options, say })
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  const { only, seed } = options
  const session = openSession(options, { ...bench, peers, temporary })
  const { cases, service, leftOut } = session

  const failures: string[] = []
  const attempt = async (group: Group, rows: number, measure: (files: ListFiles) => Promise<void>) => {
    if (!only.includes(group)) return
    const files = listFiles(folder, { rows, seed })
    try {
      await measure(files)
    } catch (error) {
      signal.throwIfAborted()
      failures.push(
        `${group}, ${rows.toLocaleString('en')} rows: ${error instanceof Error ? error.message : error}`,
      )
      say(`FAILED: ${failures.at(-1)}`)
    } finally {
      await files.remove()
    }
  }

  for (const rows of options.rows) {
    const parts = session.parts(rows)
    await attempt('sqlite', rows, (files) => engineCases(parts, session.sqlite, files))
    const { postgres } = session
    if (postgres !== null) await attempt('postgres', rows, (files) => engineCases(parts, postgres, files))
    await attempt('xlsx', rows, (files) => workbookCases(parts, session.sqlite, files))
  }
  // The goal speaks of one import; a small one ends before it can be looked at.
  const rowsMax = Math.max(...options.rows)
  await attempt('api', rowsMax, async (files) => {
    const measured = await measureService(session.parts(rowsMax), {
      places: session.sqlite,
      files,
      signal,
      say,
    })
    if (measured === null) leftOut.push("the API's latency during an import: this version takes no uploads")
    else service.push(...measured)
  })
  // Sizes that the SQLite group has loaded already are not loaded again.
  const loaded = only.includes('sqlite') ? options.rows : []
  for (const rows of new Set([...options.rows, memoryRows]))
    if (!loaded.includes(rows))
      await attempt('memory', rows, (files) => memoryCase(session.parts(rows), session.sqlite, files))

  return {
    commit: bench.commit,
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(
      peers,
      bench.serverUrl === null ? null : await serverVersion(bench.serverUrl),
    ),
    options: { rows: options.rows, only, without: options.without, runs: options.runs, seed },
    cases,
    service,
    leftOut,
    failures,
  }
}

/** Places to work in, and what comes out of it. */
interface Session {
  cases: CaseResult[]
  service: ServiceResult[]
  leftOut: string[]
  sqlite: Places
  postgres: Places | null
  parts(rows: number): Parts
}

function openSession(
  options: BenchOptions,
  {
    program,
    serverUrl,
    folder,
    signal,
    say,
    peers,
    temporary,
  }: BenchParts & { peers: Peers; temporary: string },
): Session {
  const env = plainEnvironment(temporary)
  const measure = measurer({ folder: temporary, timeProgram: peers.time, signal })
  const cases: CaseResult[] = []
  return {
    ...{ cases, service: [], leftOut: [...peers.leftOut] },
    sqlite: sqlitePlaces(folder),
    postgres: serverUrl === null ? null : postgresPlaces(folder, serverUrl),
    parts(rows) {
      const runs = options.runs ?? (rows > longRows ? 3 : 5)
      const slowRuns = rows > longRows ? 1 : runs
      return {
        ...{ program, peers, without: options.without, env },
        async run(given) {
          cases.push(await runCase(given, { measurer: measure, runs, slowRuns, say }))
        },
      }
    },
  }
}

/** The commit of a folder, with a + when files differ from it; null outside a repository. */
export async function commitOf(folder: string): Promise<string | null> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: folder })).stdout.trim()
  try {
    const head = await git('rev-parse', '--short=12', 'HEAD')
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? head : `${head}+`
  } catch {
    return null
  }
}

export const writeReport = (path: string, report: Report): Promise<void> =>
  writeFile(path, `${JSON.stringify(report, null, 2)}\n`)
