import { once } from 'node:events'
import type { Database, NativePostgres } from '../../db/database.ts'
import { CopyBuffer } from './copy-buffer.ts'
import { RowNotes } from './row-notes.ts'
import {
  createStatements,
  issueColumns,
  itemColumns,
  type Staging,
  type StagingNames,
  writeIssue,
  writeItem,
} from './staging.ts'

/** COPY goes out in pieces of about this size. */
const pieceBytes = 256 * 1024

const itemColumnCount = Object.keys(itemColumns).length
const issueColumnCount = Object.keys(issueColumns).length

/**
 * Stages into unlogged tables of the schema `staging`, the only place where the service makes tables, filled
 * through COPY.
 * @param of.importId letters, digits and hyphens
 */
export async function stageInPostgres(
  db: Database,
  native: NativePostgres,
  of: { importId: string; attempt: number },
): Promise<Staging> {
  const suffix = `${of.importId.replaceAll('-', '')}_${of.attempt}`
  if (!/^[a-z0-9]{1,40}_[0-9]{1,10}$/.test(suffix)) throw new Error(`Not an import id: ${of.importId}`)
  const names: StagingNames = {
    rows: `staging.rows_${suffix}`,
    issues: `staging.issues_${suffix}`,
    diff: `staging.diff_${suffix}`,
    repeated: `staging.repeated_${suffix}`,
    missing: `staging.missing_${suffix}`,
  }
  const drop = async () => {
    await db.run(`drop table if exists ${Object.values(names).join(', ')}`)
  }
  await drop()
  const engine = {
    json: 'jsonb',
    // Indexed where it is looked up by: see index-rows.ts.
    key: 'bigint not null',
    identity: 'bigint generated always as identity primary key',
    create: 'create unlogged table',
  }
  for (const statement of createStatements(names, engine)) await db.run(statement)
  const items = await copyInto(native, names.rows, itemColumns)
  const issues = await copyInto(native, names.issues, issueColumns)
  const notes = new RowNotes()
  let itemCount = 0

  return {
    engine: 'postgres',
    names,
    addItem(item, place) {
      notes.add(item)
      items.rows.row(itemColumnCount)
      items.rows.integer(++itemCount)
      writeItem(items.rows, item, place)
      return itemCount
    },
    addIssue(issue, place, row) {
      issues.rows.row(issueColumnCount)
      writeIssue(issues.rows, issue, place, row)
    },
    async flush() {
      await items.flush()
      await issues.flush()
    },
    async seal() {
      await items.end()
      await issues.end()
      notes.end()
    },
    noticed: () => notes.noticed(),
    withSql: (work) => work(db, db.tx),
    async discard() {
      items.destroy()
      issues.destroy()
      await drop()
    },
  }
}

/** A table of a staging area. */
export interface StagingTable {
  /** As SQL names it. */
  name: string
  importId: string
  attempt: number
}

/** Every table of every staging area that there is. */
export async function stagingTables(db: Database): Promise<StagingTable[]> {
  const found = await db.all<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'staging' order by tablename`,
  )
  return found.flatMap(({ name }) => {
    const parts =
      /^[a-z]+_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?:_(\d+))?$/.exec(name)
    if (parts === null) return []
    // Without a number: of a program that had one area for all attempts.
    return [
      {
        name: `staging.${name}`,
        importId: parts.slice(1, 6).join('-'),
        attempt: Number(parts[6] ?? 0),
      },
    ]
  })
}

interface CopyStream {
  /** Where rows are added. */
  rows: CopyBuffer
  flush(): Promise<void>
  end(): Promise<void>
  destroy(): void
}

async function copyInto(
  native: NativePostgres,
  table: string,
  columns: Record<string, string>,
): Promise<CopyStream> {
  const stream = await native.copy(
    `copy ${table} ("${Object.keys(columns).join('", "')}") from stdin (format binary)`,
  )
  let failure: Error | null = null
  const rows = new CopyBuffer()
  let isEnded = false
  stream.on('error', (error: Error) => {
    failure ??= error
  })
  const write = async () => {
    if (failure !== null) throw failure
    if (rows.length === 0 || stream.write(rows.take())) return
    await drained(stream)
    if (failure !== null) throw failure
  }
  return {
    rows,
    flush: async () => {
      if (rows.length >= pieceBytes) await write()
    },
    async end() {
      rows.end()
      await write()
      isEnded = true
      stream.end()
      await once(stream, 'finish')
      if (failure !== null) throw failure
    },
    destroy() {
      if (!isEnded && 'destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
    },
  }
}

/** Whatever comes first; the listeners for the others go, since there is a wait for every piece. */
async function drained(stream: NodeJS.WritableStream): Promise<void> {
  const waiting = new AbortController()
  const events = ['drain', 'close'].map((event) => once(stream, event, { signal: waiting.signal }))
  try {
    await Promise.race(events)
  } finally {
    waiting.abort()
  }
}
