import { Queue } from 'bullmq'
import type { RedisSession } from './link.ts'

/** A job as it is announced on Redis. */
export interface Announced {
  id: string
  /** The data folder that holds its file; null: it may be done anywhere. */
  place: string | null
  /** How long until it is due; 0 or less: it is. */
  delayMs: number
}

/** How an id that is looked for stands on Redis. */
export type IdState = { kind: 'missing' | 'waiting' | 'delayed' } | { kind: 'fetched'; at: number }

/** An id that was fetched, and from where. */
export interface Fetched {
  id: string
  shelf: Shelf
}

/** Most ids that are asked for at once. */
const burstMax = 64
/** BullMQ's word for "no lock": a worker's claim is its lease on the row, and what is fetched is removed at once. */
const noLock = '0'

/** What is known of one of BullMQ's queues. */
export interface Shelf {
  queue: Queue
  /** How many ids it gave without running out, doubled. */
  burst: number
  /** Nobody has announced anything there since it was found empty. */
  isEmpty: boolean
  /** When the first that was put off is due, by this machine's clock; 0: none was. */
  nextAt: number
}

/**
 * Ids of jobs on Redis, carried by BullMQ: in one of its queues those that may be done anywhere, and in one for each
 * place those whose file is there. Nothing else is kept there, and nothing for longer than until somebody fetches it.
 *
 * Fetching and removing in bursts over one connection costs 60 µs an id; one at a time, with BullMQ's own worker, 170.
 */
export class RedisIds {
  readonly #session: RedisSession
  readonly #prefix: string
  readonly #shelves = new Map<string, Shelf>()
  /** Where ids are fetched from, in turn. */
  readonly #own: Shelf[]

  /** @param place whose ids are fetched, besides those of no place */
  constructor(session: RedisSession, { prefix, place }: { prefix: string; place: string | null }) {
    this.#session = session
    this.#prefix = prefix
    this.#own = [null, ...(place === null ? [] : [place])].map((each) => this.#shelf(each))
  }

  /** Adds ids; one that is there already is not added again. @returns the names of the queues that they are in */
  async add(announced: Announced[]): Promise<string[]> {
    const byName = Map.groupBy(announced, ({ place }) => RedisIds.nameOf(place))
    await Promise.all(
      [...byName].map(([name, entries]) =>
        this.#shelf(entries[0]?.place ?? null)
          .queue.addBulk(
            entries.map(({ id, delayMs }) => ({
              name: 'job',
              data: null,
              opts: { jobId: id, delay: Math.max(0, delayMs), removeOnComplete: true, removeOnFail: true },
            })),
          )
          .then(() => this.hear([name])),
      ),
    )
    return [...byName.keys()]
  }

  /** The queue of a place, as `add` and `hear` call it. */
  static nameOf(place: string | null): string {
    return place ?? 'anywhere'
  }

  /** Somebody has added ids to these queues; null: to any. */
  hear(names: string[] | null): void {
    for (const [name, shelf] of this.#shelves) if (names?.includes(name) ?? true) shelf.isEmpty = false
  }

  /** Takes ids that are due, most often the oldest first; `forget` them then, whatever becomes of their jobs. */
  async fetch(limit: number): Promise<Fetched[]> {
    const fetched: Fetched[] = []
    // Each goes first in turn, so that neither keeps the other waiting.
    this.#own.reverse()
    for (const shelf of this.#own)
      while (fetched.length < limit && (!shelf.isEmpty || (shelf.nextAt > 0 && shelf.nextAt <= Date.now())))
        fetched.push(...(await this.#burst(shelf, Math.min(limit - fetched.length, shelf.burst))))
    return fetched
  }

  /** Has fetched ids removed: from now on their rows govern. */
  async forget(fetched: Fetched[]): Promise<void> {
    await Promise.all(
      fetched.map(({ id, shelf }) =>
        shelf.queue
          .getBackend()
          // Of a job it looks at no more than this.
          .moveToCompleted({ id, opts: {} } as never, null, true, noLock, false)
          .catch(unlessForgotten),
      ),
    )
  }

  /** How long until the first that was put off is due; null: none was. */
  get nextMs(): number | null {
    const next = this.#own.flatMap(({ nextAt }) => (nextAt > 0 ? [nextAt] : []))
    return next.length === 0 ? null : Math.max(1, Math.min(...next) - Date.now())
  }

  /** In the order of what is asked for. */
  async states(asked: Pick<Announced, 'id' | 'place'>[]): Promise<IdState[]> {
    return Promise.all(
      asked.map(async ({ id, place }): Promise<IdState> => {
        const job = await this.#shelf(place).queue.getBackend().getJobData(id)
        if (job === undefined) return { kind: 'missing' }
        if (job.processedOn) return { kind: 'fetched', at: job.processedOn }
        return { kind: (job.delay ?? 0) > 0 ? 'delayed' : 'waiting' }
      }),
    )
  }

  async remove({ id, place }: Pick<Announced, 'id' | 'place'>): Promise<void> {
    await this.#shelf(place).queue.getBackend().remove(id, false)
  }

  async #burst(shelf: Shelf, size: number): Promise<Fetched[]> {
    const backend = shelf.queue.getBackend()
    // Before it is asked: what is announced meanwhile is not forgotten.
    shelf.isEmpty = true
    const answers = await Promise.all(Array.from({ length: size }, () => backend.moveToActive(noLock)))
    // [job, id, rate limit, when the next one is due]: what BullMQ's own worker goes by.
    const ids = answers.flatMap(([job, id]) => (job ? [String(id)] : []))
    const hasMore = ids.length === size
    if (hasMore) shelf.isEmpty = false
    shelf.nextAt = hasMore ? 0 : Number(answers.at(-1)?.[3] ?? 0)
    shelf.burst = hasMore ? Math.min(burstMax, shelf.burst * 2) : 1
    return ids.map((id) => ({ id, shelf }))
  }

  #shelf(place: string | null): Shelf {
    const name = RedisIds.nameOf(place)
    const known = this.#shelves.get(name)
    if (known !== undefined) return known
    const queue = new Queue(name, {
      connection: this.#session.bullmq,
      prefix: this.#prefix,
      // It is asked for its version by a command that not every user is allowed.
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
    })
    // The session's own listener ends it.
    queue.on('error', () => {})
    const shelf = { queue, burst: 1, isEmpty: false, nextAt: 0 }
    this.#shelves.set(name, shelf)
    return shelf
  }
}

/** Redis may be emptied between two commands; then there is nothing left to remove. BullMQ's own errors have numbers. */
function unlessForgotten(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error
}
