import { instant } from '../../db/dialect.ts'
import { keyHours } from '../../http/idempotency.ts'
import { Tally } from '../report.ts'
import type { Task } from './task.ts'

const batchSize = 1000

/** Answers to requests that were sent with a key: a key this old is free for another request. */
export const requestKeys: Task = {
  name: 'request-keys',
  description: 'Answers that were kept for requests with an Idempotency-Key',
  async run({ db }, { dryRun, now, signal }) {
    const tally = new Tally()
    const before = new Date(now.getTime() - keyHours * 60 * 60 * 1000)
    const isOld = `created_at < ${instant(db.engine, '$1')}`
    if (dryRun) {
      const [found] = await db.all<{ n: number }>(
        `select count(*) as n from idempotency_keys where ${isOld}`,
        [before],
      )
      if (Number(found?.n ?? 0) > 0) tally.took({ kind: 'request_keys', count: Number(found?.n) })
      return tally.report
    }
    while (!tally.isOver(signal)) {
      const deleted = await db.tx((tx) =>
        tx.run(
          `delete from idempotency_keys where (actor, key) in (
             select actor, key from idempotency_keys where ${isOld} order by created_at limit ${batchSize})`,
          [before],
        ),
      )
      if (deleted > 0) tally.took({ kind: 'request_keys', count: deleted })
      if (deleted < batchSize) break
    }
    return tally.report
  },
}
