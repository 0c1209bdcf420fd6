import type { Database, NativePostgres } from '../db/database.ts'
import { newId } from '../lib/id.ts'
import type { Logger } from '../lib/log.ts'

/** What a change is announced under to other processes on PostgreSQL. */
const channel = 'tallyman_jobs'
/**
 * How often SQLite is asked whether another connection has written. While that happens it is asked often, since what
 * was written may be a job and the next one may follow; each time costs some 50 µs, so not always.
 */
const sqliteLookMs = { busy: 5, quiet: 50 }
/** For how long after a change more are expected. */
const busyMs = 1000

/** Other processes with the same database. */
export interface Others {
  /** Tells them that jobs have changed. */
  tell(): void
  close(): Promise<void>
}

/** @param parts.ring is called when another process may have changed jobs */
export function openOthers(db: Database, parts: { ring: () => void; log: Logger }): Promise<Others> | Others {
  return db.native.engine === 'postgres' ? openListener(db, db.native, parts) : openWatch(db, parts.ring)
}

async function openListener(
  db: Database,
  native: NativePostgres,
  { ring, log }: { ring: () => void; log: Logger },
): Promise<Others> {
  // Whoever says it has told itself already.
  const self = newId()
  const unlisten = await native.listen(channel, {
    onMessage: (from) => from !== self && ring(),
    onListening: ring,
  })
  let telling: Promise<void> | null = null
  let isToBeTold = false

  /** What changes while it is being told is told once, afterwards: nobody asks which jobs those are. */
  async function tellAll(): Promise<void> {
    while (isToBeTold) {
      isToBeTold = false
      await notify(db, self).catch((error) =>
        log.warn('jobs were not announced to other processes', { error }),
      )
    }
    telling = null
  }

  return {
    tell() {
      isToBeTold = true
      telling ??= tellAll()
    },
    async close() {
      await telling
      await unlisten()
    },
  }
}

/** PostgreSQL's message to every process that listens. @param payload nobody goes by it, other than to know himself */
export const notify = async (db: Database, payload: string): Promise<void> =>
  void (await db.query.kept.all('select pg_notify($1, $2)', [channel, payload]))

/** SQLite says by a counter that somebody has written, whoever it was. */
function openWatch(db: Database, ring: () => void): Others {
  let version: number | null = null
  let changedAt = Number.NEGATIVE_INFINITY
  let isClosed = false
  let timer: ReturnType<typeof setTimeout>

  async function look(): Promise<void> {
    const [row] = await db.query.kept.all<{ data_version: number }>('pragma data_version')
    if (row === undefined || row.data_version === version) return
    version = row.data_version
    changedAt = performance.now()
    ring()
  }

  function plan(): void {
    if (isClosed) return
    const isBusy = performance.now() - changedAt < busyMs
    timer = setTimeout(
      () =>
        look()
          // The file is being closed, or cannot be read; whoever reads jobs says so.
          .catch(() => {})
          .then(plan),
      isBusy ? sqliteLookMs.busy : sqliteLookMs.quiet,
    )
  }

  plan()
  return {
    tell: () => {},
    async close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
