import type { Database } from '../db/database.ts'
import { ConflictError } from '../lib/errors.ts'
import { jobStore, type Lease, leaseMs } from '../queue/store.ts'

/** Renews the lease while the work goes on, and aborts the work when the lease is lost. */
export class Heartbeat {
  readonly signal: AbortSignal
  readonly #timer: ReturnType<typeof setInterval>

  constructor({ db }: { db: Database }, lease: Lease, outer: AbortSignal) {
    const lost = new AbortController()
    this.signal = AbortSignal.any([outer, lost.signal])
    this.#timer = setInterval(() => {
      db.tx((tx) => jobStore({ query: tx.query, tables: db.tables }).renew(lease)).catch((error) => {
        if (error instanceof ConflictError) lost.abort(error)
      })
    }, leaseMs / 4)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
