import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '../lib/errors.ts'
import type { Sql, SqlValue } from './database.ts'
import type { ScanAnswer, ScanQuestion } from './scan-worker.ts'

/** How long the end of a thread is waited for. */
const closeMs = 500
/** How many reads may wait for their turn. */
export const waitingMax = 100

interface Waiting {
  text: string
  parameters: SqlValue[]
  /** Rows of the type that the caller names. */
  answer(rows: unknown[]): void
  refuse(error: unknown): void
  isOver: boolean
  /** What is left to it of the phase it is in: waiting for its turn, then being answered. */
  timer: Timer
}

/**
 * One thread that reads a SQLite file, one question after the other.
 *
 *   idle → asking → idle
 *                 → overdue (its caller has been told; SQLite cannot be interrupted from here, so the thread works on
 *                   until the statement ends, takes nothing more, and is replaced then)
 */
export class ScanLane implements Pick<Sql, 'all'> {
  readonly #path: string
  readonly #limits: { timeoutMs: number; waitMs: number }
  readonly #queue: Waiting[] = []
  #worker: Worker | null = null
  #asked: Waiting | null = null
  /** The thread was told to end: what it still answers is late, and it is asked no more. */
  #isEnding = false
  #isClosed = false
  #ended: Promise<void> = Promise.resolve()

  /**
   * The thread starts with the first question.
   * @param limits.timeoutMs how long a read may take
   * @param limits.waitMs how long it may wait for its turn before that: those in front may be slow, and it be quick
   */
  constructor(path: string, limits: { timeoutMs: number; waitMs: number }) {
    this.#path = path
    this.#limits = limits
  }

  /** @throws UnavailableError `query_timeout` from a read that takes too long, `too_many_queries` when too many wait */
  all<Result>(text: string, parameters: SqlValue[] = []): Promise<Result[]> {
    const { promise, resolve, reject } = Promise.withResolvers<Result[]>()
    if (this.#isClosed) {
      reject(stopping())
      return promise
    }
    if (this.#queue.length >= waitingMax) {
      reject(tooManyQueries())
      return promise
    }
    const waiting: Waiting = {
      text,
      parameters,
      isOver: false,
      // The caller names the columns it selects.
      answer: (rows) => resolve(rows as Result[]),
      refuse: reject,
      timer: setTimeout(() => reject(tooManyQueries()), this.#limits.waitMs),
    }
    this.#queue.push(waiting)
    this.#next()
    return promise.finally(() => {
      waiting.isOver = true
      clearTimeout(waiting.timer)
    })
  }

  /**
   * Ends the thread; who still waits is refused. A statement that is being answered is waited for only briefly: the
   * thread ends with the process in any case.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const waiting of [...this.#queue.splice(0), this.#asked]) waiting?.refuse(stopping())
    this.#end()
    await Promise.race([this.#ended, delay(closeMs, null, { ref: false })])
  }

  #next(): void {
    if (this.#asked !== null || this.#isClosed) return
    let asked = this.#queue.shift()
    // Their time was over before their turn came.
    while (asked?.isOver) asked = this.#queue.shift()
    if (asked === undefined) return
    this.#asked = asked
    const { timeoutMs } = this.#limits
    clearTimeout(asked.timer)
    asked.timer = setTimeout(() => this.#giveUp(asked), timeoutMs)
    const question: ScanQuestion = { path: this.#path, text: asked.text, parameters: asked.parameters }
    this.#thread().postMessage(question)
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(workerUrl())
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = promise
    worker.addEventListener('message', (event: MessageEvent<ScanAnswer>) => this.#answered(event.data))
    let cause: unknown = null
    worker.addEventListener('error', (event) => {
      cause = event.error ?? event.message
    })
    worker.addEventListener('close', () => {
      resolve()
      this.#worker = null
      this.#isEnding = false
      // It ended by itself, which is a bug, or its caller has been told already.
      this.#asked?.refuse(new Error('The thread that reads the database has ended.', { cause }))
      this.#asked = null
      this.#next()
    })
    this.#worker = worker
    return worker
  }

  #answered(answer: ScanAnswer): void {
    if (this.#isEnding) return
    const asked = this.#asked
    this.#asked = null
    if ('rows' in answer) asked?.answer(answer.rows)
    else asked?.refuse(Object.assign(new Error(answer.message), { code: answer.code }))
    this.#next()
  }

  #giveUp(asked: Waiting): void {
    asked.refuse(queryTimeout(this.#limits.timeoutMs))
    // Takes effect when SQLite has come to the end of the statement; until then the lane takes no other.
    if (this.#asked === asked) this.#end()
  }

  #end(): void {
    this.#isEnding = true
    this.#worker?.terminate()
  }
}

const stopping = () => new UnavailableError('stopping', 'The service is stopping.')

/** In the executable every module has the address of the whole, and an entry point keeps its place below src/. */
function workerUrl(): URL {
  const isBundled = import.meta.path === Bun.main
  return new URL(isBundled ? './db/scan-worker.ts' : './scan-worker.ts', import.meta.url)
}

/** What a read that took too long is answered with. */
export function queryTimeout(timeoutMs: number, cause?: unknown): UnavailableError {
  return new UnavailableError(
    'query_timeout',
    `This took longer than ${Math.round(timeoutMs / 1000)} s and was given up; ask for less: one supplier, a SKU, a longer text.`,
    { cause, retryAfterMs: 5000 },
  )
}

/** What a read is answered with whose turn does not come. */
export const tooManyQueries = () =>
  new UnavailableError('too_many_queries', 'Too many searches at once; try again in a moment.', {
    retryAfterMs: 2000,
  })
