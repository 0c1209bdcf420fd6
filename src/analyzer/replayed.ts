import type { Database } from '../db/database.ts'
import type { HoldReason } from '../imports/model.ts'
import { minuteText, newerList } from '../imports/newer-list.ts'
import type { Import } from '../imports/store.ts'

/**
 * Why a replayed list waits for a person: to be looked at before anything is published. Empty for any other list, and for
 * one that was said to be published, or approved.
 */
export async function replayedReasons(
  db: Pick<Database, 'all'>,
  { id, sourceId, fetchedAt, options }: Pick<Import, 'id' | 'sourceId' | 'fetchedAt' | 'options'>,
  scopes: readonly string[],
): Promise<HoldReason[]> {
  if (options.replay?.isHeld !== true || !options.mayHold) return []
  const newer = await newerList(db, { importId: id, sourceId, scopes, fetchedAt, isReplay: true })
  const what = `It replays the list that was fetched on ${minuteText(fetchedAt)}`
  const message =
    newer === null
      ? `${what}; approve it to publish it, and what was said about how it is read becomes its source's own.`
      : `${what}, to be looked at: it cannot be published, because a newer list of the same source was published on ${minuteText(newer.publishedAt)}.`
  return [{ code: 'replayed', message }]
}
