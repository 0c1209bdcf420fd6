import type { Severity } from '../analyzer/table/rows/issue.ts'
import type { Sql, SqlValue } from '../db/database.ts'
import type { ImportStatus } from './model.ts'

/**
 * Finds which imports, or which entries of a parse log, a page shows. A filter that few rows pass may have to walk
 * past very many, so these reads are kept apart from those that fetch what was found: see db/scanner.ts.
 */
export function importFinder(sql: Pick<Sql, 'all'>) {
  return {
    /** Ids of imports, newest first. @param filter.before only older ones than this */
    async imports(
      filter: { supplierId?: string; status?: ImportStatus; before?: string },
      limit: number,
    ): Promise<string[]> {
      const { where, parameters } = conditions([
        ['supplier_id =', filter.supplierId],
        ['status =', filter.status],
        ['id <', filter.before],
      ])
      const rows = await sql.all<{ id: string }>(
        `select id from imports ${where} order by id desc limit ${limit}`,
        parameters,
      )
      return rows.map(({ id }) => id)
    },

    /** Ids of entries of an import's parse log, in the order of its rows. @param filter.after only later ones */
    async log(
      filter: { importId: string; severity?: Severity; after?: number },
      limit: number,
    ): Promise<number[]> {
      const { where, parameters } = conditions([
        ['import_id =', filter.importId],
        ['severity =', filter.severity],
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

/** What is undefined is no condition. */
function conditions(all: [column: string, value: SqlValue | undefined][]) {
  const parameters: SqlValue[] = []
  const texts = all.flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} $${parameters.push(value)}`],
  )
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, parameters }
}
