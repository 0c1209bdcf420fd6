import type { Severity } from '../analyzer/table/rows/issue.ts'
import type { Sql, SqlValue } from '../db/database.ts'
import { type ImportStatus, jobStates } from './model.ts'

/** Which imports are looked for; what is left out does not matter. */
export interface ImportFilter {
  supplierId?: string
  sourceId?: string
  runId?: string
  status?: ImportStatus
  /** Begun then or later … */
  from?: Date
  /** … and before then. */
  to?: Date
  /** Only older ones than this. */
  before?: string
}

/**
 * Finds which imports, or which entries of a parse log, a page shows. A filter that few rows pass may have to walk
 * past very many, so these reads are kept apart from those that fetch what was found: see db/scanner.ts.
 */
export function importFinder(sql: Pick<Sql, 'all'>) {
  return {
    /** Ids of imports, newest first. */
    async imports(filter: ImportFilter, limit: number): Promise<string[]> {
      const { where, parameters } = conditions([
        ['supplier_id =', filter.supplierId],
        ['source_id =', filter.sourceId],
        ['run_id =', filter.runId],
        ['status =', filter.status],
        ['created_at >=', filter.from],
        ['created_at <', filter.to],
        ['id <', filter.before],
      ])
      const rows = await sql.all<{ id: string }>(
        `select id from imports ${narrowed(where, filter)} order by id desc limit ${limit}`,
        parameters,
      )
      return rows.map(({ id }) => id)
    },

    /** Ids of entries of an import's parse log, in the order of its rows. @param filter.after only later ones */
    async log(
      filter: { importId: string; severity?: Severity; code?: string; after?: number },
      limit: number,
    ): Promise<number[]> {
      const { where, parameters } = conditions([
        ['import_id =', filter.importId],
        ['severity =', filter.severity],
        ['code =', filter.code],
        ['id >', filter.after],
      ])
      const rows = await sql.all<{ id: number }>(
        `select id from parsing_logs ${where} order by id limit ${limit}`,
        parameters,
      )
      return rows.map(({ id }) => id)
    },
  }
}

/**
 * Says twice what holds anyway, so that an index is of use: overviews ask for what is held, and for what failed lately,
 * every few seconds, and walked past 100,000 imports for 0.3 s each time. An import that has not ended has a job that has
 * not either; and imports of a time are found by supplier.
 */
function narrowed(where: string, { status, from, supplierId, sourceId }: ImportFilter): string {
  const isOpen = status === 'pending' || status === 'running' || status === 'held'
  if (isOpen) return `${where} and id in (select import_id from jobs where state in (${unendedStates}))`
  if (status !== undefined && from !== undefined && supplierId === undefined && sourceId === undefined)
    return `${where} and supplier_id in (select id from suppliers)`
  return where
}

const unendedStates = jobStates
  .filter((state) => state !== 'succeeded')
  .map((state) => `'${state}'`)
  .join(', ')

/** What is undefined is no condition. */
function conditions(all: [column: string, value: SqlValue | undefined][]) {
  const parameters: SqlValue[] = []
  const texts = all.flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} $${parameters.push(value)}`],
  )
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, parameters }
}
