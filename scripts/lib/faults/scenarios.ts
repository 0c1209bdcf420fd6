import { cuts } from './cuts.ts'
import { diskFull } from './disk-full.ts'
import { download } from './download.ts'
import { fetchKills } from './fetch-kills.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { flush } from './flush.ts'
import { freeze } from './freeze.ts'
import { ftpElsewhere } from './ftp-elsewhere.ts'
import { isolation } from './isolation.ts'
import { kills } from './kills.ts'
import { latency } from './latency.ts'
import { lists } from './lists.ts'
import { order } from './order.ts'
import type { Place, Servers } from './place.ts'
import { rate } from './rate.ts'
import { restarts } from './restarts.ts'
import { schedulesOverTwoYears } from './schedules.ts'
import { slowClients } from './slow-clients.ts'
import { ssrf } from './ssrf.ts'

/** How much is done: everything, a tenth of it or so, or what a test has time for. */
export type Size = 'full' | 'quick' | 'slice'

export interface Scenario {
  name: string
  /** What it does, for `--help`. */
  what: string
  /** Where it has a meaning. */
  runsOn(place: Place): boolean
  run(place: Place, servers: Servers, size: Size): Promise<Figure[]>
}

const everywhere = () => true
const onRedis = ({ backend }: Place) => backend === 'redis'
const onPostgres = ({ engine }: Place) => engine === 'postgres'

/** In the order in which they run: what measures time comes before what keeps the machine busy. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'latency',
    what: 'from due to the start of the handler, one job at a time',
    runsOn: everywhere,
    run: (place, servers, size) =>
      latency(place, servers, { jobs: { full: 1000, quick: 200, slice: 10 }[size] }),
  },
  {
    name: 'rate',
    what: 'empty jobs a second of one process',
    runsOn: everywhere,
    run: (place, servers, size) =>
      rate(place, servers, { jobs: { full: 10_000, quick: 2000, slice: 100 }[size] }),
  },
  {
    name: 'isolation',
    what: 'five bad servers among ninety-nine, and how much longer the lists of the others take',
    // What brings the jobs plays no part in it, and one writer at a time makes it harder.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: (place, servers, size) =>
      isolation(
        place,
        servers,
        {
          full: { healthy: 94, pairs: 5 },
          quick: { healthy: 94, pairs: 1 },
          slice: { healthy: 6, pairs: 1 },
        }[size],
      ),
  },
  {
    name: 'slow-clients',
    what: 'connections that bring or take a byte a second, and how much longer others wait',
    // The queue plays no part in it.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: (place, servers, size) =>
      slowClients(
        place,
        servers,
        {
          full: { connections: 500, pairs: 7, requests: 4000 },
          quick: { connections: 500, pairs: 3, requests: 2000 },
          slice: { connections: 100, pairs: 1, requests: 200 },
        }[size],
      ),
  },
  {
    name: 'kills',
    what: 'workers killed with SIGKILL at random moments',
    runsOn: everywhere,
    run: (place, servers, size) =>
      kills(
        place,
        servers,
        {
          full: { jobs: 200, kills: 500 },
          quick: { jobs: 60, kills: 60 },
          slice: { jobs: 20, kills: 8 },
        }[size],
      ),
  },
  {
    name: 'lists',
    what: 'real lists published by real workers that are killed at random moments',
    runsOn: everywhere,
    run: (place, servers, size) =>
      lists(
        place,
        servers,
        {
          full: { lists: 200, kills: 500 },
          quick: { lists: 40, kills: 30 },
          slice: { lists: 16, kills: 3 },
        }[size],
      ),
  },
  {
    name: 'freeze',
    what: 'workers frozen past their lease, and woken',
    runsOn: everywhere,
    run: (place, servers, size) => freeze(place, servers, { times: { full: 50, quick: 10, slice: 4 }[size] }),
  },
  {
    name: 'restarts',
    what: 'PostgreSQL stopped at once and started again',
    runsOn: onPostgres,
    run: (place, servers, size) =>
      restarts(
        place,
        servers,
        {
          full: { jobs: 400, restarts: 10 },
          quick: { jobs: 100, restarts: 4 },
          slice: { jobs: 20, restarts: 1 },
        }[size],
      ),
  },
  {
    name: 'cuts',
    what: 'connections to PostgreSQL cut after COMMIT was sent',
    runsOn: onPostgres,
    run: (place, servers, size) =>
      cuts(place, servers, { jobs: { full: 1000, quick: 200, slice: 40 }[size] }),
  },
  {
    name: 'flush',
    what: 'FLUSHALL and restart of Redis in turn, every two seconds',
    runsOn: onRedis,
    run: (place, servers, size) =>
      flush(place, servers, { jobs: { full: 2000, quick: 400, slice: 60 }[size] }),
  },
  {
    name: 'ssrf',
    what: 'private, local and reserved addresses in all their forms, directly, by redirect, by name and by FTP PASV',
    // Neither queue nor database play a part in it.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    async run(_place, _servers, size) {
      const step = { full: 1, quick: 3, slice: 17 }[size]
      return [...(await ssrf({ step })), ...(await ftpElsewhere({ step }))]
    },
  },
  {
    name: 'fetch-kills',
    what: 'processes killed while they download, keep and record lists',
    // No queue plays a part in it.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: (_place, _servers, size) => fetchKills({ kills: { full: 1000, quick: 140, slice: 28 }[size] }),
  },
  {
    name: 'order',
    what: 'the system calls between download and answer; only where strace may follow them',
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: async (_place, _servers, size) => (await order({ lists: size === 'full' ? 20 : 3 })) ?? [],
  },
  {
    name: 'disk-full',
    what: 'lists handed in and fetched on disks that are full at every point in turn; only where one may be mounted',
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: async (_place, _servers, size) =>
      (await diskFull(
        {
          full: { handedIn: 100, fetched: 100, isHeld: true },
          quick: { handedIn: 40, fetched: 30, isHeld: true },
          slice: { handedIn: 32, fetched: 4, isHeld: false },
        }[size],
      )) ?? [],
  },
  {
    name: 'schedules',
    what: 'schedules in twelve zones over two years, started by two schedulers on one database',
    // The queue plays no part in it.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    async run(_place, _servers, size) {
      const trial = {
        full: { schedules: 200 },
        quick: { schedules: 48, until: new Date('2026-12-31T23:59:00Z') },
        slice: { schedules: 24, until: new Date('2026-01-15T23:59:00Z') },
      }[size]
      const seed = Math.floor(Math.random() * 2 ** 31)
      const found = await schedulesOverTwoYears({ ...trial, seed })
      return [
        {
          scenario: 'schedules',
          where: 'two schedulers, SQLite',
          facts: { schedules: found.schedules, zones: found.zones, seed: String(seed) },
          goals: [
            never('missed', found.missed),
            never('doubled', found.doubled),
            never('uncalled for', found.uncalledFor),
            atLeastOne('due', found.due),
          ],
        },
      ]
    },
  },
  {
    name: 'download',
    what: 'a large list downloaded over a connection that is cut three times',
    // Neither the queue nor the database plays a part in it.
    runsOn: ({ backend, engine }) => backend === 'embedded' && engine === 'sqlite',
    run: (_place, _servers, size) =>
      download({ sizeBytes: { full: 2_000_000_000, quick: 500_000_000, slice: 20_000_000 }[size] }),
  },
]
