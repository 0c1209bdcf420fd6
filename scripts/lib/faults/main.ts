import { join } from 'node:path'
import postgres from 'postgres'
import { ArgumentError } from '../bench/arguments.ts'
import { commitOf } from '../bench/bench.ts'
import { describeMachine } from '../bench/machine.ts'
import { replaceBetweenMarkers } from '../bench/readme.ts'
import { root } from '../build.ts'
import { startPostgres } from '../postgres.ts'
import { startRedis } from '../redis.ts'
import { type FaultsOptions, help, parseArguments } from './arguments.ts'
import { type Figure, misses } from './figure.ts'
import { places, placeText, type Servers } from './place.ts'
import { type Report, reportMarkdown } from './table.ts'

const say = (line: string) => console.error(line)
/** No program is compared here. */
const noPeers = { sqlite3: null, psql: null, python: null, time: null, leftOut: [] }

try {
  const options = parseArguments(Bun.argv.slice(2))
  if (options === null) console.log(help.trimEnd())
  else process.exitCode = await run(options)
} catch (error) {
  say(`faults: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
  if (error instanceof ArgumentError) say('scripts/faults --help shows what it takes.')
  process.exitCode = error instanceof ArgumentError ? 2 : 1
}

/** @returns the exit code: 1 when a goal was missed */
async function run(options: FaultsOptions): Promise<number> {
  const earlier = await Promise.all(options.from.map((path): Promise<Report> => Bun.file(path).json()))
  const [first = await runNow(options), ...others] = earlier
  const markdown = reportMarkdown([first, ...others])
  console.log(markdown)
  if (options.writeDocs) await replaceBetweenMarkers(join(root, 'docs/faults.md'), markdown, 'faults')
  const missed = [first, ...others].flatMap(({ figures }) => figures.flatMap(misses))
  for (const miss of missed) say(`missed: ${miss}`)
  return missed.length === 0 ? 0 : 1
}

async function runNow(options: FaultsOptions): Promise<Report> {
  const startedAt = performance.now()
  await using database = options.engines.includes('postgres') ? await startPostgres(root) : null
  await using redis = options.backends.includes('redis') ? await startRedis(null) : null
  const servers: Servers = { postgresUrl: database?.url ?? null, redisUrl: redis?.url ?? null }
  const figures = await runScenarios(options, servers)
  const report: Report = {
    at: new Date().toISOString(),
    commit: await commitOf(root),
    size: options.size,
    machine: await describeMachine(noPeers, await postgresVersion(servers.postgresUrl)),
    seconds: (performance.now() - startedAt) / 1000,
    figures,
  }
  if (options.json !== null) await Bun.write(options.json, `${JSON.stringify(report, null, 2)}\n`)
  return report
}

async function runScenarios(options: FaultsOptions, servers: Servers): Promise<Figure[]> {
  const figures: Figure[] = []
  const wanted = places.filter(
    ({ backend, engine }) => options.backends.includes(backend) && options.engines.includes(engine),
  )
  for (const scenario of options.only)
    for (const place of wanted.filter(scenario.runsOn)) {
      say(`${scenario.name}, ${placeText(place)} …`)
      figures.push(...(await scenario.run(place, servers, options.size)))
    }
  return figures
}

async function postgresVersion(url: string | null): Promise<string | null> {
  if (url === null) return null
  const sql = postgres(url, { max: 1 })
  try {
    const [row] = await sql<{ server_version: string }[]>`show server_version`
    return row?.server_version ?? null
  } finally {
    await sql.end()
  }
}
