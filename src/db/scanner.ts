import { systemErrorCode } from '../lib/errors.ts'
import type { Database, OpenDatabaseOptions, Sql } from './database.ts'
import { openDatabase, sqlitePath } from './open.ts'
import { queryTimeout, ScanLane, tooManyQueries, waitingMax } from './scan-lane.ts'

/**
 * Reads that may have to walk past a great many rows before they have found a page: a text inside names, a filter
 * without an index, a count. Bounded in time, and never in the way of other requests.
 *
 * SQLite answers in the thread that asks. In the serving thread a search through 1M items would stop every other
 * request for its whole duration, so here each lane is a thread with a connection of its own; two of them, because
 * the pages that people turn must not wait behind somebody's search. PostgreSQL answers from its own processes: there
 * a lane is a small pool, so that searches cannot use up the connections of everybody else.
 */
export interface Scanner {
  /** Found by an index, most likely; the odd page may take longer. */
  pages: Pick<Sql, 'all'>
  /** Walks a table. */
  scans: Pick<Sql, 'all'>
  close(): Promise<void>
}

/** What nobody waits for any longer. */
const scanTimeoutMs = 10_000
/** Eight searches at once through 1M items take longer together than one may; the last of them waits for its turn. */
const scanWaitMs = 20_000
/** Connections of one lane on PostgreSQL. */
const laneConnections = 4

/**
 * @param options.timeoutMs how long a read may take once its turn has come
 * @param options.waitMs how long it may wait for its turn on SQLite; PostgreSQL's lanes are wider
 * @throws UnavailableError `query_timeout` from a read that takes longer, `too_many_queries` when too many wait
 */
export async function openScanner(
  options: Omit<OpenDatabaseOptions, 'poolSize' | 'lockTimeoutMs'> & {
    timeoutMs?: number
    waitMs?: number
  },
): Promise<Scanner> {
  const { timeoutMs = scanTimeoutMs, waitMs = scanWaitMs } = options
  const path = sqlitePath(options.url)
  if (path !== null) {
    const lane = () => new ScanLane(path, { timeoutMs, waitMs })
    const [pages, scans] = [lane(), lane()]
    return { pages, scans, close: async () => void (await Promise.all([pages.close(), scans.close()])) }
  }
  const open = () =>
    openDatabase({
      ...options,
      poolSize: laneConnections,
      lockTimeoutMs: timeoutMs,
      statementTimeoutMs: timeoutMs,
    })
  const [pages, scans] = await Promise.all([open(), open()])
  return {
    pages: bounded(pages, timeoutMs),
    scans: bounded(scans, timeoutMs),
    close: async () => void (await Promise.all([pages.close(), scans.close()])),
  }
}

function bounded(db: Database, timeoutMs: number): Pick<Sql, 'all'> {
  let running = 0
  return {
    async all<Result>(text: string, parameters?: Parameters<Sql['all']>[1]): Promise<Result[]> {
      if (running > waitingMax) throw tooManyQueries()
      running++
      try {
        return await db.all<Result>(text, parameters)
      } catch (error) {
        // query_canceled: the server's own statement_timeout.
        throw systemErrorCode(error) === '57014' ? queryTimeout(timeoutMs, error) : error
      } finally {
        running--
      }
    },
  }
}
