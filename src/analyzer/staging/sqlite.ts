import { Database as Connection } from 'bun:sqlite'
import { rmSync } from 'node:fs'
import type { Database, NativeSqlite, Sql } from '../../db/database.ts'
import { orDiskFull, sqlOn } from '../../db/sqlite.ts'
import { RowNotes } from './row-notes.ts'
import { SqliteFile } from './sqlite-file.ts'
import { SqliteRecord } from './sqlite-record.ts'
import {
  createStatements,
  outcomes,
  type Staging,
  type StagingNames,
  writeIssue,
  writeItem,
} from './staging.ts'

/** Small enough for rows that are fetched one by one in another order. */
const pageSize = 4096

const names: StagingNames = {
  rows: 'staging.rows',
  issues: 'staging.issues',
  diff: 'staging.diff',
  repeated: 'staging.repeated',
  missing: 'staging.missing',
}

/**
 * Stages into a SQLite file of its own: dearer than writing to the catalog at once, and what makes publishing atomic.
 * Rows and issues are appended as pages (see sqlite-file.ts); everything else is SQLite's.
 * @param path the file to make; what is there is replaced
 * @param catalog the SQLite catalog to compare with; null: there is none, as for `try`
 */
export function stageInSqlite(path: string, catalog: NativeSqlite | null): Staging {
  remove(path)
  const roots = orDiskFull(() => makeFile(path))
  const file = orDiskFull(() => new SqliteFile(path))
  const items = file.table(roots.rows)
  const issues = file.table(roots.issues)
  const record = new SqliteRecord()
  const notes = new RowNotes()

  return {
    engine: 'sqlite',
    names,
    addItem(item, place) {
      notes.add(item)
      record.clear()
      // The row's number is the key of the tree, and stands for itself.
      record.null()
      writeItem(record, item, place)
      record.integer(outcomes.accepted)
      record.finish()
      return items.append(record)
    },
    addIssue(issue, place, row) {
      record.clear()
      writeIssue(record, issue, place, row)
      record.finish()
      issues.append(record)
    },
    flush: async () => {},
    async seal() {
      file.end()
      notes.end()
    },
    noticed: () => notes.noticed(),
    withSql: (work) => (catalog === null ? withoutCatalog(path, work) : catalog.withAttached(path, work)),
    async discard() {
      file.close()
      remove(path)
    },
  }
}

/** @returns the root pages of the tables that rows are appended to */
function makeFile(path: string): { rows: number; issues: number } {
  const connection = new Connection(path, { create: true })
  try {
    for (const pragma of [
      'auto_vacuum = none',
      `page_size = ${pageSize}`,
      'journal_mode = off',
      'synchronous = off',
    ])
      connection.run(`pragma ${pragma}`)
    const local = { rows: 'rows', issues: 'issues', diff: 'diff', repeated: 'repeated', missing: 'missing' }
    const engine = {
      json: 'text',
      key: 'integer primary key',
      identity: 'integer primary key',
      create: 'create table',
    }
    for (const statement of createStatements(local, engine)) connection.run(statement)
    const root = connection.query<{ rootpage: number }, string>(
      'select rootpage from sqlite_schema where name = ?',
    )
    return { rows: root.get('rows')!.rootpage, issues: root.get('issues')!.rootpage }
  } finally {
    connection.close()
  }
}

function remove(path: string): void {
  rmSync(path, { force: true })
}

async function withoutCatalog<Result>(
  path: string,
  work: (sql: Sql, tx: Database['tx']) => Promise<Result>,
): Promise<Result> {
  const connection = new Connection(':memory:')
  try {
    connection.run('attach ? as staging', [path])
    const noTransactions = () => Promise.reject(new Error('There is no catalog to write to.'))
    return await work(sqlOn(connection), noTransactions)
  } finally {
    connection.close()
  }
}
