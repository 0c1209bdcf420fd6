import type { Database } from '../../../src/db/database.ts'
import { jobStore, type Lease } from '../../../src/queue/store.ts'

/** Where jobs leave what they have done: one row for each time that one was carried out. */
export const ledgerTable = 'fault_ledger'

export async function makeLedger(db: Database): Promise<void> {
  await db.run(`create table ${ledgerTable} (job_id text not null, attempt integer not null)`)
}

/**
 * What a job does here: its effect and its end, in one transaction.
 * @throws ConflictError `lease_lost`; then nothing is written
 */
export async function carryOut(db: Database, lease: Lease): Promise<void> {
  await db.tx(async (tx) => {
    await tx.run(`insert into ${ledgerTable} (job_id, attempt) values ($1, $2)`, [lease.jobId, lease.attempt])
    const jobs = jobStore({ query: tx.query, tables: db.tables })
    await jobs.end(lease, { state: 'succeeded', phase: 'complete', now: new Date() })
  })
}

/** How a run of jobs has ended. */
export interface Outcome {
  /** Ended without an effect, or not there any more. */
  lost: number
  /** Effects beyond one for each job. */
  doubled: number
  /** Not ended as they should: waiting, running, dead. */
  stuck: number
}

/** Compares what was done with what was to be done. */
export async function outcome(db: Database, jobIds: readonly string[]): Promise<Outcome> {
  const ended = new Map(
    (await db.all<{ id: string; state: string }>('select id, state from jobs')).map((row) => [
      row.id,
      row.state,
    ]),
  )
  const effects = new Map(
    (
      await db.all<{ job_id: string; count: number }>(
        `select job_id, count(*) as count from ${ledgerTable} group by job_id`,
      )
    ).map((row) => [row.job_id, Number(row.count)]),
  )
  const found: Outcome = { lost: 0, doubled: 0, stuck: 0 }
  for (const id of jobIds) {
    const state = ended.get(id)
    const count = effects.get(id) ?? 0
    if (state !== undefined && state !== 'succeeded') found.stuck++
    else if (count === 0) found.lost++
    found.doubled += Math.max(0, count - 1)
  }
  return found
}
