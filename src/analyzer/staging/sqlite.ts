import { Database as Connection } from 'bun:sqlite'
import { rmSync } from 'node:fs'
import type { Database, NativeSqlite, Sql } from '../../db/database.ts'
import { diskFullError, sqlOn } from '../../db/sqlite.ts'
import {
  createStatements,
  issueColumns,
  issueValues,
  itemColumns,
  itemValues,
  type Staging,
  type StagingNames,
} from './staging.ts'

const names: StagingNames = {
  rows: 'staging.rows',
  issues: 'staging.issues',
  diff: 'staging.diff',
  repeated: 'staging.repeated',
  missing: 'staging.missing',
}

/**
 * Stages into a SQLite file of its own, without journal or sync: 13 % dearer than writing to the catalog at once,
 * and what makes publishing atomic.
 * @param path the file to make; what is there is replaced
 * @param catalog the SQLite catalog to compare with; null: there is none, as for `try`
 */
export function stageInSqlite(path: string, catalog: NativeSqlite | null): Staging {
  remove(path)
  const connection = new Connection(path, { create: true })
  for (const pragma of [
    'journal_mode = off',
    'synchronous = off',
    'locking_mode = exclusive',
    'cache_size = -8192',
  ])
    connection.run(`pragma ${pragma}`)
  const local: StagingNames = {
    rows: 'rows',
    issues: 'issues',
    diff: 'diff',
    repeated: 'repeated',
    missing: 'missing',
  }
  const engine = { json: 'text', identity: 'integer primary key', create: 'create table' }
  for (const statement of createStatements(local, engine)) connection.run(statement)
  connection.run('begin')
  const insertItem = connection.prepare(insertInto('rows', itemColumns))
  const insertIssue = connection.prepare(insertInto('issues', issueColumns))
  let itemCount = 0
  let isOpen = true
  const close = () => {
    if (!isOpen) return
    isOpen = false
    // A statement that is still there keeps the file open, and its lock.
    insertItem.finalize()
    insertIssue.finalize()
    connection.close()
  }

  return {
    engine: 'sqlite',
    names,
    addItem(item, place) {
      orDiskFull(() => insertItem.run(...itemValues(++itemCount, item, place)))
      return itemCount
    },
    addIssue(issue, place, row) {
      orDiskFull(() => insertIssue.run(...issueValues(issue, place, row)))
    },
    flush: async () => {},
    async seal() {
      orDiskFull(() => {
        connection.run('commit')
        connection.run('create index rows_key on rows (item_key, n)')
        connection.run('create index issues_key on issues (item_key) where item_key is not null')
        connection.run('analyze')
      })
      close()
    },
    withSql: (work) => (catalog === null ? withoutCatalog(path, work) : catalog.withAttached(path, work)),
    async discard() {
      close()
      remove(path)
    },
  }
}

function insertInto(table: string, columns: Record<string, string>): string {
  const columnNames = Object.keys(columns)
  return `insert into ${table} ("${columnNames.join('", "')}") values (${columnNames.map(() => '?').join(', ')})`
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

function orDiskFull<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw diskFullError(error) ?? error
  }
}
