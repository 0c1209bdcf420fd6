import type { Database } from '../db/database.ts'
import { decodeCursor } from '../lib/cursor.ts'
import { pageInSqlite } from './page-in-sqlite.ts'
import { pageOfRows } from './page-of-rows.ts'
import type { QuickFilter } from './quick-filter.ts'

/** A page of more than that takes others' time. */
export const quickLimitMax = 200
/**
 * Pages of the whole catalog or of one supplier in the order of its keys, as the JSON text that is sent. They read
 * only what they show, from an index and by statements that are prepared once, so the serving thread reads them itself:
 * asking a thread of the scanner and taking the rows over from it takes as long as the whole answer.
 */
export function quickPages(db: Database) {
  const page = (db.engine === 'sqlite' ? pageInSqlite : pageOfRows)(db.query.kept)
  /**
   * @param options.limit at most `quickLimitMax`
   * @returns an `ItemPage` as JSON, text or UTF-8; null when so many items are gone that the page is not found quickly
   * @throws InvalidError `invalid_cursor`
   */
  return async (
    filter: QuickFilter,
    { limit, cursor }: { limit: number; cursor: string | null },
  ): Promise<string | Uint8Array<ArrayBuffer> | null> =>
    page(filter, limit, cursor === null ? null : decodeCursor(cursor, ['integer', 'string']))
}
