import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import type { ImportOptions, ImportStatus, RunTrigger } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { importStore } from '../imports/store.ts'
import { ConflictError, InvalidError, NotFoundError } from '../lib/errors.ts'
import { jobStore } from '../queue/store.ts'
import { type Source, sourceStore } from '../sources/store.ts'
import { requireStaying, type Supplier, supplierStore } from '../suppliers/store.ts'
import type { IntakeParts } from './intake.ts'
import { importOptions, type Pins, pinnedSettings } from './pins.ts'
import { retryDelaysOf } from './retry-delays.ts'

/** An archived list that is to be read once more. */
export interface ReplayRequest {
  /** Of the file, lower-case hex. */
  sha256: string
  /** Whose list it is, where that is not known, or not the only one; names that are new are made. */
  supplier: string | null
  source: string | null
  /** How it is to be read, other than its source says; remembered when the replay is published. */
  pins: Pins
  /** Whether it is published like any list; else it is held, to be looked at first. */
  publish: boolean
  trigger: RunTrigger
}

export interface Replayed {
  importId: string
  jobId: string
  /** Earlier replays of the file that waited for a person, and were given up for this one. */
  replaced: string[]
}

/**
 * Has an archived list read again by today's parser and mapping, or as a person says: an import of its source, fetched
 * when the list was, so that what is older than the source's last list can be looked at and not published. Hand the
 * import to the analyzer next, or wake the courier.
 * @throws NotFoundError `raw_file_missing`, `unknown_file`
 * @throws InvalidError `no_source`, `several_sources`, `not_a_list`
 * @param also what is written in the same transaction
 * @throws ConflictError `paused`, `replay_under_way`
 */
export async function replay(
  parts: IntakeParts,
  request: ReplayRequest,
  also: (tx: Tx, replayed: Replayed) => Promise<void> = async () => {},
): Promise<Replayed> {
  const { db, actor, archive, clock, defaultCurrency, place, carrier, retryDelaysMs } = parts
  const { sha256, pins } = request
  await archive.find(sha256)
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const keptAt = await keptSince(tx, sha256)
    const reads = await readsOf(tx, sha256)
    const { supplier, source } = await whoseList(stores, { request, reads, tx, now: clock.now() })
    await sourceStore(stores).lock(source.id)
    if (source.pausedAt !== null)
      throw new ConflictError(
        'paused',
        `Source "${source.name}" has been paused since ${source.pausedAt.toISOString()}; resume it first.`,
      )
    const now = clock.now()
    const replaced = await replaceEarlier(tx, stores, { sha256, source, now })

    const own = reads.find(({ sourceId }) => sourceId === source.id)
    const original = own ?? reads[0]
    const settings = pinnedSettings(source, pins)
    const listMode = pins.listMode ?? own?.options.listMode ?? null
    const options: ImportOptions = {
      ...importOptions(
        settings,
        { ...pins, listMode, mayHold: true, force: true },
        settings.currency ?? supplier.currency ?? defaultCurrency,
      ),
      replay: { importId: own?.importId ?? null, isHeld: !request.publish },
    }
    const importId = await importStore(stores).add({
      trigger: request.trigger,
      supplierId: supplier.id,
      sourceId: source.id,
      fileName: original?.fileName ?? `${sha256.slice(0, 12)}…`,
      sha256,
      options,
      readingKey: readingKey(options),
      now,
    })
    await importStore(stores).change(importId, { fetchedAt: original?.fetchedAt ?? keptAt })
    const jobId = await jobStore(stores).add({
      importId,
      lane: supplier.id,
      worker: carrier,
      // The very file that lies here, and nothing that could be fetched instead.
      place,
      now,
      ...retryDelaysOf(source, { worker: carrier, ...(retryDelaysMs && { retryDelaysMs }) }),
    })
    await auditStore(stores).add({
      actor,
      at: now,
      action: 'archive.replay',
      subject: { kind: 'import', id: importId, name: original?.fileName ?? null },
      supplierId: supplier.id,
      before: null,
      after: { sha256, source: source.name, publish: request.publish },
    })
    // A clean-up may have deleted it before the import named it; it deletes nothing that an import names.
    await archive.find(sha256)
    const replayed = { importId, jobId, replaced }
    await also(tx, replayed)
    return replayed
  })
}

/** When the bytes were kept for the first time. @throws NotFoundError `unknown_file` */
async function keptSince(tx: Tx, sha256: string): Promise<Date> {
  const [file] = await tx.all<{ created_at: string | number }>(
    'select created_at from raw_files where sha256 = $1',
    [sha256],
  )
  if (file !== undefined) return new Date(file.created_at)
  throw new NotFoundError(
    'unknown_file',
    `This database knows no file ${sha256}, although it lies in the archive; get it, and hand it in as a list.`,
  )
}

/** A source that has read the file, and what was known of it then; the last time of each source. */
interface Read {
  importId: string
  supplierId: string
  supplier: string
  sourceId: string
  source: string
  fileName: string
  fetchedAt: Date
  options: ImportOptions
}

/** The latest first. */
async function readsOf(tx: Tx, sha256: string): Promise<Read[]> {
  const rows = await tx.all<
    Omit<Read, 'fetchedAt' | 'options'> & { fetchedAt: string | number; options: unknown }
  >(
    `select m.id as "importId", m.supplier_id as "supplierId", p.name as supplier, m.source_id as "sourceId",
            s.name as source, m.file_name as "fileName", m.fetched_at as "fetchedAt", m.options
     from imports as m join sources as s on s.id = m.source_id join suppliers as p on p.id = m.supplier_id
     where m.sha256 = $1 and m.no = (select n.no from imports as n where n.sha256 = $1 and n.source_id = m.source_id
                                     order by n.fetched_at desc, n.no desc limit 1)
     order by m.fetched_at desc, m.no desc`,
    [sha256],
  )
  return rows.map(({ fetchedAt, options, ...row }) => ({
    ...row,
    fetchedAt: new Date(fetchedAt),
    options: optionsIn(options),
  }))
}

/** JSON text on SQLite; nothing but the import store writes it. */
const optionsIn = (stored: unknown) =>
  // Written from the same type.
  (typeof stored === 'string' ? JSON.parse(stored) : stored) as ImportOptions

/** The name of a source that nobody names. */
const sourceDefault = 'upload'

async function whoseList(
  stores: Parameters<typeof importStore>[0],
  { request, reads, tx, now }: { request: ReplayRequest; reads: Read[]; tx: Tx; now: Date },
): Promise<{ supplier: Supplier; source: Source }> {
  const { sha256, supplier: supplierName, source: sourceName } = request
  const sources = sourceStore(stores)
  if (supplierName !== null) {
    await refuseRows(tx, sha256)
    const supplier = await supplierStore(stores).findOrAdd(supplierName, now)
    const own = reads.filter(({ supplierId }) => supplierId === supplier.id)
    if (sourceName === null && own.length > 1) throw severalSources(sha256, own)
    const name = sourceName ?? own[0]?.source ?? sourceDefault
    return { supplier, source: await sources.findOrAddUpload(supplier.id, name, now) }
  }
  const named = reads.filter(({ source }) => sourceName === null || source === sourceName)
  const [read] = named
  if (read === undefined) {
    await refuseRows(tx, sha256)
    throw new InvalidError(
      'no_source',
      `No source ${sourceName === null ? '' : `"${sourceName}" `}has read the file ${sha256}, or it was deleted; say whose list it is with supplier and source.`,
    )
  }
  if (named.length > 1) throw severalSources(sha256, named)
  const [supplier, source] = [
    await supplierStore(stores).get(read.supplierId),
    await sources.get(read.sourceId),
  ]
  requireStaying(supplier)
  if (source === null) throw new Error(`Source ${read.sourceId} vanished while its import was read.`)
  return { supplier, source }
}

const severalSources = (sha256: string, reads: Read[]) =>
  new InvalidError(
    'several_sources',
    `Several sources have read the file ${sha256}: ${reads.map(({ supplier, source }) => `${supplier}/${source}`).join(', ')}; say which with supplier and source.`,
  )

/** What a remote analyzer answered is read with the file that it answered for. */
async function refuseRows(tx: Tx, sha256: string): Promise<void> {
  const [answered] = await tx.all<{ sha256: string }>(
    'select sha256 from imports where rows_sha256 = $1 and sha256 <> $1 limit 1',
    [sha256],
  )
  if (answered === undefined) return
  throw new InvalidError(
    'not_a_list',
    `The file ${sha256} holds the rows that an analyzer answered for the list ${answered.sha256}; replay that one.`,
  )
}

/** One replay of a file waits at a time: a further one is a further try. */
async function replaceEarlier(
  tx: Tx,
  stores: Parameters<typeof importStore>[0],
  { sha256, source, now }: { sha256: string; source: Source; now: Date },
): Promise<string[]> {
  const open = await tx.all<{ id: string; status: ImportStatus; options: unknown }>(
    `select id, status, options from imports
     where sha256 = $1 and source_id = $2 and status in ('pending', 'running', 'held') order by no`,
    [sha256, source.id],
  )
  const replaced: string[] = []
  for (const { id, status, options } of open) {
    if (optionsIn(options).replay === undefined) continue
    if (status !== 'held')
      throw new ConflictError(
        'replay_under_way',
        `Import ${id} is replaying the same list (${status}); wait for it, or cancel its job.`,
      )
    await importStore(stores).change(id, { status: 'cancelled', finishedAt: now })
    await jobStore(stores).close(id, 'cancelled', now)
    replaced.push(id)
  }
  return replaced
}

/** The whole hash of an archived file of which a person gives the beginning. @throws NotFoundError, InvalidError */
export async function fileNamed(db: Pick<Database, 'all'>, given: string): Promise<string> {
  const prefix = given.toLowerCase()
  if (!/^[0-9a-f]{6,64}$/.test(prefix))
    throw new InvalidError(
      'invalid_hash',
      `"${given.slice(0, 100)}" is no SHA-256: give the 64 hexadecimal digits that "tallyman archive list" shows, or the first of them, at least 6.`,
    )
  const found = await db.all<{ sha256: string }>(
    'select sha256 from raw_files where sha256 >= $1 and sha256 < $2 order by sha256 limit 2',
    [prefix, `${prefix}g`],
  )
  if (found.length === 1) return found[0]!.sha256
  if (found.length > 1)
    throw new InvalidError('several_files', `Several files begin with ${prefix}; give more of its digits.`)
  throw new NotFoundError(
    'unknown_file',
    `There is no file ${prefix} in the archive; "tallyman archive list" lists them.`,
  )
}
