import type { Database, Sql } from '../db/database.ts'
import { calm, closedMs, type HostState, type SharedHosts } from '../lib/outbound/shared-hosts.ts'

/**
 * What is known of hosts, in the database: all workers that share it keep a host's pause, take turns at one that
 * failed, and count its budget together.
 */
export function hostStore(db: Pick<Database, 'all' | 'run' | 'tx'>): SharedHosts {
  return {
    async read(host) {
      const [row] = await db.all<StateRow>(
        'select paused_until, failures, closed_until from hosts where host = $1',
        [host],
      )
      return row === undefined ? calm : stateOf(row)
    },

    async pause(host, until, now) {
      await db.run(
        `insert into hosts (host, paused_until, failures, budget_used, updated_at) values ($1, $2, 0, 0, $3)
         on conflict (host) do update set paused_until = $2, updated_at = $3
         where hosts.paused_until is null or hosts.paused_until < $2`,
        [host, until, now],
      )
    },

    failed: (host, { now, isProbe }) =>
      db.tx(async (tx) => {
        const failures = await countFailure(tx, { host, now, isProbe })
        const forMs = failures === null ? null : closedMs(failures)
        if (forMs !== null)
          await tx.run('update hosts set closed_until = $2 where host = $1', [
            host,
            new Date(now.getTime() + forMs),
          ])
      }),

    async worked(host, now) {
      await db.run(
        `update hosts set failures = 0, closed_until = null, updated_at = $2
         where host = $1 and (failures > 0 or closed_until is not null)`,
        [host, now],
      )
    },

    async probe(host, { seen, until, now }) {
      const taken = await db.run(
        'update hosts set closed_until = $3, updated_at = $4 where host = $1 and closed_until = $2',
        [host, seen, until, now],
      )
      return taken === 1
    },

    async spend(host, { requests, perMs }, now) {
      // `budget_from` is when the last request was: `perMs` from there on without one, and the count begins anew.
      const begin = new Date(now.getTime() - perMs)
      const taken = await db.run(
        `insert into hosts (host, failures, budget_from, budget_used, updated_at) values ($1, 0, $2, 1, $2)
         on conflict (host) do update set
           budget_used = case when hosts.budget_from > $3 then hosts.budget_used + 1 else 1 end,
           budget_from = case when hosts.budget_from > $2 then hosts.budget_from else $2 end,
           updated_at = $2
         where hosts.budget_from is null or hosts.budget_from <= $3 or hosts.budget_used < $4`,
        [host, now, begin, requests],
      )
      if (taken === 1) return null
      const [row] = await db.all<{ budget_from: string | number }>(
        'select budget_from from hosts where host = $1',
        [host],
      )
      return row === undefined ? now : new Date(new Date(row.budget_from).getTime() + perMs)
    },
  }
}

interface StateRow {
  paused_until: string | number | null
  failures: number
  closed_until: string | number | null
}

const stateOf = ({ paused_until, failures, closed_until }: StateRow): HostState => ({
  pausedUntil: paused_until === null ? null : new Date(paused_until),
  failures: Number(failures),
  closedUntil: closed_until === null ? null : new Date(closed_until),
})

/** @returns how many there are now in a row; null: it is closed, and this one does not count */
async function countFailure(
  tx: Sql,
  { host, now, isProbe }: { host: string; now: Date; isProbe: boolean },
): Promise<number | null> {
  const [row] = await tx.all<{ failures: number }>(
    `insert into hosts (host, failures, budget_used, updated_at) values ($1, 1, 0, $2)
     on conflict (host) do update set failures = hosts.failures + 1, updated_at = $2
     ${isProbe ? '' : 'where hosts.closed_until is null or hosts.closed_until <= $2'} returning failures`,
    [host, now],
  )
  return row === undefined ? null : Number(row.failures)
}
