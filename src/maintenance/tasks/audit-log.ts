import { instant } from '../../db/dialect.ts'
import { Tally } from '../report.ts'
import type { Task } from './task.ts'

const batchSize = 1000

/** What the audit log no longer has to tell. */
export const auditLog: Task = {
  name: 'audit-log',
  description: 'Entries of the audit log, once they are old enough',
  period: { of: ({ auditMs }) => auditMs, setting: 'TALLYMAN_AUDIT_DAYS' },
  async run({ db, retention }, { dryRun, now, signal }) {
    const tally = new Tally()
    if (retention.auditMs === null) return tally.report
    const before = new Date(now.getTime() - retention.auditMs)
    const isOld = `at < ${instant(db.engine, '$1')}`
    if (dryRun) {
      const [found] = await db.all<{ n: number }>(`select count(*) as n from audit_log where ${isOld}`, [
        before,
      ])
      if (Number(found?.n ?? 0) > 0) tally.took({ kind: 'audit_entries', count: Number(found?.n) })
      return tally.report
    }
    while (!tally.isOver(signal)) {
      const deleted = await db.tx((tx) =>
        tx.run(
          `delete from audit_log where id in (select id from audit_log where ${isOld} order by at limit ${batchSize})`,
          [before],
        ),
      )
      if (deleted > 0) tally.took({ kind: 'audit_entries', count: deleted })
      if (deleted < batchSize) break
    }
    return tally.report
  },
}
