import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  type SQL,
} from 'drizzle-orm'
import type { IssueCount, Severity } from '../analyzer/table/rows/issue.ts'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import { ConflictError, NotFoundError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { storableValue } from '../lib/storable.ts'
import type {
  AnalyzerKind,
  ChangeCounts,
  ChangeReport,
  FileDecision,
  HoldReason,
  IgnoredCounts,
  ImportOptions,
  ImportStatus,
  Origin,
  RowCounts,
  RunTrigger,
} from './model.ts'
import { noChanges } from './model.ts'

export interface Import {
  id: string
  runId: string
  supplierId: string
  supplier: string
  sourceId: string
  source: string
  status: ImportStatus
  /** As people know the file; before it was fetched, what its source goes by. */
  fileName: string
  /** Null: the file is yet to be fetched. */
  sha256: string | null
  /** Where the file came from, and what was said of it there; null: nothing is known. */
  origin: Origin | null
  /** Rows that a foreign analyzer answered for the file; null: the file itself is read. */
  rowsSha256: string | null
  analyzedBy: AnalyzerKind | null
  /** Why the file was read without the analyzer's HTTP service although it should have been. */
  fallbackReason: string | null
  options: ImportOptions
  readingKey: string
  decision: FileDecision | null
  scopes: string[]
  counts: RowCounts
  ignored: IgnoredCounts
  changes: ChangeCounts
  /** What it changed or would change; null: it was not compared with the catalog, or is one of a list of many. */
  report: ChangeReport | null
  holdReasons: HoldReason[]
  error: { code: string; message: string } | null
  supplierRevision: number | null
  sameAsImportId: string | null
  /** It brings corrected rows of this import, and nothing else. */
  correctsImportId: string | null
  /** Imports in the catalog that brought corrected rows of this one, oldest first; only told where imports are shown. */
  correctedBy: string[]
  fetchedAt: Date
  createdAt: Date
  publishedAt: Date | null
  finishedAt: Date | null
}

export interface NewImport {
  trigger: RunTrigger
  /** Left out: a run of its own is made for it. */
  runId?: string
  supplierId: string
  sourceId: string
  fileName: string
  /** Null: the file is yet to be fetched. */
  sha256: string | null
  options: ImportOptions
  readingKey: string
  /** Left out: now, or when its file is. */
  fetchedAt?: Date
  now: Date
}

export interface LogEntry {
  severity: string
  errorType: string
  code: string
  message: string
  sheet: string | null
  row: number | null
  column: number | null
  raw: string | null
  rowData: unknown
  /** The import that brought the rejected row into the catalog after all. */
  correctedBy: string | null
}

/** What may be written of an import after it was made. */
export interface ImportChange {
  status?: ImportStatus
  fileName?: string
  sha256?: string | null
  origin?: Origin | null
  rowsSha256?: string | null
  analyzedBy?: AnalyzerKind
  fallbackReason?: string | null
  decision?: FileDecision | null
  readingKey?: string
  scopes?: string[]
  counts?: RowCounts
  ignored?: IgnoredCounts
  changes?: ChangeCounts
  report?: ChangeReport | null
  holdReasons?: HoldReason[]
  error?: { code: string; message: string } | null
  supplierRevision?: number
  sameAsImportId?: string
  correctsImportId?: string
  sourceId?: string
  options?: ImportOptions
  fetchedAt?: Date
  publishedAt?: Date
  finishedAt?: Date | null
}

/** The raw file that an import reads. @throws ConflictError `not_fetched` while there is none */
export function rawFileOf({ id, sha256 }: Pick<Import, 'id' | 'sha256'>): string {
  if (sha256 !== null) return sha256
  throw new ConflictError('not_fetched', `The file of import ${id} has not been fetched yet.`)
}

/** States in which an import's rows are in the catalog. */
export const publishedStatuses = ['completed', 'partial_success'] as const satisfies ImportStatus[]

/** Imports and their parse logs. Takes a database for reads, a transaction for writes. */
export function importStore({ query, tables }: { query: Query; tables: Tables }) {
  const { imports, ingestionRuns, parsingLogs, suppliers, sources } = tables
  const select = (where: SQL | undefined) =>
    query
      .select({ import: imports, supplier: suppliers.name, source: sources.name })
      .from(imports)
      .innerJoin(suppliers, eq(suppliers.id, imports.supplierId))
      .innerJoin(sources, eq(sources.id, imports.sourceId))
      .where(where)

  /** Imports with those that correct them. */
  async function withCorrections(found: Import[]): Promise<Import[]> {
    if (found.length === 0) return found
    const rows = await query
      .select({ id: imports.id, corrects: imports.correctsImportId })
      .from(imports)
      .where(
        and(
          inArray(
            imports.correctsImportId,
            found.map(({ id }) => id),
          ),
          inArray(imports.status, [...publishedStatuses]),
        ),
      )
      .orderBy(asc(imports.id))
    const by = Map.groupBy(rows, ({ corrects }) => corrects)
    return found.map((each) => ({ ...each, correctedBy: (by.get(each.id) ?? []).map(({ id }) => id) }))
  }

  const logColumns = {
    severity: parsingLogs.severity,
    errorType: parsingLogs.errorType,
    code: parsingLogs.code,
    message: parsingLogs.message,
    sheet: parsingLogs.sheet,
    row: parsingLogs.row,
    column: parsingLogs.column,
    raw: parsingLogs.raw,
    rowData: parsingLogs.rowData,
    correctedBy: parsingLogs.correctedBy,
  }

  return {
    /** A run without imports: what one trigger makes. @param run.schedule the name of the one that was due */
    async addRun(run: { trigger: RunTrigger; schedule?: string; now: Date }): Promise<string> {
      const id = newId()
      const { trigger, schedule = null, now: createdAt } = run
      await query.insert(ingestionRuns).values({ id, trigger, schedule, createdAt })
      return id
    },

    /** One import, pending, in its run. */
    async add(made: NewImport): Promise<string> {
      const id = newId()
      const { now, trigger } = made
      const runId = made.runId ?? (await this.addRun({ trigger, now }))
      await query.insert(imports).values({
        id,
        runId,
        supplierId: made.supplierId,
        sourceId: made.sourceId,
        status: 'pending',
        fileName: made.fileName,
        sha256: made.sha256,
        options: made.options,
        readingKey: made.readingKey,
        scopes: [],
        ignored: {},
        changes: noChanges,
        holdReasons: [],
        fetchedAt: made.fetchedAt ?? now,
        createdAt: now,
      })
      return id
    },

    /** @throws NotFoundError `unknown_import` */
    async get(id: string): Promise<Import> {
      const [row] = await select(eq(imports.id, id))
      if (row === undefined)
        throw new NotFoundError('unknown_import', `There is no import ${id}; "tallyman imports" lists them.`)
      const [found] = await withCorrections([fromRow(row)])
      return found!
    },

    /** Newest first. @param options.before an import's id: only older ones */
    async list(options: { limit: number; before?: string; supplierId?: string }): Promise<Import[]> {
      const rows = await select(
        and(
          options.before === undefined ? undefined : lt(imports.id, options.before),
          options.supplierId === undefined ? undefined : eq(imports.supplierId, options.supplierId),
        ),
      )
        .orderBy(desc(imports.id))
        .limit(options.limit)
      return withCorrections(rows.map(fromRow))
    },

    /** Those of the ids that there are, newest first, without their decision cards and reports, which may be large. */
    async byIds(ids: string[]): Promise<Import[]> {
      if (ids.length === 0) return []
      const { decision: _, report: _report, ...columns } = getTableColumns(imports)
      const rows = await query
        .select({ import: columns, supplier: suppliers.name, source: sources.name })
        .from(imports)
        .innerJoin(suppliers, eq(suppliers.id, imports.supplierId))
        .innerJoin(sources, eq(sources.id, imports.sourceId))
        .where(inArray(imports.id, ids))
        .orderBy(desc(imports.id))
      return withCorrections(
        rows.map((row) => fromRow({ ...row, import: { ...row.import, decision: null, report: null } })),
      )
    },

    async change(id: string, change: ImportChange): Promise<void> {
      // Names of columns and sheets, and what is told of them, are the file's own words.
      const { counts, error, ...plain } = storableValue(change)
      await query
        .update(imports)
        .set({
          ...plain,
          ...(counts && {
            rowsRead: counts.read,
            rowsAccepted: counts.accepted,
            rowsPriced: counts.priced,
            rowsUnchanged: counts.unchanged,
            rowsRejected: counts.rejected,
            rowsIgnored: counts.ignored,
          }),
          ...(error !== undefined && {
            errorCode: error?.code ?? null,
            errorMessage: error?.message ?? null,
          }),
        })
        .where(eq(imports.id, id))
    },

    /** The source's latest import whose rows are in the catalog, or null. */
    async lastPublished(sourceId: string): Promise<Import | null> {
      const [row] = await select(
        and(eq(imports.sourceId, sourceId), inArray(imports.status, [...publishedStatuses])),
      )
        .orderBy(desc(imports.publishedAt), desc(imports.id))
        .limit(1)
      return row === undefined ? null : fromRow(row)
    },

    /** The latest import for which a file was fetched from the source, whatever came of it, or null. */
    async lastFetched(sourceId: string): Promise<Import | null> {
      const [row] = await select(
        and(eq(imports.sourceId, sourceId), isNotNull(imports.origin), isNotNull(imports.sha256)),
      )
        .orderBy(desc(imports.id))
        .limit(1)
      return row === undefined ? null : fromRow(row)
    },

    /** When the latest of the source's lists was fetched or handed in, whatever came of it; null: none was yet. */
    async lastFetchedAt(sourceId: string): Promise<Date | null> {
      const [last] = await query
        .select({ fetchedAt: imports.fetchedAt })
        .from(imports)
        .where(and(eq(imports.sourceId, sourceId), isNotNull(imports.sha256)))
        .orderBy(desc(imports.fetchedAt))
        .limit(1)
      return last?.fetchedAt ?? null
    },

    /** The source's imports whose rows are in the catalog and that are newer than an instant, the latest first. */
    async publishedSince(sourceId: string, since: Date): Promise<Import[]> {
      const rows = await select(
        and(
          eq(imports.sourceId, sourceId),
          inArray(imports.status, [...publishedStatuses]),
          gt(imports.fetchedAt, since),
        ),
      ).orderBy(desc(imports.fetchedAt), desc(imports.id))
      return rows.map(fromRow)
    },

    /** What the source's latest list in the catalog was understood as, or null. */
    async lastDecision(sourceId: string): Promise<FileDecision | null> {
      // The cards of the others may be large, and are not sorted with.
      const [last] = await query
        .select({ id: imports.id })
        .from(imports)
        .where(
          and(
            eq(imports.sourceId, sourceId),
            inArray(imports.status, [...publishedStatuses]),
            // Corrected rows are laid out as the list that they are from.
            isNull(imports.correctsImportId),
          ),
        )
        .orderBy(desc(imports.publishedAt), desc(imports.id))
        .limit(1)
      return last === undefined ? null : (await this.get(last.id)).decision
    },

    /**
     * The source's latest import, an unchanged one left out: it says nothing new. One that has not ended counts: what
     * it will bring is not what the import before it brought.
     * @param except this one does not count
     */
    async lastOfSource(sourceId: string, except?: string): Promise<Import | null> {
      const isOther = except === undefined ? undefined : ne(imports.id, except)
      const [row] = await select(
        and(eq(imports.sourceId, sourceId), ne(imports.status, 'unchanged'), isOther),
      )
        .orderBy(desc(imports.id))
        .limit(1)
      return row === undefined ? null : fromRow(row)
    },

    /** Those of the ids that there are in the parse log, in the order of the rows. */
    async logByIds(ids: number[]): Promise<LogEntry[]> {
      if (ids.length === 0) return []
      return query
        .select(logColumns)
        .from(parsingLogs)
        .where(inArray(parsingLogs.id, ids))
        .orderBy(asc(parsingLogs.id))
    },

    /** The parse log of one import in the order of its rows. */
    async log(
      importId: string,
      options: { limit: number; offset?: number; severities?: Severity[] },
    ): Promise<LogEntry[]> {
      return query
        .select(logColumns)
        .from(parsingLogs)
        .where(
          and(
            eq(parsingLogs.importId, importId),
            options.severities && inArray(parsingLogs.severity, options.severities),
          ),
        )
        .orderBy(asc(parsingLogs.id))
        .limit(options.limit)
        .offset(options.offset ?? 0)
    },

    /** How many entries of each code an import's parse log has, the most first. */
    async logCounts(importId: string, severities: Severity[]): Promise<IssueCount[]> {
      return query
        .select({ code: parsingLogs.code, count: count() })
        .from(parsingLogs)
        .where(and(eq(parsingLogs.importId, importId), inArray(parsingLogs.severity, severities)))
        .groupBy(parsingLogs.code)
        .orderBy(desc(count()), asc(parsingLogs.code))
    },
  }
}

interface Row {
  import: Tables['imports']['$inferSelect']
  supplier: string
  source: string
}

/** JSON columns were written by this store from the same types; nothing else writes them. */
function fromRow({ import: row, supplier, source }: Row): Import {
  return {
    id: row.id,
    runId: row.runId,
    supplierId: row.supplierId,
    supplier,
    sourceId: row.sourceId,
    source,
    status: row.status,
    fileName: row.fileName,
    sha256: row.sha256,
    origin: row.origin as Origin | null,
    rowsSha256: row.rowsSha256,
    analyzedBy: row.analyzedBy,
    fallbackReason: row.fallbackReason,
    options: row.options as ImportOptions,
    readingKey: row.readingKey,
    decision: row.decision as FileDecision | null,
    scopes: row.scopes as string[],
    counts: {
      read: row.rowsRead,
      accepted: row.rowsAccepted,
      priced: row.rowsPriced,
      unchanged: row.rowsUnchanged,
      rejected: row.rowsRejected,
      ignored: row.rowsIgnored,
    },
    ignored: row.ignored as IgnoredCounts,
    changes: row.changes as ChangeCounts,
    report: row.report as ChangeReport | null,
    holdReasons: row.holdReasons as HoldReason[],
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    supplierRevision: row.supplierRevision,
    sameAsImportId: row.sameAsImportId,
    correctsImportId: row.correctsImportId,
    correctedBy: [],
    fetchedAt: row.fetchedAt,
    createdAt: row.createdAt,
    publishedAt: row.publishedAt,
    finishedAt: row.finishedAt,
  }
}
