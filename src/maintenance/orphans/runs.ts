import { instant, jsonElements } from '../../db/dialect.ts'
import { graceMs, type OrphanSweep } from './rule.ts'

const batchSize = 500

/** Runs whose imports were deleted with their source. */
export const sweepRuns: OrphanSweep = async ({ db }, { dryRun, now, signal }, tally) => {
  const before = new Date(now.getTime() - graceMs)
  const isOrphan = 'not exists (select 1 from imports as m where m.run_id = r.id)'
  const isOld = `r.created_at < ${instant(db.engine, '$1')}`
  if (dryRun) {
    const [found] = await db.all<{ n: number }>(
      `select count(*) as n from ingestion_runs as r where ${isOld} and ${isOrphan}`,
      [before],
    )
    if (Number(found?.n ?? 0) > 0) tally.took({ kind: 'runs', count: Number(found!.n) })
    return
  }
  while (!tally.isOver(signal)) {
    const deleted = await db.tx(async (tx) => {
      const found = await tx.all<{ id: string }>(
        `select r.id from ingestion_runs as r where ${isOld} and ${isOrphan} order by r.id limit ${batchSize}
         ${db.engine === 'postgres' ? 'for update skip locked' : ''}`,
        [before],
      )
      // An import that refers to one by now is seen by a statement that begins behind the locks.
      return tx.all<{ id: string }>(
        `delete from ingestion_runs as r where r.id in (${jsonElements(db.engine, '$1')}) and ${isOrphan}
         returning id`,
        [JSON.stringify(found.map(({ id }) => id))],
      )
    })
    for (const { id } of deleted) tally.took({ kind: 'runs', example: `run ${id}` })
    if (deleted.length < batchSize) return
  }
}
