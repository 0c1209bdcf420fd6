import type { KeptSql, SqlValue } from '../db/database.ts'
import { isLost } from './claim-sql.ts'
import { clockOf } from './clock.ts'
import { causeOf, type JobError } from './model.ts'

/** Most jobs of each kind that are ended in one transaction. */
const endedMax = 500

const workerLost = (times: number): JobError => ({
  kind: 'parser',
  code: 'worker_lost',
  message: `The process that worked on it ended ${times} times before it was done, and most likely this file makes it end; look at the service's log and the machine's memory before it is tried again.`,
})
const expired = {
  code: 'expired',
  message: 'It was not begun in the time that it was given; it can be tried again by hand.',
}

/** How many jobs there are that nobody takes any more. */
export interface Hopeless {
  /** A worker was lost with them as often as one may be. */
  lost: number
  /** They were not begun in time. */
  expired: number
}

/**
 * Jobs that may not be taken any more, although they have not ended. Takes what a transaction hands out; `count` also
 * a database.
 * @param given as in `Claim`
 */
export function hopelessJobs(
  sql: KeptSql,
  given: { endedWorkers: readonly string[]; workersLostMax: number },
) {
  const { now } = clockOf(sql.engine)
  const isExpired = `j.state = 'queued' and j.started_at is null and j.expires_at <= ${now}`
  const isLostOften = (ended: string, max: string) =>
    `j.state = 'running' and j.takeovers + 1 >= ${max} and ${isLost(sql.engine, 'j', ended)}`
  const lost = [JSON.stringify(given.endedWorkers), given.workersLostMax]
  const error = workerLost(given.workersLostMax)

  /** Whoever writes both writes the import first: two that each held one and wanted the other would wait for ever. */
  async function lockImport(importId: string): Promise<void> {
    if (sql.engine === 'postgres') await sql.all('select 1 from imports where id = $1 for update', [importId])
  }

  /** @param given.parameters of `which` and then of `set`, from $2 on */
  async function endEach(
    given: { which: string; set: string; parameters: { which: SqlValue[]; set: SqlValue[] } },
    imported: { status: 'failed' | 'expired'; code: string; message: string },
  ): Promise<string[]> {
    const { which, set, parameters } = given
    const found = await sql.all<{ id: string; importId: string }>(
      `select j.id, j.import_id as "importId" from jobs as j where ${which} order by j.id limit $1`,
      [endedMax, ...parameters.which],
    )
    const ids: string[] = []
    for (const { id, importId } of found) {
      await lockImport(importId)
      const isEnded = await sql.run(
        `update jobs as j set ${set}, lease_token = null, lease_until = null, finished_at = ${now},
           revision = revision + 1
         where j.id = $1 and ${which}`,
        [id, ...parameters.which, ...parameters.set],
      )
      // Somebody may have taken or cancelled it meanwhile.
      if (isEnded === 0) continue
      const { status, code, message } = imported
      await sql.run(
        `update imports set status = $2, error_code = $3, error_message = $4, finished_at = ${now} where id = $1`,
        [importId, status, code, message],
      )
      ids.push(id)
    }
    return ids
  }

  return {
    async count(): Promise<Hopeless> {
      const [found] = await sql.all<Hopeless>(
        `select (select count(*) from jobs as j where ${isLostOften('$1', '$2')}) as lost,
                (select count(*) from jobs as j where ${isExpired}) as expired`,
        lost,
      )
      return found ?? { lost: 0, expired: 0 }
    },

    /** Makes jobs dead that too many workers were lost with, and their imports failed. @returns their ids */
    endLost: () =>
      endEach(
        {
          which: isLostOften('$2', '$3'),
          set: `state = 'dead', phase = 'failed', takeovers = takeovers + 1, error_kind = $4, error_code = $5,
                error_message = $6, cause = $7`,
          parameters: {
            which: lost,
            set: [error.kind, error.code, error.message, causeOf(error)],
          },
        },
        { status: 'failed', code: error.code, message: error.message },
      ),

    /** Makes jobs `expired` that were not begun in time, and their imports. @returns their ids */
    expire: () =>
      endEach(
        { which: isExpired, set: `state = 'expired'`, parameters: { which: [], set: [] } },
        { status: 'expired', ...expired },
      ),
  }
}
