import type { KeptSql } from '../../db/database.ts'
import { instant } from '../../db/dialect.ts'
import type { RedisClient, RedisLink } from './link.ts'

/** How many jobs are compared at once. */
const pageMax = 500

/**
 * Jobs whose copies are missing or older than the rows, a page at a time: of those that have not ended, or ended after
 * an instant.
 * @param keyOf the key of a job's hash
 * @throws UnavailableError `redis_unavailable`
 */
export async function* staleHashes(
  sql: KeptSql,
  { link, endedAfter, keyOf }: { link: RedisLink; endedAfter: Date; keyOf(jobId: string): string },
): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const rows = await sql.all<{ id: string; revision: number }>(
      `select id, revision from jobs
       where id > $1 and (finished_at is null or finished_at >= ${instant(sql.engine, '$2')})
       order by id limit ${pageMax}`,
      [after, endedAfter],
    )
    const copied = await link.use(({ client }) =>
      Promise.all(rows.map(({ id }) => revisionOf(client, keyOf(id)))),
    )
    const stale = rows.flatMap(({ id, revision }, n) => {
      const held = copied[n] ?? null
      return held === null || held < revision ? [id] : []
    })
    if (stale.length > 0) yield stale
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageMax) return
    after = last.id
  }
}

/** Null: there is none, or something else has that name. */
async function revisionOf(client: RedisClient, key: string): Promise<number | null> {
  try {
    const revision = await client.hGet(key, 'revision')
    return revision === null ? null : Number(revision)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null
    throw error
  }
}
