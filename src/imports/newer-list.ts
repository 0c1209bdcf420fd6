import type { Sql } from '../db/database.ts'

/** A list that was fetched later than another one of the same source, and is in the catalog. */
export interface NewerList {
  importId: string
  /** When it came into the catalog; of a list that was found unchanged, when it was fetched. */
  publishedAt: Date
}

/**
 * Whether something newer speaks for one of these scopes already: then what the list says is out of date, and publishing
 * it would take prices back. After a replayed list any newer one counts: the same items are on it, be its sheets named
 * otherwise ("Week 46", "Week 47").
 */
export async function newerList(
  sql: Pick<Sql, 'all'>,
  list: {
    importId: string
    sourceId: string
    scopes: readonly string[]
    fetchedAt: Date
    /** It reads an archived file once more. */
    isReplay: boolean
  },
): Promise<NewerList | null> {
  // Corrected rows speak for no scope; what newer lists have of them is left aside: see rejects/settle-corrections.ts.
  if (list.scopes.length === 0) return null
  const newer = await sql.all<{ id: string; scopes: unknown; at: string | number }>(
    `select id, scopes, coalesce(published_at, fetched_at) as at from imports
     where source_id = $1 and status in ('completed', 'partial_success', 'unchanged') and fetched_at > $2 and id <> $3
     order by fetched_at desc`,
    [list.sourceId, list.fetchedAt, list.importId],
  )
  const found = newer.find(({ scopes }) => {
    const named: unknown = typeof scopes === 'string' ? JSON.parse(scopes) : scopes
    return Array.isArray(named) && named.some((scope) => list.isReplay || list.scopes.includes(scope))
  })
  return found === undefined ? null : { importId: found.id, publishedAt: new Date(found.at) }
}

/** "2026-11-22 09:00 UTC". */
export const minuteText = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
