import type { Sql, SqlValue } from '../db/database.ts'
import type { ImportStatus } from '../imports/model.ts'
import { connectors } from './kinds/index.ts'
import type { SourceKind } from './model.ts'

/** Which sources are looked for; what is left out does not matter. */
export interface SourceFilter {
  supplierId?: string
  /** Its whole name, as it is written. */
  name?: string
  kind?: SourceKind
  isPaused?: boolean
  isScheduled?: boolean
  /** Of a kind whose lists are fetched. */
  isFetchable?: true
  /** Only those behind this one, in the order of the page. */
  after?: SourcePlace
}

/** Where a source stands in the order of a page. */
export type SourcePlace = [supplierKey: string, name: string]

/** What belongs to a source and is written elsewhere. */
export interface SourceContext {
  supplier: string
  supplierTimeZone: string | null
  /** Its latest import; null: it has none yet. */
  lastImport: LastImport | null
}

export interface LastImport {
  id: string
  runId: string
  status: ImportStatus
  fileName: string
  errorMessage: string | null
  createdAt: Date
  finishedAt: Date | null
}

/** Finds sources, and what belongs to them. See db/scanner.ts for where these reads run. */
export function sourceFinder(sql: Pick<Sql, 'all'>) {
  return {
    /** By supplier and name. */
    async sources(filter: SourceFilter, limit: number): Promise<{ id: string; place: SourcePlace }[]> {
      const { where, parameters } = conditions(filter)
      const rows = await sql.all<{ id: string; name_key: string; name: string }>(
        `select s.id, p.name_key, s.name from sources as s join suppliers as p on p.id = s.supplier_id
         ${where} order by p.name_key, s.name limit ${limit}`,
        parameters,
      )
      return rows.map(({ id, name_key, name }) => ({ id, place: [name_key, name] }))
    },

    /** What belongs to each of the sources, by their ids. */
    async context(ids: readonly string[]): Promise<Map<string, SourceContext>> {
      if (ids.length === 0) return new Map()
      const places = ids.map((_, index) => `$${index + 1}`).join(', ')
      const rows = await sql.all<ContextRow>(
        `select s.id, p.name as supplier, p.time_zone as "supplierTimeZone", m.id as "importId",
                m.run_id as "runId", m.status, m.file_name as "fileName", m.error_message as "errorMessage",
                m.created_at as "createdAt", m.finished_at as "finishedAt"
         from sources as s join suppliers as p on p.id = s.supplier_id
         left join imports as m on m.id = (
           select l.id from imports as l where l.source_id = s.id order by l.created_at desc, l.id desc limit 1)
         where s.id in (${places})`,
        [...ids],
      )
      return new Map(rows.map((row) => [row.id, contextOf(row)]))
    },
  }
}

type Instant = string | number

interface ContextRow {
  id: string
  supplier: string
  supplierTimeZone: string | null
  importId: string | null
  runId: string
  status: ImportStatus
  fileName: string
  errorMessage: string | null
  createdAt: Instant
  finishedAt: Instant | null
}

function contextOf(row: ContextRow): SourceContext {
  const { supplier, supplierTimeZone, importId, runId, status, fileName, errorMessage } = row
  return {
    supplier,
    supplierTimeZone,
    lastImport:
      importId === null
        ? null
        : {
            id: importId,
            runId,
            status,
            fileName,
            errorMessage,
            createdAt: new Date(row.createdAt),
            finishedAt: row.finishedAt === null ? null : new Date(row.finishedAt),
          },
  }
}

function conditions({ supplierId, name, kind, isPaused, isScheduled, isFetchable, after }: SourceFilter) {
  const parameters: SqlValue[] = []
  const place = (value: SqlValue) => `$${parameters.push(value)}`
  const texts: string[] = []
  if (supplierId !== undefined) texts.push(`s.supplier_id = ${place(supplierId)}`)
  if (name !== undefined) texts.push(`s.name = ${place(name)}`)
  if (kind !== undefined) texts.push(`s.kind = ${place(kind)}`)
  if (isPaused !== undefined) texts.push(`s.paused_at is ${isPaused ? 'not ' : ''}null`)
  if (isScheduled !== undefined) texts.push(`s.schedule is ${isScheduled ? 'not ' : ''}null`)
  if (isFetchable) {
    const kinds = connectors.filter(({ fetch }) => fetch !== null).map(({ name }) => place(name))
    texts.push(`s.kind in (${kinds.join(', ')})`)
  }
  if (after !== undefined) texts.push(`(p.name_key, s.name) > (${place(after[0])}, ${place(after[1])})`)
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, parameters }
}
