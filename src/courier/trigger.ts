import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import type { RunTrigger } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { importStore } from '../imports/store.ts'
import { ConflictError, InvalidError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { Sealer } from '../lib/seal.ts'
import { retryDelaysDefaultMs } from '../queue/model.ts'
import { jobStore } from '../queue/store.ts'
import type { SkipReason, Triggered } from '../runs/triggered.ts'
import { auditSource } from '../sources/audit-source.ts'
import { checkConfig } from '../sources/check.ts'
import { connectorOf, type FetchSettings } from '../sources/kinds/index.ts'
import type { SourceDraft } from '../sources/make-source.ts'
import { givenConfig, hasConfig, keptConfig } from '../sources/secrets.ts'
import { type Source, sourceStore } from '../sources/store.ts'
import { requireStaying, supplierStore } from '../suppliers/store.ts'
import { importOptions, noPins, pinnedSettings } from './pins.ts'

export interface TriggerParts {
  db: Pick<Database, 'tables'>
  /** Who wants it. */
  actor: Actor
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  /** Pauses before a job is tried again by itself where its source says nothing; left out: the usual ones. */
  retryDelaysMs?: readonly number[]
}

/** Who wants sources to be fetched, and how long that may wait. */
export interface TriggerCause {
  trigger: RunTrigger
  /** The name of the schedule; left out: somebody asked. */
  schedule?: string
  /** Fetches and reads also what has not changed; left out: false. */
  force?: boolean
  /** A job that nobody has begun by then is not begun any more; left out: it waits for as long as it takes. */
  expiresAt?: Date
  now: Date
}

export type { Triggered } from '../runs/triggered.ts'

/**
 * Has sources fetched: makes one run with an import and a job for each, in the caller's transaction. Tell the queue
 * of the jobs after the commit. A source whose last job has not ended is left out, and so is one that is paused.
 * @throws NotFoundError `unknown_source`; nothing is started then
 */
export async function trigger(
  tx: Tx,
  parts: TriggerParts,
  { sources, ...cause }: TriggerCause & { sources: readonly string[] },
): Promise<Triggered> {
  const stores = { query: tx.query, tables: parts.db.tables }
  const triggered: Triggered = { runId: null, started: [], skipped: [] }
  const locked: Source[] = []
  // In one order, so that two who lock several sources never wait for each other. Held until the commit: of two who
  // find nothing under way only one may start it.
  for (const sourceId of [...new Set(sources)].sort()) locked.push(await sourceStore(stores).lock(sourceId))
  for (const source of locked.sort((a, b) => a.priority - b.priority)) {
    const { id: sourceId } = source
    const decided = await whatToFetch(tx, source)
    if ('reason' in decided) {
      triggered.skipped.push({ sourceId, ...decided })
      continue
    }
    triggered.runId ??= await importStore(stores).addRun(cause)
    const { runId } = triggered
    triggered.started.push(await start(stores, parts, { source, runId, ...decided, ...cause }))
  }
  await tellAudit(stores, parts.actor, { triggered, cause })
  return triggered
}

/** One entry a run, whoever or whatever has started it. */
async function tellAudit(
  stores: Parameters<typeof importStore>[0],
  actor: Actor,
  { triggered, cause }: { triggered: Triggered; cause: TriggerCause },
): Promise<void> {
  const { runId, started } = triggered
  if (runId === null) return
  const { trigger: by, schedule = null, force = false, now } = cause
  await auditStore(stores).add({
    actor,
    at: now,
    action: 'run.start',
    subject: { kind: 'run', id: runId, name: schedule },
    supplierId: null,
    before: null,
    after: {
      trigger: by,
      sources: started.slice(0, sourcesToldMax).map(({ sourceId }) => sourceId),
      count: started.length,
      force,
    },
  })
}

/** Most sources of a run that the audit log names. */
const sourcesToldMax = 100

/** A source that is named and described where it is triggered. */
export type InlineSource = SourceDraft

/**
 * The same for one source that may not be there yet: it is found, or made, under its supplier and name.
 * @throws ConflictError `source_exists` when there is one of that name that fetches from elsewhere
 * @throws InvalidError `unknown_source_kind`, `invalid_config`, `secret_in_the_clear`; ForbiddenError for what the settings do not allow
 * @throws AppError where secrets cannot be sealed, or compared with what is kept: see sources/secrets.ts
 */
export async function triggerInline(
  tx: Tx,
  parts: TriggerParts & { fetchSettings: FetchSettings; sealer: Sealer },
  { source: { supplier: supplierName, ...inline }, ...cause }: TriggerCause & { source: InlineSource },
): Promise<Triggered & { sourceId: string }> {
  const stores = { query: tx.query, tables: parts.db.tables }
  const { now } = cause
  const { sealer } = parts
  const supplier = await supplierStore(stores).findOrAdd(supplierName, now)
  const found = await sourceStore(stores).find(supplier.id, inline.name)
  const config = givenConfig(sealer, inline, found)
  checkConfig({ kind: inline.kind, config }, parts.fetchSettings)
  if (found !== null && !hasConfig(sealer, found, inline))
    throw new ConflictError(
      'source_exists',
      `${supplier.name} has a source "${inline.name}" already, which fetches from elsewhere; trigger that one, edit it, or take another name.`,
    )
  const id = found?.id ?? newId()
  if (found === null) {
    const kept = keptConfig(sealer, { id, kind: inline.kind, config })
    const made = await sourceStore(stores).add({ ...inline, ...kept, id, supplierId: supplier.id, now })
    await auditSource(
      stores,
      { actor: parts.actor, at: now },
      { action: 'source.add', before: null, after: made },
    )
  }
  return { ...(await trigger(tx, parts, { sources: [id], ...cause })), sourceId: id }
}

async function whatToFetch(
  tx: Tx,
  source: Source,
): Promise<{ fileName: string } | { reason: SkipReason; message: string }> {
  const { name, kind, config, pausedAt } = source
  if (pausedAt !== null)
    return {
      reason: 'paused',
      message: `Source "${name}" has been paused since ${pausedAt.toISOString()}; resume it first.`,
    }
  let fileName: string
  try {
    const connector = connectorOf(kind)
    if (connector.fetch === null)
      return {
        reason: 'not_fetchable',
        message: `Lists of source "${name}" are handed in (kind ${kind}); there is nowhere to fetch them from.`,
      }
    fileName = connector.fileNameOf(config)
  } catch (error) {
    // One that this version cannot fetch does not keep the others from it.
    if (!(error instanceof InvalidError)) throw error
    return { reason: 'not_fetchable', message: error.message }
  }
  const [active] = await tx.all<{ id: string; state: string }>(
    `select j.id, j.state from jobs as j join imports as i on i.id = j.import_id
     where j.lane in ($1, $2) and j."state" in ('queued', 'running') and i.source_id = $2 order by j.id limit 1`,
    [source.supplierId, source.id],
  )
  if (active === undefined) return { fileName }
  return {
    reason: 'under_way',
    message: `Source "${name}" is under way already: its job ${active.id} is ${active.state}.`,
  }
}

async function start(
  stores: Parameters<typeof importStore>[0],
  parts: TriggerParts,
  { source, runId, fileName, ...cause }: TriggerCause & { source: Source; runId: string; fileName: string },
): Promise<Triggered['started'][number]> {
  const { id: sourceId, supplierId } = source
  const { now, trigger: runTrigger, expiresAt, force = false } = cause
  const supplier = await supplierStore(stores).get(supplierId)
  requireStaying(supplier)
  // As they are now; when the file is there they are looked at again: see download.ts.
  const settings = pinnedSettings(source, noPins)
  const options = importOptions(
    settings,
    { ...noPins, mayHold: true, force },
    settings.currency ?? supplier.currency ?? parts.defaultCurrency,
  )
  const importId = await importStore(stores).add({
    trigger: runTrigger,
    runId,
    supplierId,
    sourceId,
    fileName,
    sha256: null,
    options,
    readingKey: readingKey(options),
    now,
  })
  const jobId = await jobStore(stores).add({
    importId,
    // Until its list has come: then it is its supplier's, see carry.ts.
    lane: sourceId,
    // Whoever comes first can fetch it.
    worker: null,
    now,
    retryDelaysMs: source.retryDelaysMs ?? parts.retryDelaysMs ?? retryDelaysDefaultMs,
    ...(expiresAt && { expiresAt }),
  })
  return { sourceId, importId, jobId }
}
