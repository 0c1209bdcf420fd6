import type { Database } from '../db/database.ts'
import { importStore } from '../imports/store.ts'
import type { Logger } from '../lib/log.ts'
import { lookAfterJobs } from '../queue/look.ts'
import { lostWork } from '../queue/lost.ts'

/**
 * Imports that nobody works on any more although somebody had begun them, or had queued them for himself: that
 * process has ended, or it has been silent for longer than its lease holds. Oldest first, so that newer lists win.
 * What has yet to be fetched does not count.
 * @param place the data folder that files are read from: see files/place.ts
 * @param withWaiting also what waits for whoever comes first: for when nobody may be there
 * @returns import ids
 */
export async function abandonedImports(
  { db, log, worker }: { db: Database; log: Logger; worker: string },
  options: { place: string | null; withWaiting: boolean },
): Promise<string[]> {
  // A command must not be ended by what ended others, either.
  await lookAfterJobs(db, { worker, log })
  const found = await lostWork(db.query.kept).jobs(options)
  const ids = found.map(({ importId }) => importId)
  // What is yet to be fetched is left to those who fetch: a command reads what is here.
  const imports = await importStore(db).byIds(ids)
  return imports.flatMap(({ id, sha256 }) => (sha256 === null ? [] : [id])).sort()
}
