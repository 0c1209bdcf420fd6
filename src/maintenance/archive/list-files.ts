import type { Database, Sql, SqlValue } from '../../db/database.ts'
import { instant, jsonElements } from '../../db/dialect.ts'
import type { Archive, ListedFile } from '../../files/archive.ts'
import type { Clock } from '../../lib/clock.ts'
import { type NeededReason, usesOf } from '../needed-files.ts'

/** What looks after the raw files for people. */
export interface ArchiveParts {
  db: Database
  archive: Archive
  clock: Clock
  /** How long every raw file is kept, in milliseconds. */
  rawMs: number
}

/** A raw file that is kept. */
export interface ArchivedFile {
  sha256: string
  md5: string
  /** Of the bytes as they came. */
  sizeBytes: number
  /** What they take in the archive. */
  storedBytes: number
  isPacked: boolean
  /** `rows`: what an analyzer answered for a list, kept with it. */
  holds: 'list' | 'rows'
  /** When the bytes were kept for the first time. */
  keptAt: Date
  /** The import that has read them last; null: none that there still is. */
  lastRead: {
    importId: string
    fileName: string
    supplier: string
    source: string
    fetchedAt: Date
  } | null
  /** Why they are kept still; null: the next clean-up deletes them. */
  reason: NeededReason | null
  /** Until when they are kept for their age alone; null: as long as the reason holds. */
  keptUntil: Date | null
}

export interface ArchiveFilter {
  supplierId?: string
  sourceId?: string
  /** Only what was kept or fetched since. */
  since?: Date
}

/** Where a page of the list ended: what was kept before it, or at the same moment under a smaller hash. */
export interface ArchivePlace {
  keptAt: Date
  sha256: string
}

/** Rows of files that are no longer there are looked past; so many of them at most for one page. */
const lookedPastMax = 2000

/**
 * The files that are kept, what was kept last first.
 * @param sql what finds them; a page of a large archive may take a while
 * @returns fewer than `limit` too where many files of old lists are gone; `next` null: there are no more
 */
export async function listFiles(
  { db, archive, clock, rawMs, sql }: ArchiveParts & { sql: Pick<Sql, 'all'> },
  filter: ArchiveFilter,
  { limit, after }: { limit: number; after: ArchivePlace | null },
): Promise<{ files: ArchivedFile[]; next: ArchivePlace | null }> {
  const found: (FileRow & { stored: ListedFile })[] = []
  let last = after
  let lookedAt = 0
  let isOver = false
  while (found.length < limit && lookedAt < lookedPastMax && !isOver) {
    const rows = await fileRows(sql, db.engine, { filter, after: last, limit: limit + 1 })
    isOver = rows.length <= limit
    for (const row of rows.slice(0, limit)) {
      if (found.length === limit) {
        isOver = false
        break
      }
      last = { keptAt: row.keptAt, sha256: row.sha256 }
      lookedAt++
      const stored = await archive.stat(row.sha256)
      if (stored !== null) found.push({ ...row, stored })
    }
  }
  const files = await told(db, { rows: found, filter, rawMs, now: clock.now() })
  return { files, next: isOver ? null : last }
}

/** One file that is kept; null: there is none of that hash. */
export async function showFile(parts: ArchiveParts, sha256: string): Promise<ArchivedFile | null> {
  const { db, archive, clock, rawMs } = parts
  const [row] = await db.all<StoredRow>(`${rowSql} where r.sha256 = $1`, [sha256])
  const stored = row === undefined ? null : await archive.stat(sha256)
  if (row === undefined || stored === null) return null
  const [file] = await told(db, {
    rows: [{ ...fileRow(row), stored }],
    filter: {},
    rawMs,
    now: clock.now(),
  })
  return file ?? null
}

interface FileRow {
  sha256: string
  md5: string
  sizeBytes: number
  keptAt: Date
}

interface StoredRow extends Omit<FileRow, 'keptAt'> {
  keptAt: string | number
}

const rowSql = `select r.sha256, r.md5, r.size_bytes as "sizeBytes", r.created_at as "keptAt" from raw_files as r`
const fileRow = (row: StoredRow): FileRow => ({ ...row, keptAt: new Date(row.keptAt) })

async function fileRows(
  sql: Pick<Sql, 'all'>,
  engine: Database['engine'],
  { filter, after, limit }: { filter: ArchiveFilter; after: ArchivePlace | null; limit: number },
): Promise<FileRow[]> {
  const parameters: SqlValue[] = []
  const given = (value: SqlValue) => `$${parameters.push(value)}`
  const conditions: string[] = []
  if (after !== null) {
    const [keptAt, sha256] = [instant(engine, given(after.keptAt)), given(after.sha256)]
    conditions.push(`(r.created_at < ${keptAt} or r.created_at = ${keptAt} and r.sha256 < ${sha256})`)
  }
  const { supplierId, sourceId, since } = filter
  const readBy = [
    ...(supplierId === undefined ? [] : [`m.supplier_id = ${given(supplierId)}`]),
    ...(sourceId === undefined ? [] : [`m.source_id = ${given(sourceId)}`]),
  ]
  const isRead = (more: string[]) =>
    ['sha256', 'rows_sha256']
      .map(
        (column) =>
          `exists (select 1 from imports as m where ${[`m.${column} = r.sha256`, ...more].join(' and ')})`,
      )
      .join(' or ')
  if (readBy.length > 0) conditions.push(`(${isRead(readBy)})`)
  if (since !== undefined) {
    const from = instant(engine, given(since))
    conditions.push(`(r.created_at >= ${from} or ${isRead([...readBy, `m.fetched_at >= ${from}`])})`)
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  const rows = await sql.all<StoredRow>(
    `${rowSql} ${where} order by r.created_at desc, r.sha256 desc limit ${limit}`,
    parameters,
  )
  return rows.map(fileRow)
}

async function told(
  db: Database,
  listed: { rows: (FileRow & { stored: ListedFile })[]; filter: ArchiveFilter; rawMs: number; now: Date },
): Promise<ArchivedFile[]> {
  const { rows, filter, rawMs, now } = listed
  const hashes = rows.map(({ sha256 }) => sha256)
  const reads = await lastReads(db, hashes, filter)
  // What would need them if they were old: nothing is made or ends in the future.
  const inFuture = new Date(now.getTime() + 24 * 60 * 60 * 1000)
  const uses = await usesOf(db, db.engine, { hashes, since: inFuture })
  return rows.map(({ stored, ...row }) => {
    const read = reads.get(row.sha256)
    const lasting = uses.get(row.sha256)?.reason ?? null
    const usedAt = Math.max(stored.keptAt.getTime(), read?.usedAt.getTime() ?? 0)
    const keptUntil = new Date(usedAt + rawMs)
    return {
      ...row,
      storedBytes: stored.storedBytes,
      isPacked: stored.isPacked,
      holds: read?.isRows === true ? 'rows' : 'list',
      lastRead: read?.last ?? null,
      reason: lasting ?? (keptUntil > now ? 'recent' : null),
      keptUntil: lasting === null || lasting === 'recent' ? keptUntil : null,
    }
  })
}

interface LastRead {
  last: ArchivedFile['lastRead']
  isRows: boolean
  /** When an import of it was last made or ended. */
  usedAt: Date
}

/** The last import of each file that a filter lets through, and when any was last at work on it. */
async function lastReads(
  db: Database,
  hashes: string[],
  { supplierId, sourceId }: ArchiveFilter,
): Promise<Map<string, LastRead>> {
  if (hashes.length === 0) return new Map()
  const parameters: SqlValue[] = [JSON.stringify(hashes)]
  const only = [
    ...(supplierId === undefined ? [] : [`and n.supplier_id = $${parameters.push(supplierId)}`]),
    ...(sourceId === undefined ? [] : [`and n.source_id = $${parameters.push(sourceId)}`]),
  ].join(' ')
  const latest = (column: string) =>
    `(select n.no from imports as n where n.${column} = f.sha256 ${only} order by n.fetched_at desc, n.no desc limit 1)`
  const used = (column: string) =>
    `(select max(coalesce(u.finished_at, u.created_at)) from imports as u where u.${column} = f.sha256)`
  const rows = await db.all<{
    sha256: string
    importId: string
    fileName: string
    supplier: string
    source: string
    fetchedAt: string | number
    isRows: number
    usedAsList: string | number | null
    usedAsRows: string | number | null
  }>(
    `select f.sha256, m.id as "importId", m.file_name as "fileName", p.name as supplier, s.name as source,
            m.fetched_at as "fetchedAt", case when m.sha256 = f.sha256 then 0 else 1 end as "isRows",
            ${used('sha256')} as "usedAsList", ${used('rows_sha256')} as "usedAsRows"
     from (select value as sha256 from (${jsonElements(db.engine, '$1')}) as v) as f
     join imports as m on m.no = coalesce(${latest('sha256')}, ${latest('rows_sha256')})
     join suppliers as p on p.id = m.supplier_id join sources as s on s.id = m.source_id`,
    parameters,
  )
  return new Map(
    rows.map(({ sha256, isRows, usedAsList, usedAsRows, fetchedAt, ...last }) => {
      const times = [usedAsList, usedAsRows].flatMap((at) => (at === null ? [] : [new Date(at).getTime()]))
      const read = { last: { ...last, fetchedAt: new Date(fetchedAt) }, isRows: isRows === 1 }
      return [sha256, { ...read, usedAt: new Date(Math.max(0, ...times)) }]
    }),
  )
}
