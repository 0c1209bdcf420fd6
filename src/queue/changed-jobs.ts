import type { Sql } from '../db/database.ts'

/** What has changed between two looks. */
export interface ChangedJobs {
  /** New ones and those whose revision has gone up. */
  changed: string[]
  /** Deleted since. */
  gone: string[]
}

/** Finds the jobs that have changed, whoever changed them and however short that was. */
export interface JobChanges {
  /** Since the last look that found anything out; the first one finds nothing, and is what others are compared with. */
  look(): Promise<ChangedJobs>
  /** The next look is a first one. */
  forget(): void
}

/** Jobs whose ids begin with the same letters: those that were made within about a minute. */
interface Bucket {
  count: number
  revisions: number
  /** Null: too many jobs are newer. */
  byId: Map<string, number> | null
}

/** An id begins with the time at which it was made: see lib/id.ts. */
const prefixLength = 8

/**
 * No column says when a job was changed, and the clocks of those who change it differ. So one statement adds up the
 * revisions of all jobs, by the minute in which they were made, and only where a sum has changed the jobs are compared.
 * @param sql reads that may walk a table: see db/scanner.ts
 * @param idsMax how many jobs are remembered one by one, the newest; of older ones all that were made in one minute
 * count as changed when one of them has
 * @param restTimes for so many times as long as a look has taken it is not looked again: of a large table it takes a while
 */
export function openJobChanges(sql: Pick<Sql, 'all'>, { idsMax = 50_000, restTimes = 10 } = {}): JobChanges {
  let seen: Map<string, Bucket> | null = null
  let restsUntil = 0

  async function idsOf(prefix: string): Promise<Map<string, number>> {
    // "g" comes after every digit of an id.
    const rows = await sql.all<{ id: string; revision: number }>(
      'select id, revision from jobs where id >= $1 and id < $2',
      [prefix, `${prefix}g`],
    )
    return new Map(rows.map(({ id, revision }) => [id, revision]))
  }

  /** The newest jobs, so that it is known later which of them have changed. */
  async function remember(buckets: Map<string, Bucket>): Promise<void> {
    const rows = await sql.all<{ id: string; revision: number }>(
      `select id, revision from jobs order by id desc limit ${idsMax}`,
    )
    for (const { id, revision } of rows) {
      const bucket = buckets.get(id.slice(0, prefixLength))
      if (bucket === undefined) continue
      bucket.byId ??= new Map()
      bucket.byId.set(id, revision)
    }
    // The last one may be there only in part.
    const last = buckets.get(rows.at(-1)?.id.slice(0, prefixLength) ?? '')
    if (last !== undefined && rows.length === idsMax) last.byId = null
  }

  function forgetOldest(buckets: Map<string, Bucket>): void {
    let left = idsMax
    for (const prefix of [...buckets.keys()].sort().reverse()) {
      const bucket = buckets.get(prefix)!
      left -= bucket.byId?.size ?? 0
      if (left < 0) bucket.byId = null
    }
  }

  async function compare(before: Map<string, Bucket>, now: Map<string, Bucket>): Promise<ChangedJobs> {
    const found: ChangedJobs = { changed: [], gone: [] }
    for (const [prefix, bucket] of now) {
      const old = before.get(prefix)
      if (old?.count === bucket.count && old.revisions === bucket.revisions) {
        bucket.byId = old.byId
        continue
      }
      const ids = await idsOf(prefix)
      const known = old === undefined ? new Map<string, number>() : old.byId
      for (const [id, revision] of ids) if (known?.get(id) !== revision) found.changed.push(id)
      for (const id of known?.keys() ?? []) if (!ids.has(id)) found.gone.push(id)
      // What has changed since the sums were made is in both, so the next look finds nothing new in it.
      now.set(prefix, { count: ids.size, revisions: sumOf(ids), byId: ids })
    }
    for (const [prefix, { byId }] of before) if (!now.has(prefix)) found.gone.push(...(byId?.keys() ?? []))
    return found
  }

  return {
    async look() {
      const begun = performance.now()
      if (begun < restsUntil) return { changed: [], gone: [] }
      const rows = await sql.all<{ prefix: string; count: number; revisions: number }>(
        `select substr(id, 1, ${prefixLength}) as prefix, count(*) as count, sum(revision) as revisions
         from jobs group by substr(id, 1, ${prefixLength})`,
      )
      const now = new Map(
        rows.map(({ prefix, count, revisions }) => [
          prefix,
          { count: Number(count), revisions: Number(revisions), byId: null },
        ]),
      ) satisfies Map<string, Bucket>
      const before = seen
      const found = before === null ? { changed: [], gone: [] } : await compare(before, now)
      if (before === null) await remember(now)
      else forgetOldest(now)
      seen = now
      restsUntil = performance.now() + restTimes * Math.max(0, performance.now() - begun - 10)
      return found
    },

    forget() {
      seen = null
      restsUntil = 0
    },
  }
}

function sumOf(revisions: Map<string, number>): number {
  let sum = 0
  for (const revision of revisions.values()) sum += revision
  return sum
}
