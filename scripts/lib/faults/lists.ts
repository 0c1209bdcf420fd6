import { join } from 'node:path'
import { loadConfig } from '../../../src/config.ts'
import { takeIn } from '../../../src/courier/intake.ts'
import { noPins } from '../../../src/courier/pins.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { takeoverPause } from '../../../src/queue/model.ts'
import { openService, type Service } from '../../../src/roles/service.ts'
import { temporaryDirectory } from '../../../test/helpers/temporary.ts'
import { openCrew, stoppedAtWork } from './crew.ts'
import { allEnded } from './disturbed-run.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { freshDatabase } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { silentLog } from './queues.ts'
import { startProcess } from './worker.ts'

const crewSize = 2
const rows = 25
/** Lists of one supplier follow each other. */
const suppliers = 20
/** So many wait at any moment, so that each kill meets some at work. */
const backlog = 8
/** Lists that nobody disturbs: they say how long one takes here. */
const undisturbed = 4
const pauseMaxMs = 10_000
/** A list whose workers were killed again and again may wait for its next one for as long as it may at all. */
const patienceMs = 120_000 + takeoverPause.maxMs

const program = join(import.meta.dir, 'children/courier.ts')

/**
 * Real price lists, taken in as uploads are and published by real workers that are killed with SIGKILL at random
 * moments. Each list of a supplier changes each of its prices, so what the catalog has to hold is known to the row.
 */
export async function lists(
  place: Place,
  servers: Servers,
  sizes: { lists: number; kills: number },
): Promise<Figure[]> {
  await using directory = await temporaryDirectory()
  await using database = await freshDatabase(place.engine, servers)
  const env = {
    PATH: process.env.PATH,
    HOME: directory.path,
    DATABASE_URL: database.url,
    TALLYMAN_DATA_DIR: directory.file('data'),
    TALLYMAN_CONCURRENCY: '2',
    // One process less to start with each worker.
    TALLYMAN_USE_ANALYZER: 'false',
    ...(place.backend === 'redis' && servers.redisUrl !== null && { REDIS_URL: servers.redisUrl }),
  }
  const cwd = directory.path
  const service = await openService({
    config: loadConfig(env, cwd),
    clock: systemClock,
    log: silentLog,
    env,
    cwd,
    only: 'api',
  })
  try {
    await using crew = openCrew(crewSize, () => startProcess([process.execPath, program], { env, cwd }))
    let taken = 0
    const handIn = async (wanted: number) => {
      for (; taken < Math.min(wanted, sizes.lists); taken++)
        await take(service, directory.file(`${taken}.csv`), taken)
    }
    await crew.ready()
    const startedAt = performance.now()
    await handIn(undisturbed)
    await allEnded(service.db, patienceMs)
    // A worker then lives for some lists on average: most kills meet some, and most lists come to their end.
    const pauseMs = Math.min(pauseMaxMs, performance.now() - startedAt)
    for (let n = 0; n < sizes.kills; n++) {
      const isLast = n === sizes.kills - 1
      // The last ones are kept for the last kill, which is to meet one for sure, however few there are.
      const wanted = undisturbed + backlog + Math.ceil((n * sizes.lists) / sizes.kills)
      await handIn(Math.min(wanted, sizes.lists - backlog))
      const index = n % crewSize
      // One of five may meet a worker that has only begun to start.
      if (n % 5 > 0) await crew.workers[index]?.ready
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs))
      if (isLast) await handIn(sizes.lists)
      await crew.kill(isLast ? await stoppedAtWork(service.db, crew) : index)
    }
    await handIn(sizes.lists)
    await allEnded(service.db, patienceMs)
    const seconds = (performance.now() - startedAt) / 1000
    return [await figureOf(place, service, { ...sizes, seconds: Math.round(seconds) })]
  } finally {
    await service.stop({ graceMs: 0 })
  }
}

/** The list of number n: the suppliers take turns, and each has other prices in each of its lists. */
async function take(service: Service, path: string, n: number): Promise<void> {
  const version = Math.floor(n / suppliers)
  const lines = Array.from(
    { length: rows },
    (_, row) => `A-${row};Article ${row};${100 + row}.${10 + version}`,
  )
  await Bun.write(path, `sku;name;price EUR\n${lines.join('\n')}\n`)
  const { jobId } = await takeIn(service.parts, {
    path,
    fileName: `list ${version}.csv`,
    supplier: `Supplier ${n % suppliers}`,
    source: 'upload',
    trigger: 'api',
    ...noPins,
    mayHold: false,
    force: false,
  })
  service.queue.announce(jobId)
}

/** Compares the catalog with what the lists say. */
async function figureOf(
  place: Place,
  { db }: Service,
  facts: { lists: number; kills: number; seconds: number },
): Promise<Figure> {
  const one = async (text: string) => Number((await db.all<{ n: number | string | null }>(text))[0]?.n ?? 0)
  const items = Math.min(suppliers, facts.lists) * rows
  const found = await db.all<{ n: number | string }>(
    'select count(*) as n from price_history group by item_id, price_e4',
  )
  const prices = facts.lists * rows
  const states = await db.all<{ state: string; code: string | null; n: number | string }>(
    `select state, error_code as code, count(*) as n from jobs where state <> 'succeeded' group by state, error_code`,
  )
  const stuck = await one(`select count(*) as n from imports where status <> 'completed'`)
  return {
    scenario: 'kill -9, real lists',
    where: placeText(place),
    facts: {
      ...facts,
      ...Object.fromEntries(states.map(({ state, code, n }) => [`${state} ${code ?? ''}`.trim(), Number(n)])),
    },
    goals: [
      never('lists lost', facts.lists - (await one('select count(*) as n from imports'))),
      never('prices lost', Math.max(0, prices - found.length)),
      never(
        'prices doubled',
        found.reduce((sum, { n }) => sum + Number(n) - 1, 0) + Math.max(0, found.length - prices),
      ),
      never('items doubled', Math.max(0, (await one('select count(*) as n from supplier_items')) - items)),
      never('stuck', stuck),
      atLeastOne('attempts repeated', await one('select sum(attempt - 1) as n from jobs where attempt > 1')),
    ],
  }
}
