import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions } from './arguments.ts'
import { engineCases, memoryCase, type Parts, workbookCases } from './cases.ts'
import type { CaseResult } from './contender.ts'
import { plainEnvironment } from './contenders.ts'
import { listFiles } from './files.ts'
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

/** Measures everything that is asked for, one process after the other. @throws WrongResult when somebody miscounts */
export async function runBench(options: BenchOptions, bench: BenchParts): Promise<Report> {
  const { folder, signal, say } = bench
  const needed = bytesNeeded(options, memoryRows)
  say(`Needs up to ${(needed / 1e9).toFixed(0)} GB in ${folder}, which is deleted at the end.`)
  await requireSpace(folder, needed)
  const peers = await findPeers({ ...options, say })
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  const session = await openSession(options, { ...bench, peers, temporary })
  const cases: CaseResult[] = []
  const service: ServiceResult[] = []
  const leftOut = [...peers.leftOut]
  const { only } = options

  const sizes = only.some((group) => group !== 'memory') ? options.rows : []
  for (const rows of sizes) {
    const files = listFiles(folder, { rows, seed: options.seed })
    const parts = session.parts(rows)
    if (only.includes('sqlite')) cases.push(...(await engineCases(parts, session.sqlite, files)))
    if (only.includes('postgres') && session.postgres !== null)
      cases.push(...(await engineCases(parts, session.postgres, files)))
    if (only.includes('xlsx')) cases.push(...(await workbookCases(parts, session.sqlite, files)))
    // The goal speaks of one import; a small one ends before it can be looked at.
    if (only.includes('api') && rows === Math.max(...options.rows)) {
      const measured = await measureService(parts, { places: session.sqlite, files, signal, say })
      if (measured === null) leftOut.push("the API's latency during an import: this version takes no uploads")
      else service.push(...measured)
    }
    await files.remove()
  }
  if (only.includes('memory')) cases.push(...(await memoryCases(options, session, folder)))

  return {
    commit: bench.commit,
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(
      peers,
      bench.serverUrl === null ? null : await serverVersion(bench.serverUrl),
    ),
    options: { rows: options.rows, only, without: options.without, runs: options.runs, seed: options.seed },
    cases,
    service,
    leftOut,
  }
}

/** Sizes that the SQLite group has loaded already are not loaded again. */
async function memoryCases(options: BenchOptions, session: Session, folder: string): Promise<CaseResult[]> {
  const known = options.only.includes('sqlite') ? options.rows : []
  const results: CaseResult[] = []
  for (const rows of [...new Set([...options.rows, memoryRows])].filter((size) => !known.includes(size))) {
    const files = listFiles(folder, { rows, seed: options.seed })
    results.push(await memoryCase(session.parts(rows), session.sqlite, files))
    await files.remove()
  }
  return results
}

interface Session {
  sqlite: Places
  postgres: Places | null
  parts(rows: number): Parts
}

async function openSession(
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
): Promise<Session> {
  const env = plainEnvironment(temporary)
  const measure = measurer({ folder: temporary, timeProgram: peers.time, signal })
  return {
    sqlite: sqlitePlaces(folder),
    postgres: serverUrl === null ? null : postgresPlaces(folder, serverUrl),
    parts(rows) {
      const runs = options.runs ?? (rows > longRows ? 3 : 5)
      const slowRuns = rows > longRows ? 1 : runs
      return {
        ...{ program, peers, without: options.without, env },
        run: (given) => runCase(given, { measurer: measure, runs, slowRuns, say }),
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
