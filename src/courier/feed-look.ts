import type { Database } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import { importStore } from '../imports/store.ts'
import { connectorOf, connectors, type Looked } from '../sources/kinds/index.ts'
import { wholeConfig } from '../sources/secrets.ts'
import { sourceStore } from '../sources/store.ts'
import { type DownloadParts, learn } from './download.ts'

export type FeedLookParts = Pick<
  DownloadParts,
  'db' | 'clock' | 'fileBytesMax' | 'fetchSettings' | 'sealer' | 'out'
>

/** How long a source whose file could not be fetched is left to its schedule, and to people. */
const restMs = 60 * 60_000

/**
 * Sources that are to be looked at for updates: watched, not paused, and not under way. One whose last file could not be
 * fetched has something new to a look each time, and is left alone for an hour, so that it is not fetched in vain again
 * and again.
 */
export async function watchedSources(
  db: Pick<Database, 'all' | 'engine'>,
  now: Date,
): Promise<{ id: string; supplierId: string }[]> {
  const fetchable = connectors.filter(({ fetch }) => fetch !== null).map(({ name }) => name)
  const isWatched = db.engine === 'sqlite' ? 's.is_watched = 1' : 's.is_watched'
  return db.all(
    `select s.id, s.supplier_id as "supplierId" from sources as s
     where ${isWatched} and s.paused_at is null and s.kind in (${jsonElements(db.engine, '$1')})
       and not exists (
         select 1 from imports as i join jobs as j on j.import_id = i.id
         where i.source_id = s.id and j."state" in ('queued', 'running'))
       and not exists (
         select 1 from imports as i
         where i.id = (select max(l.id) from imports as l where l.source_id = s.id)
           and i.status = 'failed' and i.sha256 is null and i.finished_at > $2)
     order by s.no`,
    [JSON.stringify(fetchable), new Date(now.getTime() - restMs)],
  )
}

/**
 * Looks whether a source has something new since it was fetched last, whatever came of that.
 * @returns `unknown` also when it was never fetched
 * @throws what its kind throws; ForbiddenError `secret_key_unknown`, `secret_damaged`
 */
export async function lookForUpdate(
  { db, clock, fileBytesMax, fetchSettings, sealer, out }: FeedLookParts,
  sourceId: string,
  signal: AbortSignal,
): Promise<Looked> {
  const source = await sourceStore(db).get(sourceId)
  // Deleted meanwhile: there is nothing to fetch.
  if (source === null) return 'same'
  const { look } = connectorOf(source.kind)
  const last = await importStore(db).lastFetched(sourceId)
  if (look === null || last === null || last.origin === null) return 'unknown'
  return look(wholeConfig(sealer, source), {
    out,
    clock,
    settings: fetchSettings,
    sizeBytesMax: fileBytesMax,
    last: last.origin,
    learned: source.learned,
    learn: (learned) => learn(db, sourceId, learned),
    signal,
  })
}
