import type { Database, Sql, SqlValue } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import { importStore } from '../imports/store.ts'
import { type ImportProgress, importView } from '../imports/view.ts'
import { openJobChanges } from '../queue/changed-jobs.ts'
import { jobListing } from '../queue/listing.ts'
import { jobView } from '../queue/view.ts'
import { runStore } from '../runs/store.ts'
import { runView } from '../runs/view.ts'
import type { EventKind, FeedOptions, Sighting } from './feed.ts'

/** How far back it is looked for what has ended: further back only what was not over at the last look. */
const latest = 100
/** Most of a kind that have not ended and are looked at. */
const activeMax = 500

/** What the feed of events looks at: runs, imports and jobs. */
export function changesOf(
  { db, scans }: { db: Database; scans: Pick<Sql, 'all'> },
  progressOf: (importId: string) => ImportProgress | null,
): Pick<FeedOptions, 'look' | 'show' | 'onRest'> {
  const changes = openJobChanges(scans)
  const progressText = (importId: string) => {
    const progress = progressOf(importId)
    return progress === null ? '' : `${progress.phase} ${progress.rows} ${progress.percent}`
  }
  const idsOf = (watched: readonly { kind: EventKind; id: string }[], kind: EventKind) =>
    watched.flatMap((each) => (each.kind === kind ? [each.id] : []))

  /** These jobs, and what they are about: it changes with them. */
  async function subjectsOf(jobIds: string[]): Promise<{ jobId: string; importId: string; runId: string }[]> {
    if (jobIds.length === 0) return []
    return db.all(
      `select j.id as "jobId", j.import_id as "importId", i.run_id as "runId"
       from jobs as j join imports as i on i.id = j.import_id where j.id in (${jsonElements(db.engine, '$1')})`,
      [JSON.stringify(jobIds)],
    )
  }

  /** The latest, those that are active and those that are watched, each once. */
  async function rows<Row>(
    columns: string,
    { from, isActive, watched }: { from: string; isActive: string; watched: readonly string[] },
  ): Promise<Row[]> {
    const values: SqlValue[] = watched.length === 0 ? [] : [JSON.stringify([...new Set(watched)])]
    const isWatched = watched.length === 0 ? '' : `or id in (${jsonElements(db.engine, '$1')})`
    return db.all<Row>(
      `select ${columns} from ${from} where id in (select id from (select id from ${from} order by id desc limit ${latest}) as newest)
         or id in (select id from (select id from ${from} where ${isActive} order by id limit ${activeMax}) as active) ${isWatched}`,
      values,
    )
  }

  async function jobs(watched: readonly string[]): Promise<(Sighting & { importId: string })[]> {
    const found = await rows<{ id: string; state: string; revision: number; import_id: string }>(
      'id, state, revision, import_id',
      { from: 'jobs', isActive: `"state" in ('queued', 'running', 'held')`, watched },
    )
    return found.map(({ id, state, revision, import_id: importId }) => ({
      kind: 'job',
      id,
      importId,
      signature: `${revision} ${state} ${progressText(importId)}`,
      isActive: state === 'queued' || state === 'running' || state === 'held',
    }))
  }

  async function imports(watched: readonly string[]): Promise<Sighting[]> {
    const found = await rows<{ id: string; status: string; rows_read: number; finished_at: unknown }>(
      'id, status, rows_read, finished_at',
      // Through its job, since a status alone has no index.
      {
        from: 'imports',
        isActive: `id in (select import_id from jobs where "state" in ('queued', 'running', 'held'))`,
        watched,
      },
    )
    return found.map(({ id, status, rows_read: read, finished_at: finishedAt }) => ({
      kind: 'import',
      id,
      signature: `${status} ${read} ${finishedAt} ${progressText(id)}`,
      isActive: status === 'pending' || status === 'running' || status === 'held',
    }))
  }

  async function runs(watched: readonly string[]): Promise<Sighting[]> {
    const newest = await db.all<{ id: string }>(
      `select id from ingestion_runs order by id desc limit ${latest}`,
    )
    const found = await runStore(db).byIds([...new Set([...newest.map(({ id }) => id), ...watched])])
    return found.map((run) => ({
      kind: 'run',
      id: run.id,
      signature: JSON.stringify([run.status, run.imports]),
      isActive: run.finishedAt === null,
    }))
  }

  return {
    onRest: () => changes.forget(),
    async look(watched) {
      // First: what changes from now on is found at the next look.
      const { changed } = await changes.look()
      const also = await subjectsOf(changed)
      return [
        ...(await runs([...idsOf(watched, 'run'), ...also.map((each) => each.runId)])),
        ...(await imports([...idsOf(watched, 'import'), ...also.map((each) => each.importId)])),
        ...(await jobs([...idsOf(watched, 'job'), ...also.map((each) => each.jobId)])),
      ]
    },
    async show(kind, ids) {
      if (ids.length === 0) return new Map()
      const views =
        kind === 'run'
          ? (await runStore(db).byIds(ids)).map(runView)
          : kind === 'import'
            ? (await importStore(db).byIds([...ids])).map((each) => importView(each, progressOf(each.id)))
            : (await jobListing(db).byIds([...ids])).map((each) => jobView(each, progressOf(each.importId)))
      return new Map(views.map((view) => ['job_id' in view ? view.job_id : view.id, JSON.stringify(view)]))
    },
  }
}
