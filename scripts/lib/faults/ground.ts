import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { defaultTableOptions } from '../../../src/analyzer/table/decision.ts'
import type { Database } from '../../../src/db/database.ts'
import { migrateUp } from '../../../src/db/migrate.ts'
import { openDatabase } from '../../../src/db/open.ts'
import { importStore } from '../../../src/imports/store.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { Queue, QueueOptions } from '../../../src/queue/queue.ts'
import { jobStore } from '../../../src/queue/store.ts'
import { defaultSettings } from '../../../src/sources/model.ts'
import { noPins } from '../../../src/sources/pins.ts'
import { sourceStore } from '../../../src/sources/store.ts'
import { supplierStore } from '../../../src/suppliers/store.ts'
import { temporaryDirectory } from '../../../test/helpers/temporary.ts'
import { makeLedger } from './ledger.ts'
import type { Engine, Place, Servers } from './place.ts'
import { openQueue, silentLog } from './queues.ts'

/** A database with this program's schema, a ledger and jobs; disposing deletes it. */
export interface Ground extends AsyncDisposable {
  place: Place
  db: Database
  /** Of the database: for other processes. */
  url: string
  redisUrl: string | null
  /** Another connection to it; closed with the ground. */
  connect(): Promise<Database>
  /** A queue with connections of its own, as another process has it. */
  queue(options?: Partial<QueueOptions>): Promise<{ queue: Queue; db: Database }>
  /**
   * Adds jobs that are due, and announces nothing.
   * @param options.lanes how many; every other job is in one of them
   * @returns their ids
   */
  add(count: number, options?: { lanes?: number; retryDelaysMs?: readonly number[] }): Promise<string[]>
}

export async function openGround(place: Place, servers: Servers): Promise<Ground> {
  const made = new AsyncDisposableStack()
  try {
    const { url, ...fresh } = await freshDatabase(place.engine, servers)
    made.use(fresh)
    const redisUrl = place.backend === 'redis' ? required(servers.redisUrl, 'Redis') : null
    const connect = async () => {
      const db = await connectTo(url)
      made.defer(() => db.close())
      return db
    }
    const db = await connect()
    await migrateUp(db, systemClock)
    await makeLedger(db)
    const importId = await addImport(db)
    let queues = 0
    return {
      place,
      db,
      url,
      redisUrl,
      connect,
      async queue(options = {}) {
        const own = await connect()
        const worker = `elsewhere ${++queues} `
        const queue = await openQueue({ db: own, redisUrl, worker, lookMs: 50, ...options })
        let closing: Promise<void> | null = null
        const close = () => {
          closing ??= queue.close()
          return closing
        }
        made.defer(close)
        return { queue: { ...queue, close }, db: own }
      },
      async add(count, { lanes = 0, ...options } = {}) {
        return db.tx(async ({ query }) => {
          const jobs = jobStore({ query, tables: db.tables })
          const ids: string[] = []
          for (let n = 0; n < count; n++) {
            const lane = lanes === 0 || n % 2 === 0 ? null : `lane ${n % lanes}`
            ids.push(await jobs.add({ importId, lane, worker: null, now: new Date(), ...options }))
          }
          return ids
        })
      },
      [Symbol.asyncDispose]: () => made.disposeAsync(),
    }
  } catch (error) {
    await made.disposeAsync()
    throw error
  }
}

/** Nobody reads it. */
const noFile = 'none'

/** As every process opens it. */
export const connectTo = (url: string): Promise<Database> =>
  openDatabase({ url, log: silentLog, poolSize: 8, lockTimeoutMs: 30_000 })

/** An empty database. */
export async function freshDatabase(
  engine: Engine,
  { postgresUrl }: Servers,
): Promise<AsyncDisposable & { url: string }> {
  if (engine === 'sqlite') {
    const directory = await temporaryDirectory()
    return {
      url: `sqlite:${directory.file('tallyman.db')}`,
      [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    }
  }
  const serverUrl = required(postgresUrl, 'PostgreSQL')
  const name = `faults_${randomBytes(8).toString('hex')}`
  await onServer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => onServer(serverUrl, `drop database ${name} with (force)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

function required(url: string | null, name: string): string {
  if (url === null) throw new Error(`This scenario needs ${name}.`)
  return url
}

/** The one that all jobs here belong to: what they bring is in the ledger. */
async function addImport(db: Database): Promise<string> {
  return db.tx(async ({ query }) => {
    const now = systemClock.now()
    await query
      .insert(db.tables.rawFiles)
      .values({ sha256: noFile, md5: noFile, sizeBytes: 0, createdAt: now })
    const stores = { query, tables: db.tables }
    const supplier = await supplierStore(stores).findOrAdd('Faults', now)
    const source = await sourceStore(stores).findOrAddUpload(supplier.id, 'upload', now)
    return importStore(stores).add({
      trigger: 'cli',
      supplierId: supplier.id,
      sourceId: source.id,
      fileName: 'none.csv',
      sha256: noFile,
      options: {
        settings: defaultSettings,
        said: noPins,
        table: defaultTableOptions,
        listMode: 'partial',
        format: null,
        encoding: null,
        delimiter: null,
        sheets: null,
        mayHold: true,
        isForced: false,
      },
      readingKey: 'none',
      now,
    })
  })
}
