import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openApp } from '../../../src/app.ts'
import { loadConfig } from '../../../src/config.ts'
import { trigger } from '../../../src/courier/trigger.ts'
import type { Database } from '../../../src/db/database.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { newId } from '../../../src/lib/id.ts'
import { sourceStore } from '../../../src/sources/store.ts'
import { supplierStore } from '../../../src/suppliers/store.ts'
import { silentLog } from './queues.ts'
import { mountSmallDisk, pageBytes, type SmallDisk } from './small-disk.ts'
import { startProcess } from './worker.ts'

const worker = join(import.meta.dir, 'children/courier.ts')

const diskBytes = 48 * 1024 ** 2
/** Disks, each with a worker of its own: most of the time a job waits for room to be looked for again. */
const disksMax = 6
/** Items of a list; the rest of it is empty lines. */
const itemCount = 20
/** How long a disk stays full when nobody says that it is: the end of an attempt finds no room either. */
const unsaidMs = 5000
/** Longer than all pauses of another failure take together, so that a job that did not wait for room would be dead. */
const heldMs = 40_000
/** Longer than a lease and all pauses that can come of a disk that was full for `heldMs`. */
const patienceMs = 240_000
/** How long tidying up may take on a busy machine. */
const tidyMs = 20_000
const lookMs = 50

/** What came of lists that were fetched onto a full disk. */
export interface FullFetches {
  /** Something was amiss afterwards that somebody would have to mend, or the list was not in the catalog. */
  repairs: number
  /** Attempts that found no room, at any step. */
  putOff: number
  /** Of those, whose disk stayed full for longer than other failures are tried again. */
  held: number
}

/** Where lists find no room. */
export interface FullPoints {
  points: number
  /** How many pages they are apart. */
  pagesEach: number
  /** Every so manieth disk that was found full stays so for longer than any other failure is waited for; 0: none does. */
  heldEvery: number
}

/**
 * Has lists fetched by a worker, from a server that fills the disk up to a point when it is asked for one the first
 * time: at the first point nothing is left, at each further one some pages more, so that it is the download that finds
 * no room, or the note, or the commit, or what is staged or published. Then there is room again, and nobody does anything
 * but wait: the list has to be in the catalog.
 * @returns null: this user may mount no disk
 */
export async function fullFetches(asked: FullPoints): Promise<FullFetches | null> {
  const { points } = asked
  await using ends = new AsyncDisposableStack()
  const disks: SmallDisk[] = []
  for (let n = 0; n < Math.min(disksMax, points); n++) {
    const disk = await mountSmallDisk(diskBytes)
    if (disk === null) return null
    disks.push(ends.use(disk))
  }
  const found: FullFetches = { repairs: 0, putOff: 0, held: 0 }
  const left = Array.from({ length: points }, (_, point) => point)
  const work = disks.map((disk) => fetchOnto(disk, { ...asked, left, found }))
  const ended = await Promise.allSettled(work)
  for (const each of ended) if (each.status === 'rejected') throw each.reason
  return found
}

interface Points extends FullPoints {
  /** Those that nobody has begun yet. */
  left: number[]
  found: FullFetches
}

async function fetchOnto(
  disk: SmallDisk,
  { left, points, pagesEach, heldEvery, found }: Points,
): Promise<void> {
  // So large that at half of the points it does not fit.
  const listBytes = Math.ceil((points * pagesEach) / 2) * pageBytes
  await using ends = new AsyncDisposableStack()
  const env = {
    PATH: process.env.PATH,
    HOME: disk.folder,
    TALLYMAN_DATA_DIR: join(disk.folder, 'data'),
    TALLYMAN_DISK_FREE_MIN: '0',
    TALLYMAN_CONCURRENCY: '1',
    TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
  }
  const config = loadConfig(env, disk.folder)
  const app = await openApp({ config, clock: systemClock, log: silentLog, schema: 'write' })
  ends.defer(() => app.close())
  const asked = new Set<number>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const point = Number(new URL(request.url).pathname.slice(1))
      if (!asked.has(point)) await disk.fill(point * pagesEach)
      asked.add(point)
      return new Response(listOf(point, listBytes), { headers: { 'content-type': 'text/csv' } })
    },
  })
  ends.defer(() => server.stop(true))
  const carrier = ends.use(startProcess([process.execPath, worker], { env, cwd: disk.folder }))
  await carrier.ready
  for (let point = left.shift(); point !== undefined; point = left.shift()) {
    const job = await start(app, { point, url: `${server.url.origin}/${point}` })
    const faults = await seeThrough(disk, {
      db: app.db,
      job,
      heldEvery,
      found,
      hasBegun: () => asked.has(point),
    })
    faults.push(...(await missing(app.db, point)), ...(await leftBehind(config.dataDirectory)))
    if (carrier.hasEnded()) faults.push('the worker has ended')
    if (faults.length > 0) found.repairs++
    for (const fault of faults) console.error(`fetched with ${point * pagesEach} pages left: ${fault}`)
    if (carrier.hasEnded()) return
  }
  const [row] = await app.db.all<{ integrity_check: string }>('pragma integrity_check')
  if (row?.integrity_check === 'ok') return
  found.repairs++
  console.error(`the database is damaged: ${row?.integrity_check}`)
}

const listOf = (point: number, listBytes: number) =>
  `sku;price\n${Array.from({ length: itemCount }, (_, n) => `S${n};${point + 1}\n`).join('')}`.padEnd(
    listBytes,
    '\n',
  )

/** @returns the id of the job */
async function start(
  { db, parts }: Awaited<ReturnType<typeof openApp>>,
  { point, url }: { point: number; url: string },
): Promise<string> {
  const now = new Date()
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const { id: supplierId } = await supplierStore(stores).findOrAdd(`Supplier ${point}`, now)
    const { id } = await sourceStore(stores).add({
      id: newId(),
      supplierId,
      name: 'list',
      kind: 'http',
      config: { url },
      secrets: null,
      schedule: null,
      timeZone: null,
      retryDelaysMs: null,
      listMode: 'full',
      currency: 'EUR',
      now,
    })
    const { started } = await trigger(tx, parts, { sources: [id], trigger: 'api', now })
    return started[0]!.jobId
  })
}

interface Waiting extends Pick<Points, 'heldEvery' | 'found'> {
  db: Database
  job: string
  /** Whether its list was asked for, so that the disk is full. */
  hasBegun(): boolean
}

/** Makes room once the job has met the full disk, and waits for its end. @returns what was amiss, in words */
async function seeThrough(
  disk: SmallDisk,
  { db, job, heldEvery, found, hasBegun }: Waiting,
): Promise<string[]> {
  const faults: string[] = []
  const row = async () =>
    (
      await db.all<{ state: string; retries: number; code: string | null }>(
        'select state, retry_count as retries, error_code as code from jobs where id = $1',
        [job],
      )
    )[0]!
  await until(async () => hasBegun() || hasEnded(await row()), patienceMs)
  const begun = performance.now()
  await until(async () => {
    const { state, retries } = await row()
    return hasEnded({ state }) || retries > 0 || performance.now() - begun > unsaidMs
  }, patienceMs)
  const { state, retries, code } = await row()
  if (state !== 'succeeded') found.putOff++
  if (retries > 0 && code !== 'disk_full') faults.push(`it was put off as ${code}`)
  if (state !== 'succeeded' && heldEvery > 0 && found.putOff % heldEvery === 0) {
    found.held++
    await until(async () => hasEnded(await row()), heldMs)
  }
  await disk.free()
  await until(async () => hasEnded(await row()), patienceMs)
  const end = await row()
  if (end.state !== 'succeeded') faults.push(`its job is ${end.state} (${end.code})`)
  return faults
}

const hasEnded = ({ state }: { state: string }) => state !== 'queued' && state !== 'running'

async function until(isSo: () => Promise<boolean>, forMs: number): Promise<void> {
  const deadline = performance.now() + forMs
  while (performance.now() < deadline && !(await isSo().catch(() => false)))
    await new Promise((resolve) => setTimeout(resolve, lookMs))
}

/** Whether the catalog lacks something of a list. */
async function missing(db: Database, point: number): Promise<string[]> {
  const [row] = await db.all<{ items: number; prices: number }>(
    `select count(distinct i.id) as items, count(h.item_id) as prices
     from suppliers as p join supplier_items as i on i.supplier_no = p.no
     left join price_history as h on h.item_id = i.id and h.price_e4 = $2
     where p.name = $1`,
    [`Supplier ${point}`, (point + 1) * 10_000],
  )
  const isWhole = row?.items === itemCount && row.prices === itemCount
  return isWhole ? [] : [`of ${itemCount} items ${row?.items} are in the catalog, with ${row?.prices} prices`]
}

/** What was being written or read has to be there no more; a job has ended a moment before its worker tidies up. */
async function leftBehind(data: string): Promise<string[]> {
  const names = async () =>
    (await readdir(data, { recursive: true })).filter((name) =>
      /^(raw\/(incoming|borrowed)|staging)\/./.test(name),
    )
  await until(async () => (await names()).length === 0, tidyMs)
  return (await names()).map((name) => `a file ${name}`)
}
