import type { SqlValue, Tx } from '../../db/database.ts'
import { instant, jsonElements } from '../../db/dialect.ts'
import { Tally } from '../report.ts'
import type { Task, TaskParts } from './task.ts'

const batchSize = 500

/**
 * Jobs that have ended and that nobody has to decide about. Held ones wait for a person, drained ones lie in a file, and
 * a dead letter stays even when somebody has given it up: it may still be tried again.
 */
const isOver = `j.state in ('succeeded', 'failed', 'cancelled', 'expired')`
const isOld = (engine: TaskParts['db']['engine']) =>
  `coalesce(j.finished_at, j.created_at) < ${instant(engine, '$1')}`

interface EndedJob {
  id: string
  state: string
}

/** Jobs that ended long ago. Imports stay: one that is corrected or tried again without its job gets a new one. */
export const jobResults: Task = {
  name: 'job-results',
  description: 'Jobs that ended long ago; their imports stay, and so does what waits for a person',
  period: { of: ({ jobsMs }) => jobsMs, setting: 'TALLYMAN_JOB_DAYS' },
  async run({ db, retention }, { dryRun, now, signal }) {
    const tally = new Tally()
    const before = new Date(now.getTime() - retention.jobsMs)
    const parameters = [before]
    const states = await db.all<{ state: string; over: number; n: number }>(
      `select j.state, case when ${isOver} then 1 else 0 end as over, count(*) as n from jobs as j
       where ${isOld(db.engine)} group by 1, 2`,
      parameters,
    )
    for (const { state, over, n } of states)
      if (Number(over) === 0) tally.kept(state === 'dead' ? 'dead_letter' : state, Number(n))
    if (dryRun) {
      const count = states.reduce((sum, { over, n }) => sum + (Number(over) === 0 ? 0 : Number(n)), 0)
      const examples = await db.all<EndedJob>(
        `select j.id, j.state from jobs as j where ${isOver} and ${isOld(db.engine)} order by j.id limit 20`,
        parameters,
      )
      for (const job of examples) tally.took({ kind: 'jobs', example: exampleOf(job) })
      if (count > examples.length) tally.took({ kind: 'jobs', count: count - examples.length })
      return tally.report
    }
    while (!tally.isOver(signal)) {
      const deleted = await db.tx((tx) => deleteBatch(db.engine, tx, parameters))
      for (const job of deleted.sort((a, b) => (a.id < b.id ? -1 : 1)))
        tally.took({ kind: 'jobs', example: exampleOf(job) })
      if (deleted.length < batchSize) break
    }
    return tally.report
  },
}

const exampleOf = ({ id, state }: EndedJob) => `${id} (${state})`

/** @returns what was deleted; on PostgreSQL without those that somebody is just writing */
async function deleteBatch(
  engine: TaskParts['db']['engine'],
  tx: Tx,
  parameters: SqlValue[],
): Promise<EndedJob[]> {
  const found = await tx.all<EndedJob & { import_id: string }>(
    `select j.id, j.state, j.import_id from jobs as j
     where ${isOver} and ${isOld(engine)} order by j.id limit ${batchSize}`,
    parameters,
  )
  // Whoever takes a job up again locks its import first, and then looks at the job: see courier/operate.ts.
  const free =
    engine === 'sqlite'
      ? found
      : await tx
          .all<{ id: string }>(
            `select id from imports where id in (${jsonElements(engine, '$1')}) order by id for update skip locked`,
            [JSON.stringify(found.map(({ import_id }) => import_id))],
          )
          .then((locked) => {
            const ids = new Set(locked.map(({ id }) => id))
            return found.filter(({ import_id }) => ids.has(import_id))
          })
  if (free.length === 0) return []
  const ids = JSON.stringify(free.map(({ id }) => id))
  return tx.all<EndedJob>(
    `delete from jobs as j where j.id in (${jsonElements(engine, '$2')}) and ${isOver} and ${isOld(engine)}
     returning id, state`,
    [...parameters, ids],
  )
}
