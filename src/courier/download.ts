import type { Database } from '../db/database.ts'
import type { Archive, FetchNote } from '../files/archive.ts'
import type { Origin } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { type Import, importStore, rawFileOf } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError, InvalidError, NotFoundError } from '../lib/errors.ts'
import type { WayOut } from '../lib/outbound/way-out.ts'
import type { Sealer } from '../lib/seal.ts'
import { type Job, jobStore, type Lease } from '../queue/store.ts'
import {
  type Connector,
  connectorOf,
  connectors,
  type Fetched,
  type FetchSettings,
  type Unmodified,
} from '../sources/kinds/index.ts'
import { wholeConfig } from '../sources/secrets.ts'
import { type Source, sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { afterLast } from './after-last.ts'
import { pacedArchive } from './paced-archive.ts'
import { importOptions, pinnedSettings } from './pins.ts'
import type { Following } from './reader.ts'
import type { Paced } from './slots.ts'
import { readAlready } from './unchanged.ts'

export interface DownloadParts {
  db: Database
  archive: Archive
  clock: Clock
  /** Most bytes of a file that is fetched. */
  fileBytesMax: number
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  fetchSettings: FetchSettings
  /** Opens the secrets of sources. */
  sealer: Sealer
  /** The way to other machines. */
  out: WayOut
  /** Where the archive's files lie: see files/place.ts. */
  place: string | null
}

/**
 * Sees to it that an import's file is in the archive: one that was handed in, or that an earlier attempt has fetched,
 * is there; any other is fetched now, and recorded with the import under the lease.
 * @returns the import as it is from now on; null: its source still has the list that was read last, so the import has
 * ended as unchanged
 * @throws ConflictError `lease_lost`; whatever the source's kind throws
 * @throws NotFoundError `raw_file_missing` when the file is gone and there is nowhere to fetch it from
 */
export async function download(
  parts: DownloadParts,
  { made, job, lease }: { made: Import; job: Pick<Job, 'place'>; lease: Lease },
  { onProgress, signal, pace }: Pick<Following, 'onProgress' | 'signal'> & { pace: Paced },
): Promise<Import | null> {
  const { db, archive, out, clock, fileBytesMax, fetchSettings, sealer } = parts
  const source = await sourceStore(db).get(made.sourceId)
  if (source === null) throw sourceDeleted()
  // What was approved is the file that was looked at, and nothing else.
  const mayBeFetched = made.options.mayHold && mayBeFetchedAgain(job, source)
  if (made.sha256 !== null && (await isHere(archive, made.sha256, mayBeFetched))) return made
  const fetch = fetcherOf(source)
  const config = wholeConfig(sealer, source)

  const fetchSince = async (last: Last | null): Promise<Import | null> => {
    const fetched = await fetch(config, {
      archive: pacedArchive(archive, { pace, signal }),
      out,
      clock,
      settings: fetchSettings,
      sizeBytesMax: fileBytesMax,
      signal,
      last: last?.origin ?? null,
      learned: source.learned,
      learn: (learned) => learnUnder(db, lease, source.id, learned),
      bytesEnough: null,
      onProgress: ({ bytes, bytesTotal }) =>
        onProgress({ phase: 'downloading', rows: 0, bytes, percent: percentOf(bytes, bytesTotal) }),
    })
    const fetchedAt = afterLast(lastAt, fetched.fetchedAt)
    if (fetched.received === null)
      return record(parts, { made, lease, came: cameAgain({ received: null, fetchedAt }, last, archive) })
    try {
      signal.throwIfAborted()
      // What may take long comes before the transaction that everybody else waits for.
      await fetched.received.prepare()
      return await record(parts, { made, lease, came: { ...fetched, fetchedAt } })
    } finally {
      // Once it is kept it stays.
      await fetched.received.discard()
    }
  }

  const last = await lastFetched(parts, made)
  // Of what is recorded while this one is fetched, nothing but the clocks says which is newer.
  const lastAt = await importStore(db).lastFetchedAt(source.id)
  try {
    return await fetchSince(last)
  } catch (error) {
    // A clean-up has deleted its file while the source was asked: nothing was recorded.
    if (last === null || !(error instanceof NotFoundError && error.code === 'raw_file_missing')) throw error
    return fetchSince(null)
  }
}

/**
 * Whether a file that is gone may be replaced by what its source has now. A job that has a place is about the very
 * file that lies there: somebody has handed it in, or it was held, and what is approved then is that file.
 */
export const mayBeFetchedAgain = ({ place }: Pick<Job, 'place'>, { kind }: Pick<Source, 'kind'>) =>
  place === null && connectors.some(({ name, fetch }) => name === kind && fetch !== null)

/**
 * Gives a job that is held now the place where its file lies. Until then a file that was fetched binds its job to no
 * place, so that a worker elsewhere can take the job over, and fetch again, when a machine is lost.
 */
export async function bindHeld(db: Database, jobId: string, place: string | null): Promise<void> {
  await db.tx((tx) =>
    tx.run(`update jobs set place = $2 where id = $1 and state = 'held' and place is null`, [jobId, place]),
  )
}

/** At once, and apart from what comes of the fetch. */
export const learn = (db: Database, sourceId: string, learned: unknown): Promise<void> =>
  db.tx(({ query }) => sourceStore({ query, tables: db.tables }).learn(sourceId, learned))

/** The same for a job: one that another worker has taken over, or that was cancelled, writes nothing. */
const learnUnder = (db: Database, lease: Lease, sourceId: string, learned: unknown): Promise<void> =>
  db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    await jobStore(stores).renew(lease)
    await sourceStore(stores).learn(sourceId, learned)
  })

/** A list that is to be recorded: one that was fetched now, or the last one again. */
type Came = Omit<Fetched, 'received'> & {
  received: Pick<Fetched['received'], 'sha256' | 'md5' | 'sizeBytes'> & {
    keep(from: FetchNote): Promise<unknown>
  }
}

/** The import whose file need not be fetched again when the source still has it; null: it is fetched anyway. */
async function lastFetched({ db, archive }: DownloadParts, made: Import): Promise<Last | null> {
  if (made.options.isForced) return null
  const last = await importStore(db).lastFetched(made.sourceId)
  if (last === null || last.origin === null) return null
  const sha256 = rawFileOf(last)
  if (!(await archive.has(sha256))) return null
  const [file] = await db.all<{ md5: string; size_bytes: number | string }>(
    'select md5, size_bytes from raw_files where sha256 = $1',
    [sha256],
  )
  if (file === undefined) return null
  const { origin, fileName } = last
  return { origin, fileName, file: { sha256, md5: file.md5, sizeBytes: Number(file.size_bytes) } }
}

interface Last {
  origin: Origin
  fileName: string
  file: Pick<Fetched['received'], 'sha256' | 'md5' | 'sizeBytes'>
}

function cameAgain({ fetchedAt }: Unmodified, last: Last | null, archive: DownloadParts['archive']): Came {
  if (last === null) throw new Error('A list that was never fetched is said to be the same.')
  const { file, ...said } = last
  // It has to be here still: see `download`.
  return { ...said, fetchedAt, received: { ...file, keep: () => archive.find(file.sha256) } }
}

/** @throws NotFoundError `raw_file_missing` when it is not, and may not be fetched again */
async function isHere(archive: Archive, sha256: string, mayBeFetched: boolean): Promise<boolean> {
  try {
    await archive.find(sha256)
    return true
  } catch (error) {
    if (mayBeFetched && error instanceof NotFoundError) return false
    throw error
  }
}

/** @throws InvalidError `not_fetchable`, `unknown_source_kind` */
function fetcherOf({ name, kind }: Source): NonNullable<Connector['fetch']> {
  const { fetch } = connectorOf(kind)
  if (fetch !== null) return fetch
  throw new InvalidError(
    'not_fetchable',
    `Lists of source "${name}" are handed in (kind ${kind}); there is nowhere to fetch them from.`,
  )
}

/** Never 100 before all of it is kept. */
const percentOf = (bytes: number, bytesTotal: number | null) =>
  bytesTotal === null || bytesTotal <= 0 ? null : Math.min(99, Math.floor((100 * bytes) / bytesTotal))

async function record(
  { db, clock, defaultCurrency }: DownloadParts,
  { made, lease, came }: { made: Import; lease: Lease; came: Came },
): Promise<Import | null> {
  const { received, fileName, fetchedAt, origin, learned } = came
  const { sha256, md5, sizeBytes } = received
  const now = clock.now()
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const imports = importStore(stores)
    const jobs = jobStore(stores)
    // The lists of a source are recorded one after the other, as those that are handed in: see intake.ts.
    const source = await sourceStore(stores).lock(made.sourceId)
    const supplier = await supplierStore(stores).get(made.supplierId)
    // As they are now: somebody may have changed them, or corrected another list, while this one waited.
    const { said, mayHold, isForced } = made.options
    const settings = pinnedSettings(source, said)
    const options = importOptions(
      settings,
      { ...said, mayHold, force: isForced },
      settings.currency ?? supplier.currency ?? defaultCurrency,
    )
    const key = readingKey(options)
    await query
      .insert(db.tables.rawFiles)
      .values({ sha256, md5, sizeBytes, createdAt: now })
      .onConflictDoNothing()
    const list = { sourceId: source.id, readingKey: key, received, revision: supplier.revision }
    const last = isForced ? null : await readAlready(imports, { ...list, importId: made.id })
    if (learned !== undefined) await sourceStore(stores).learn(source.id, learned)
    await imports.change(made.id, {
      sha256,
      origin,
      fileName,
      fetchedAt,
      options,
      readingKey: key,
      // Of another file, if there was one.
      decision: null,
      ...(last !== null && {
        status: 'unchanged',
        sameAsImportId: last.id,
        scopes: last.scopes,
        finishedAt: now,
      }),
    })
    await jobs.report(lease, { phase: 'analyzing', downloadPercent: 100, downloadedBytes: sizeBytes })
    if (last !== null) await jobs.end(lease, { state: 'succeeded', phase: 'complete', now })
    // Last, so that nothing is kept of what could not be recorded; before the commit, so that nothing is recorded
    // that could not be kept.
    await received.keep({
      ...origin,
      source: source.name,
      supplier: supplier.name,
      originalName: fileName,
      fetchedAt,
    })
    return last === null ? imports.get(made.id) : null
  })
}

const sourceDeleted = () =>
  new ConflictError('source_deleted', 'The source was deleted while its list was to be fetched.')
