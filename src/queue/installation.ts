import type { Database, Query } from '../db/database.ts'
import { newId } from '../lib/id.ts'

/** Who this installation is, and what holds for all of it. */
export interface Installation {
  /** Made at random; what is taken out of the queue is put back only where it came from. */
  id: string
  /** Since when no job is begun; null: the queue is not paused. */
  queuePausedAt: Date | null
  createdAt: Date
}

/** Its one row: `ensureInstallation` makes it. Takes a database for reads, a transaction for the rest. */
export function installationStore({ query: { kept: sql } }: { query: Pick<Query, 'kept'> }) {
  return {
    /** Null: this database was never opened for writing. */
    async get(): Promise<Installation | null> {
      const [row] = await sql.all<{
        id: string
        queuePausedAt: string | number | null
        createdAt: string | number
      }>(
        `select id, queue_paused_at as "queuePausedAt", created_at as "createdAt"
         from installation where name = 'this'`,
      )
      if (row === undefined) return null
      const { id, queuePausedAt, createdAt } = row
      return {
        id,
        queuePausedAt: queuePausedAt === null ? null : new Date(queuePausedAt),
        createdAt: new Date(createdAt),
      }
    },

    /** From now on no job is begun; what runs goes on. Paused already, it stays so since then. */
    async pause(now: Date): Promise<void> {
      await sql.run(
        `update installation set queue_paused_at = coalesce(queue_paused_at, $1) where name = 'this'`,
        [now],
      )
    },

    /** Tell the queue afterwards. */
    async resume(): Promise<void> {
      await sql.run(`update installation set queue_paused_at = null where name = 'this'`)
    },
  }
}

/** Makes this database an installation, where it is none yet. */
export async function ensureInstallation(db: Database, now: Date): Promise<void> {
  if ((await installationStore(db).get()) !== null) return
  await db.tx(({ query }) =>
    query.kept.run(
      `insert into installation (name, id, created_at) values ('this', $1, $2) on conflict (name) do nothing`,
      [newId(), now],
    ),
  )
}
