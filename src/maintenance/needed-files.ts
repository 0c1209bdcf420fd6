import type { Engine, Sql } from '../db/database.ts'
import { instant, jsonElements } from '../db/dialect.ts'
import { publishedStatuses } from '../imports/store.ts'

/**
 * Which raw files are still needed. This is the one place that says so; who opens a raw file, and until when:
 *
 * - An import reads its file from the beginning at each attempt (courier/carry.ts, analyzer/analyze.ts), and so does one
 *   that was held, once it is approved or corrected. Therefore `waiting`: its import has not ended or is held, or its
 *   job waits, also in a file that the queue was drained to.
 * - A dead letter can be retried until somebody discards it (courier/operate.ts). Therefore `dead_letter`.
 * - Any other import that failed, was cancelled or has expired can be retried or corrected while its file is kept; that
 *   is what the days of the archive are for. Therefore `recent`: an import that was made or ended in that time.
 * - The last list of each source is read again when rows that an older one rejected are corrected, to tell which of them
 *   it has (analyzer/rejects/settle-corrections.ts), and its own rejected rows are given back in its layout
 *   (export-rejects.ts). The prices of today rest on it. Where a list has sheets or shards of its own scope, that holds
 *   for the last of each scope, as long as anything is listed in it: names of sheets change. Therefore `last_list`.
 * - Lists between the corrected one and the last are read as well; full ones need not be, since the last one has what
 *   they had or has dropped it, and without a partial one settle-corrections.ts refuses to guess. Of corrected rows
 *   those count that correct such a last list. Therefore `corrects_last_list`.
 *
 * Rejected rows of lists whose file is gone are told from the parse log. The previous list that a new one is compared
 * with is the catalog and its decision card, and no file (previous-list.ts); nor does a reload read the old file.
 */
export const neededReasons = ['recent', 'waiting', 'dead_letter', 'last_list', 'corrects_last_list'] as const
export type NeededReason = (typeof neededReasons)[number]

export interface FileUse {
  /** Null: nothing needs it. */
  reason: NeededReason | null
  /** Whether any import names it at all. */
  isNamed: boolean
}

/**
 * What files are needed for.
 * @param since imports that were made or ended after it need their files
 * @returns by SHA-256, each of those asked for
 */
export async function usesOf(
  sql: Pick<Sql, 'all'>,
  engine: Engine,
  { hashes, since }: { hashes: readonly string[]; since: Date },
): Promise<Map<string, FileUse>> {
  const uses = new Map<string, FileUse>(hashes.map((sha256) => [sha256, { reason: null, isNamed: false }]))
  if (hashes.length === 0) return uses
  const named = `(m.sha256 in (${jsonElements(engine, '$1')}) or m.rows_sha256 in (${jsonElements(engine, '$1')}))`
  const asked = JSON.stringify(hashes)
  const is = (condition: string) => `max(case when ${condition} then 1 else 0 end)`
  const rows = await sql.all<Named & Record<'recent' | 'waiting' | 'dead', number>>(
    `select m.sha256, m.rows_sha256,
            ${is(`m.created_at >= ${instant(engine, '$2')} or m.finished_at >= ${instant(engine, '$2')}`)} as recent,
            ${is(`m.status in ('pending', 'running', 'held') or j.state in ('queued', 'running', 'held', 'drained')`)}
              as waiting,
            ${is(`j.state = 'dead' and j.discarded_at is null`)} as dead
     from imports as m left join jobs as j on j.import_id = m.id where ${named} group by m.sha256, m.rows_sha256`,
    [asked, since],
  )
  const need = (row: Named, reason: NeededReason | null) => {
    for (const sha256 of [row.sha256, row.rows_sha256]) {
      const use = sha256 === null ? undefined : uses.get(sha256)
      if (use === undefined) continue
      use.isNamed = true
      use.reason ??= reason
    }
  }
  for (const row of rows) {
    const { waiting, dead, recent } = row
    need(row, Number(waiting) ? 'waiting' : Number(dead) ? 'dead_letter' : Number(recent) ? 'recent' : null)
  }

  const unclear = hashes.filter((sha256) => uses.get(sha256)!.isNamed && uses.get(sha256)!.reason === null)
  if (unclear.length === 0) return uses
  // Of the same file in the same source only the last time that it was published can matter.
  const lists = await sql.all<Named & List & { corrects_import_id: string | null }>(
    `select m.sha256, m.rows_sha256, m.source_id, m.scopes, m.corrects_import_id, max(m.fetched_at) as fetched_at
     from imports as m where ${named} and m.status in (${published})
     group by m.sha256, m.rows_sha256, m.source_id, m.scopes, m.corrects_import_id`,
    [JSON.stringify(unclear)],
  )
  for (const list of lists) {
    if (list.corrects_import_id === null) {
      if (await isLast(sql, engine, list)) need(list, 'last_list')
      continue
    }
    const [original] = await sql.all<List>(
      `select m.source_id, m.scopes, m.fetched_at from imports as m where m.id = $1 and m.status in (${published})`,
      [list.corrects_import_id],
    )
    if (original !== undefined && (await isLast(sql, engine, original))) need(list, 'corrects_last_list')
  }
  return uses
}

interface Named {
  sha256: string | null
  rows_sha256: string | null
}

/** Columns as the engine has them: JSON as text on SQLite, instants as numbers there and as text on PostgreSQL. */
interface List {
  source_id: string
  scopes: unknown
  fetched_at: string | number
}

const published = publishedStatuses.map((status) => `'${status}'`).join(', ')

/** Whether nothing newer of its source is in the catalog, or nothing newer of a scope that something is listed in. */
async function isLast(sql: Pick<Sql, 'all'>, engine: Engine, list: List): Promise<boolean> {
  const { source_id: sourceId, fetched_at: fetchedAt } = list
  const newer = `from imports as n where n.source_id = $1 and n.status in (${published})
    and n.corrects_import_id is null and n.fetched_at > ${instant(engine, '$2')}`
  const parameters = [sourceId, new Date(fetchedAt)]
  const [followed] = await sql.all(`select 1 ${newer} limit 1`, parameters)
  if (followed === undefined) return true
  const scopes = typeof list.scopes === 'string' ? list.scopes : JSON.stringify(list.scopes)
  const own = await sql.all<{ scope: string }>(
    `select s.scope from (select value as scope from (${jsonElements(engine, '$3')}) as v) as s
     where not exists (select 1 ${newer} and s.scope in (${jsonElements(engine, 'n.scopes')}))`,
    [...parameters, scopes],
  )
  for (const { scope } of own) {
    const [listed] = await sql.all(
      `select 1 from sources as s
       join suppliers as p on p.id = s.supplier_id
       join supplier_items as i on i.supplier_no = p.no and i.source_no = s.no and i.scope = $2
       where s.id = $1 and i.gone_at is null limit 1`,
      [sourceId, scope],
    )
    if (listed !== undefined) return true
  }
  return false
}
