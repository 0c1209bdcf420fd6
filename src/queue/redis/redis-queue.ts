import type { Database } from '../../db/database.ts'
import type { Logger } from '../../lib/log.ts'
import { Bell } from '../bell.ts'
import { claimDue, claims } from '../claim.ts'
import { ensureInstallation, installationStore } from '../installation.ts'
import { leaseMs as leaseDefaultMs, type Taken } from '../job.ts'
import { lookAfterJobs } from '../look.ts'
import { workersLostMax as lostDefaultMax } from '../model.ts'
import type { Queue, QueueOptions } from '../queue.ts'
import { RedisIds } from './ids.ts'
import { openJobHashes } from './job-hash.ts'
import { type RedisHealth, RedisLink } from './link.ts'
import { type RedisMessage, redisMessageOf, redisNames } from './message.ts'
import { reconciler } from './reconcile.ts'
import { waitingJobs } from './waiting.ts'

const lookDefaultMs = 5000
/** How long ends may be gathered that nobody waits for: asking the rows after each of them costs a third of the CPU time. */
const calmMs = 20

/** A queue that can say how its Redis is. */
export interface RedisQueue extends Queue {
  health(): RedisHealth
}

export interface RedisQueueOptions extends QueueOptions {
  url: string
  db: Database
  log: Logger
}

/**
 * The queue on Redis: ids of jobs travel over it, and a worker that gets one takes the job by its row. While Redis
 * cannot be used it goes on as the embedded one does, without hearing from other processes.
 *
 *   announce → the rows say what follows from it → ids added → told by PUBLISH → fetched → row claimed
 *
 * Each look puts back what Redis has lost: see reconcile.ts.
 */
export async function openRedisQueue({
  url,
  db,
  log,
  worker,
  place = null,
  leaseMs = leaseDefaultMs,
  lookMs = lookDefaultMs,
  workersLostMax = lostDefaultMax,
}: RedisQueueOptions): Promise<RedisQueue> {
  const { prefix, channel, keptKey } = redisNames(await installationId(db))
  const self = crypto.randomUUID()
  const bell = new Bell()
  const listeners = new Set<() => void>()
  const waiting = waitingJobs(db.query.kept)
  const reconcile = reconciler({ db, place, workersLostMax, keptKey })
  /** Jobs that were taken here and have not been heard of since, with their lanes. */
  const taken = new Map<string, string | null>()
  const announced = new Set<string>()
  let ids: RedisIds | null = null
  let endedWorkers: string[] = []
  let announcing: Promise<void> | null = null
  let calmTimer: ReturnType<typeof setTimeout> | null = null
  let fetching: Promise<unknown> = Promise.resolve()

  const link = new RedisLink({
    url,
    log,
    channel,
    onMessage: hear,
    onUp(session) {
      ids = new RedisIds(session, { prefix, place })
      hashes.compareSoon()
      lookSoon()
    },
    onDown() {
      ids = null
      bell.ring()
    },
  })
  const hashes = openJobHashes({ db, link, working: () => taken.keys() })

  function tellListeners(): void {
    for (const listener of listeners) listener()
  }

  function hear(text: string): void {
    const message = redisMessageOf(text)
    if (message === null || message.from === self) return
    ids?.hear(message.shelves)
    if (message.shelves.length > 0) bell.ring()
    if (message.jobs === null || message.jobs.some((id) => taken.has(id))) tellListeners()
    if (message.from !== null) return
    // Each queue does it; an id that is there already is not added again.
    if (message.jobs === null) lookSoon()
    for (const id of message.jobs ?? []) if (!taken.has(id)) announced.add(id)
    if (announced.size > 0) announceSoon()
  }

  async function tell(message: Omit<RedisMessage, 'from'>): Promise<void> {
    const text = JSON.stringify({ from: self, ...message } satisfies RedisMessage)
    await link.use(({ client }) => client.publish(channel, text))
  }

  /** Announces what follows from all changes that were told until now. */
  async function announceAll(): Promise<void> {
    while (announced.size > 0) {
      const changed = [...announced]
      announced.clear()
      hashes.touch(changed)
      // What was at work here has ended, or waits again; nobody else was.
      const others = changed.filter((id) => !taken.delete(id))
      const added = ids
      if (added === null) continue
      const follow = await waiting.after(changed)
      const shelves = follow.length === 0 ? [] : await link.use(() => added.add(follow))
      if (shelves.length > 0) bell.ring()
      if (shelves.length > 0 || others.length > 0) await tell({ shelves, jobs: others })
    }
  }

  /** Those that change at the same moment are announced together. */
  function announceSoon(): void {
    if (calmTimer !== null) clearTimeout(calmTimer)
    calmTimer = null
    announcing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(announceAll)
      .catch((error) => log.debug('jobs were not announced; the next look finds them', { error }))
      .finally(() => {
        announcing = null
        if (announced.size > 0) announceSoon()
      })
  }

  /** What was done here and was in nobody's way has either ended, or waits for longer than this to be tried again. */
  function announceCalmly(): void {
    if (announcing === null) calmTimer ??= setTimeout(announceSoon, calmMs)
  }

  async function claim(limit: number, ids?: string[]): Promise<Taken[]> {
    const who = { worker, place, endedWorkers, workersLostMax }
    const claimed = await claimDue(db, { ...who, limit, leaseMs, ...(ids && { ids }) })
    for (const { job } of claimed) taken.set(job.id, job.lane)
    return claimed
  }

  /** @returns jobs, or how long there may be none */
  async function take(limit: number): Promise<{ jobs: Taken[]; waitMs: number }> {
    const from = ids
    // It may go away at any moment: then the rows are asked at once.
    const fetched = from === null ? null : await link.use(() => from.fetch(limit)).catch(() => null)
    if (from === null || fetched === null)
      return { jobs: await claim(limit), waitMs: (await claims(db.query.kept).nextDueMs()) ?? lookMs }
    if (fetched.length === 0) return { jobs: [], waitMs: from.nextMs ?? lookMs }
    // Nobody need wait for that: what stays there because this process ends now is found by another's look.
    link.use(() => from.forget(fetched)).catch(() => {})
    const named = fetched.map(({ id }) => id)
    const jobs = await claim(limit, named)
    const claimed = new Set(jobs.map(({ job }) => job.id))
    const dropped = named.filter((id) => !claimed.has(id))
    // One that came too early by the clock of the database is not lost to the next look.
    const early =
      dropped.length === 0 ? [] : (await waiting.after(dropped)).filter(({ delayMs }) => delayMs > 0)
    if (early.length > 0) await link.use(() => from.add(early)).catch(() => {})
    return { jobs, waitMs: 0 }
  }

  /** For what nobody announces, and what Redis has lost. */
  async function look(): Promise<void> {
    endedWorkers = await lookAfterJobs(db, { worker, log, workersLostMax, onEnded: hashes.touch })
    if (endedWorkers.length > 0) await db.tx(({ query }) => waitingJobs(query.kept).release(endedWorkers))
    const added = ids
    if (added === null) return
    const { putBack, isForgotten } = await reconcile.look(link, added, lookMs)
    // What was lost with the messages is asked for all the same.
    added.hear(null)
    if (isForgotten) hashes.compareSoon()
    if (putBack.length === 0) return
    hashes.touch(putBack.map(({ id }) => id))
    await tell({ shelves: [...new Set(putBack.map(({ place }) => RedisIds.nameOf(place)))], jobs: [] })
    if (isForgotten) log.warn('the queue had lost jobs; they were put back', { jobs: putBack.length })
    else log.debug('jobs that nobody had announced were found', { jobs: putBack.length })
  }

  let looking: Promise<void> = Promise.resolve()
  let looksAhead = 0
  function lookSoon(): void {
    // One that is under way may have passed what this one is for; more than one more are not needed.
    if (looksAhead > 1) return
    looksAhead++
    looking = looking
      .then(look)
      .catch((error) => {
        if (link.isUp) log.error('the queue could not be read', { error })
      })
      .then(() => {
        looksAhead--
        bell.ring()
        tellListeners()
      })
  }
  const timer = setInterval(lookSoon, lookMs)
  await link.open()
  if (!link.isUp) lookSoon()
  await looking

  return {
    health: () => link.health,
    announce(jobId) {
      // The rows serve what waits here, should Redis be away.
      if (!link.isUp) {
        bell.ring()
        tellListeners()
      }
      if (jobId === null) {
        tellListeners()
        lookSoon()
        void tell({ shelves: [], jobs: null }).catch(() => {})
        return
      }
      const isCalm = taken.get(jobId) === null
      announced.add(jobId)
      if (isCalm) announceCalmly()
      else announceSoon()
    },
    async next({ limit, signal }) {
      for (;;) {
        if (signal.aborted) return []
        const { count } = bell
        let waitMs = lookMs
        try {
          const turn = fetching.then(() => take(limit))
          fetching = turn.catch(() => {})
          const found = await turn
          if (found.jobs.length > 0) return found.jobs
          if (found.waitMs === 0) continue
          waitMs = Math.min(lookMs, found.waitMs)
        } catch (error) {
          // The database may be back at the next look.
          log.error('the queue could not be read', { error })
        }
        await bell.wait(count, waitMs, signal)
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      clearInterval(timer)
      if (announced.size > 0) announceSoon()
      while (announcing !== null) await announcing
      await looking
      await hashes.close()
      link.close()
    },
  }
}

async function installationId(db: Database): Promise<string> {
  await ensureInstallation(db, new Date())
  const installation = await installationStore(db).get()
  if (installation === null) throw new Error('The installation was made, and is not there.')
  return installation.id
}
