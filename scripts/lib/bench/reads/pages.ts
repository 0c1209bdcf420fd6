import { join } from 'node:path'
import { median } from '../statistics.ts'
import { type Served, startServed } from './served.ts'

const pageSize = 50
const connections = 16
const rounds = 5
const seconds = 5

/**
 * Pages of the catalog as fast as 16 connections ask for them, and the same from a bare server in alternation.
 * @param database the SQLite file for the bare server; null: there is none
 * @returns a table of medians
 */
export async function measurePages(
  command: readonly string[],
  env: Record<string, string>,
  database: string | null,
): Promise<string> {
  await using service = await startServed(command, env)
  const url = `${service.origin}/api/v1/items?limit=${pageSize}`
  const bare: Served | null =
    database === null
      ? null
      : await startServed(
          [process.execPath, join(import.meta.dir, 'bare-server.ts'), database, String(pageSize)],
          env,
        )
  await using _ = bare ?? { [Symbol.asyncDispose]: async () => {} }
  const ours: Load[] = []
  const theirs: Load[] = []
  await load(url)
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(url))
    if (bare !== null) theirs.push(await load(bare.origin))
  }
  const row = (name: string, loads: Load[]) =>
    `| ${name} | ${median(loads.map(({ rate }) => rate)).toFixed(0)} | ${median(loads.map(({ p99 }) => p99)).toFixed(1)} ms |`
  const share = median(ours.map(({ rate }, round) => rate / (theirs[round]?.rate ?? Number.NaN)))
  return [
    `| ${pageSize} items a page, ${connections} connections | requests a second | 99th percentile |`,
    '|---|--:|--:|',
    row('Tallyman', ours),
    ...(bare === null ? [] : [row('a bare prepared statement in a bare Bun.serve', theirs)]),
    ...(bare === null
      ? []
      : [`\nTallyman serves ${(share * 100).toFixed(0)} % of what the bare server does.`]),
    '',
  ].join('\n')
}

interface Load {
  /** Requests a second. */
  rate: number
  /** Milliseconds. */
  p99: number
}

async function load(url: string): Promise<Load> {
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}`, '--latency', url]
  const child = Bun.spawn(command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await new Response(child.stdout).text()
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(said) ?? []
  if (rate === undefined || p99 === undefined || said.includes('Non-2xx'))
    throw new Error(`wrk could not measure ${url}: ${said}`)
  return { rate: Number(rate), p99: Number(p99) * (unit === 's' ? 1000 : unit === 'us' ? 0.001 : 1) }
}
