import { describe, expect, test } from 'bun:test'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { analyze } from '../../src/analyzer/analyze.ts'
import { type App, openApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { type CarryParts, carry } from '../../src/courier/carry.ts'
import { takeIn } from '../../src/courier/intake.ts'
import type { Reader, RemoteReader } from '../../src/courier/reader.ts'
import { openSlots } from '../../src/courier/slots.ts'
import { type InlineSource, triggerInline } from '../../src/courier/trigger.ts'
import type { Database } from '../../src/db/database.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { claimDue } from '../../src/queue/claim.ts'
import type { Lease } from '../../src/queue/job.ts'
import { writtenTables } from '../helpers/bench.ts'
import { type Engine, engines, freshDatabaseUrl } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { silentLog } from '../helpers/open-database.ts'
import { testKey } from '../helpers/sealer.ts'
import { sftpPassword, startSftpServer } from '../helpers/sftp-server.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const place = 'here'
/** Transactions that one job makes at most. */
const transactionsMax = 40

interface Ground extends AsyncDisposable {
  app: App
  folder: string
  /** What ends with it. */
  ends: AsyncDisposableStack
}

async function openGround(engine: Engine): Promise<Ground> {
  await using made = new AsyncDisposableStack()
  const directory = made.use(await temporaryDirectory())
  const database = made.use(await freshDatabaseUrl(engine))
  await mkdir(directory.file('lists'))
  const env = {
    DATABASE_URL: database.url,
    TALLYMAN_DATA_DIR: directory.file('data'),
    TALLYMAN_LOCAL_FOLDERS: directory.file('lists'),
    TALLYMAN_CURRENCY: 'EUR',
    TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
    TALLYMAN_SECRET_KEY: testKey,
  }
  const config = loadConfig(env, directory.path)
  const app = await openApp({ config, clock: systemClock, log: silentLog, schema: 'write' })
  made.defer(() => app.close())
  const ends = made.move()
  return { app, folder: directory.path, ends, [Symbol.asyncDispose]: () => ends.disposeAsync() }
}

/** A job that waits, and how it is worked on where that is not as usual. */
interface Waiting {
  jobId: string
  parts?: Partial<CarryParts>
}

/** What may become of a job, each way with other transactions. */
const ways: Record<string, (ground: Ground, n: number) => Promise<Waiting>> = {
  'a list that is published': async (ground, n) => ({
    jobId: await handedIn(ground, { supplier: `Acme ${n}`, text: list(1) }),
  }),

  async 'a list that is held'(ground, n) {
    const supplier = `Acme ${n}`
    await carried(ground, { jobId: await handedIn(ground, { supplier, text: list(1) }) }, null)
    return { jobId: await handedIn(ground, { supplier, text: list(50) }) }
  },

  'a list without anything in it': async (ground, n) => ({
    jobId: await handedIn(ground, { supplier: `Acme ${n}`, text: 'nothing here\n' }),
  }),

  'a list that is fetched': async (ground, n) => ({ jobId: await triggered(ground, n) }),

  async 'a list that is fetched again, and is the same'(ground, n) {
    await carried(ground, { jobId: await triggered(ground, n) }, null)
    return { jobId: await triggered(ground, n) }
  },

  async 'a list of a server whose key is new'(ground, n) {
    const server = ground.ends.use(await startSftpServer(join(ground.folder, 'lists')))
    await Bun.write(join(ground.folder, 'lists', 'list.csv'), list(1))
    const login = { host: '127.0.0.1', port: server.port, username: 'acme', password: sftpPassword }
    const config = { ...login, path: '/list.csv', settle_seconds: 0.1 }
    return { jobId: await triggered(ground, n, { kind: 'sftp', config }) }
  },

  'a list that there is no room for': async (ground, n) => ({
    jobId: await triggered(ground, n),
    parts: { room: { lack: async () => 'full', wait: async () => {} } },
  }),

  'rows of another analyzer': async (ground, n) => ({
    jobId: await handedIn(ground, { supplier: `Acme ${n}`, text: '%PDF-1.7' }),
    parts: { analyzer: foreign, usesAnalyzer: true },
  }),

  'a reader that crashes': async (ground, n) => ({
    jobId: await handedIn(ground, { supplier: `Acme ${n}`, text: list(1) }),
    parts: {
      child: {
        kind: 'child',
        read: async () => ({ status: 'failed', code: 'analyzer_crashed', message: 'It crashed.' }),
      },
    },
  }),
}

const list = (factor: number) =>
  `sku;name;price\n${Array.from({ length: 20 }, (_, n) => `A-${n};Saw ${n};${(n + 1) * factor},50\n`).join('')}`

const foreign: RemoteReader = {
  kind: 'remote',
  read: async () => ({ status: 'rows', resultUrl: new URL('http://127.0.0.1:9/') }),
  isHealthy: async () => true,
  restart: async () => {},
  async saveRows(_url, path) {
    await Bun.write(path, '{"_sheet":"S","sku":"R-1","name":"Saw","price":"1,50","currency":"EUR"}\n')
    return true
  },
}

async function handedIn(
  { app, folder }: Ground,
  { supplier, text }: { supplier: string; text: string },
): Promise<string> {
  const path = join(folder, 'handed-in.csv')
  await Bun.write(path, text)
  const parts = { ...app.parts, place, carrier: null }
  return (await takeIn(parts, { ...plainHandover, path, supplier })).jobId
}

async function triggered(
  { app, folder }: Ground,
  n: number,
  source?: Pick<InlineSource, 'kind' | 'config'>,
): Promise<string> {
  const path = join(folder, 'lists', `${n}.csv`)
  await Bun.write(path, `${list(1)}B-${n};Hammer;1,50\n`)
  const { started } = await app.db.tx((tx) =>
    triggerInline(tx, app.parts, {
      source: {
        supplier: `Acme ${n}`,
        name: 'daily',
        kind: 'local',
        config: { path, settle_seconds: 0.1 },
        schedule: null,
        timeZone: null,
        retryDelaysMs: null,
        listMode: 'full',
        currency: null,
        ...source,
      },
      trigger: 'api',
      now: new Date(),
    }),
  )
  return started[0]!.jobId
}

/**
 * Works on a job as the courier and the analyzer do, in one process.
 * @param lossAt somebody else takes the job over right before its transaction of this number, from 1 on; null: nobody does
 * @returns what there was when that happened; null: the work was done before
 */
async function carried(
  { app, folder }: Ground,
  { jobId, parts = {} }: Waiting,
  lossAt: number | null,
): Promise<Contents | null> {
  const claim = { worker: 'me 1 ', place, endedWorkers: [], limit: 1, leaseMs: 60_000, ids: [jobId] }
  const [taken] = await claimDue(app.db, claim)
  if (taken === undefined) throw new Error('The job was not to be had.')
  let contents: Contents | null = null
  let transactions = 0
  const db = beforeEach(app.db, async (tx) => {
    if (++transactions !== lossAt) return
    await takeOver(tx, taken.lease)
    contents = await contentsOf(app.db, folder)
  })
  const child: Reader = {
    kind: 'child',
    async read({ importId, lease, path, sha256 }, { signal }) {
      await analyze({ ...app.parts, db }, importId, {
        handed: { lease, path, sha256 },
        onProgress: () => {},
        signal,
      })
      return { status: 'done' }
    },
  }
  const turn = openSlots({ count: 1 }).begin()
  await carry(
    {
      ...app.parts,
      place,
      analyzer: null,
      child,
      usesAnalyzer: false,
      hasFallback: false,
      retryDelaysMs: [],
      clearUp: async () => {},
      ...parts,
      db,
    },
    taken,
    { onProgress: () => {}, signal: new AbortController().signal, turn },
  )
  turn.end()
  return contents
}

/** The same database, of which each transaction is told of before it begins. */
function beforeEach(db: Database, tell: (tx: Database['tx']) => Promise<void>): Database {
  const telling =
    (tx: Database['tx']): Database['tx'] =>
    async (work) => {
      await tell(tx)
      return tx(work)
    }
  const { native } = db
  return {
    ...db,
    tx: telling(db.tx),
    native:
      native.engine === 'postgres'
        ? native
        : {
            ...native,
            withAttached: (path, work) => native.withAttached(path, (sql, tx) => work(sql, telling(tx))),
          },
  }
}

/** As a claim does that finds the lease run out. */
const takeOver = (tx: Database['tx'], { jobId }: Lease): Promise<number> =>
  tx((sql) =>
    sql.run(
      `update jobs set attempt = attempt + 1, takeovers = takeovers + 1, lease_token = 'other', worker = 'other 2 '
       where id = $1`,
      [jobId],
    ),
  )

type Contents = Record<string, string[]>

/** Everything that working on a job may write. Ids that are set aside for new items are nobody's. */
async function contentsOf(db: Database, folder: string): Promise<Contents> {
  const contents: Contents = {}
  for (const table of [...writtenTables, 'raw_files', 'ingestion_runs'])
    contents[table] = (await db.all<object>(`select * from ${table}`))
      .map((row) => JSON.stringify(row))
      .sort()
  const raw = await readdir(join(folder, 'data', 'raw'), { recursive: true }).catch(() => [])
  contents.raw = raw.filter((name) => /^[0-9a-f]{2}\/./.test(name)).sort()
  return contents
}

for (const engine of engines)
  describe(engine, () => {
    for (const [what, way] of Object.entries(ways))
      test(`${what}: whenever the job is taken over, its old worker writes nothing from then on`, async () => {
        await using ground = await openGround(engine)
        let losses = 0
        for (let lossAt = 1; lossAt <= transactionsMax; lossAt++) {
          const before = await carried(ground, await way(ground, lossAt), lossAt)
          if (before === null) break
          losses++
          expect({ lossAt, ...(await contentsOf(ground.app.db, ground.folder)) }).toEqual({
            lossAt,
            ...before,
          })
        }
        // At its beginning, and at its end at least.
        expect(losses).toBeGreaterThan(1)
        expect(losses).toBeLessThan(transactionsMax)
      }, 240_000)
  })
