import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { shownTiers, type Tier } from '../catalog/model.ts'
import type { Sql } from '../db/database.ts'
import type { ChangeReport, HoldReason, ImportOptions } from '../imports/model.ts'
import { newId } from '../lib/id.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import type { AnalyzeOptions, AnalyzerParts } from './analyze.ts'
import { changeReport } from './change-report.ts'
import { changeOf, diffContext, guard, refusal } from './conclusion.ts'
import { diffStaged } from './diff.ts'
import { fileError } from './file-error.ts'
import type { ReadLimits } from './formats/format.ts'
import { previousList } from './previous-list.ts'
import { type ReadRequest, type ReadResult, readFile } from './read-file.ts'
import { originalOf } from './rejects/corrected-import.ts'
import { settleCorrections } from './rejects/settle-corrections.ts'
import { type Settled, settle } from './settle.ts'
import { openStaging, unpackFolder } from './staging/index.ts'
import { stageInSqlite } from './staging/sqlite.ts'
import { outcomes, type Staging } from './staging/staging.ts'
import type { IssueCount } from './table/rows/issue.ts'
import type { PriceTier } from './table/rows/item.ts'

/** An item as `try` and a dry run show it. Rows are 0-based, prices decimal strings. */
export interface PreviewItem {
  row: number
  sku: string | null
  name: string
  price: string | null
  currency: string | null
  unit: string | null
  /** The price is for this many units; null: one. */
  price_quantity: string | null
  tiers: Tier[]
  category: string | null
  brand: string | null
  sheet: string | null
}

export interface PreviewIssue {
  row: number | null
  column: number | null
  code: string
  message: string
  raw: string | null
  severity: string
  sheet: string | null
}

/** A file that was read without writing anything; lists are streamed from a staging area that goes with it. */
export interface Preview extends Settled {
  items(limit: number): AsyncIterable<PreviewItem>
  /** Rejected rows and notes in the order of rows. */
  issues(limit: number): AsyncIterable<PreviewIssue>
  /** How many of them there are of each code, the most first. */
  issueCounts(): Promise<IssueCount[]>
}

/** What an import would do, and whether it would be held. */
export interface DryRun extends Preview {
  /** Null: the file cannot be taken at all, and `error` says why. */
  report: ChangeReport | null
  holdReasons: HoldReason[]
  error: { code: string; message: string } | null
}

interface PreviewRequest extends AnalyzeOptions {
  path: string
  options: ImportOptions
}

/**
 * Reads a file without any database. The same code as an import, up to the comparison with the catalog.
 * @param work what is done with the preview; its lists are gone afterwards
 */
export async function tryFile<Result>(
  request: PreviewRequest & { limits: ReadLimits },
  work: (preview: Preview) => Promise<Result>,
): Promise<Result> {
  sweepTries(tmpdir(), Date.now())
  const folder = mkdtempSync(join(tmpdir(), tryPrefix))
  try {
    const openStaging = async () => stageInSqlite(join(folder, 'staging.db'), null)
    const read = await readNamed({
      ...request,
      unpackFolder: join(folder, 'unpacked'),
      decision: null,
      knownRows: null,
      openStaging,
    })
    return await read.staging.withSql(async (sql) => {
      const settled = await settle(sql, read, request.options.settings.duplicates)
      return work({ ...settled, ...lists(sql, read.staging) })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How the folders begin that lists are tried in; `sweepTries` deletes those that were left. */
export const tryPrefix = 'tallyman-try-'
/** Nobody tries a file for so long. */
const tryMs = 24 * 60 * 60 * 1000

/** Deletes what killed tries have left among the temporary files, which may be a whole unpacked archive. */
export function sweepTries(temporary: string, now: number): void {
  for (const name of readdirSync(temporary)) {
    if (!name.startsWith(tryPrefix)) continue
    const folder = join(temporary, name)
    try {
      if (now - statSync(folder).mtimeMs > tryMs) rmSync(folder, { recursive: true, force: true })
    } catch {
      // It is somebody else's, or has just gone.
    }
  }
}

/**
 * Reads a file and compares it with the catalog, without writing to it.
 * @param of null: the supplier is not known yet, so everything is new
 */
export async function dryRun<Result>(
  parts: AnalyzerParts,
  request: PreviewRequest & { of: { supplierId: string; sourceId: string } | null },
  work: (preview: DryRun) => Promise<Result>,
): Promise<Result> {
  const importId = newId()
  const read = await readNamed({
    ...request,
    limits: parts.limits,
    unpackFolder: unpackFolder({ importId, attempt: 1, folder: parts.stagingFolder }),
    decision: null,
    knownRows: null,
    correctedImport: (id) => originalOf(parts.db, id, request.of?.supplierId ?? null),
    previous: request.of === null ? null : await previousList(parts.db, request.of),
    openStaging: () => openStaging(parts.db, { importId, attempt: 1, folder: parts.stagingFolder }),
  })
  try {
    return await read.staging.withSql(async (sql) => {
      const { corrects } = read.decision
      const original =
        corrects === undefined ? null : await originalOf(parts.db, corrects, request.of?.supplierId ?? null)
      const { options, of } =
        original === null
          ? request
          : { options: { ...original.options, mayHold: request.options.mayHold }, of: original }
      const { signal } = request
      const settled = await settle(sql, read, options.settings.duplicates, async () =>
        original === null ? 0 : settleCorrections(parts, sql, read.staging, { original, signal }),
      )
      const outcome = await compared(sql, { read, settled, request: { path: request.path, options, of } })
      return work({ ...settled, ...outcome, ...lists(sql, read.staging) })
    })
  } finally {
    await read.staging.discard()
  }
}

function readNamed(request: ReadRequest): Promise<ReadResult> {
  return readFile(request).catch((error) => {
    throw fileError(basename(request.path), error)
  })
}

async function compared(
  sql: Sql,
  {
    read,
    settled,
    request,
  }: {
    read: ReadResult
    settled: Settled
    request: Pick<PreviewRequest, 'path' | 'options'> & {
      of: { supplierId: string; sourceId: string } | null
    }
  },
): Promise<Pick<DryRun, 'report' | 'holdReasons' | 'error' | 'counts'>> {
  const why = refusal(settled, basename(request.path))
  if (why !== null)
    return {
      counts: settled.counts,
      report: null,
      holdReasons: [],
      error: { code: why.code, message: why.message },
    }
  const of = {
    supplierId: request.of?.supplierId ?? '',
    // Ids that no supplier and no source has.
    sourceId: request.of?.sourceId ?? '',
    scopes: read.scopes,
    sheetsLeftAside: read.sheetsLeftAside,
    known: null,
    isCorrection: read.decision.corrects !== undefined,
  }
  const context = diffContext(request.options, of)
  const diff = await diffStaged(sql, read.staging, context)
  if (diff === null) throw new Error('Every row was read, and yet not all of them can be compared.')
  const { counts } = changeOf(settled, diff, read.scopes)
  const holdReasons = guard(settled, diff, request.options)
  const told = { diff, rejectedRows: settled.counts.rejected, isFull: context.isFull }
  const report = await changeReport(sql, read.staging, told)
  return { counts, report, holdReasons, error: null }
}

function lists(sql: Sql, staging: Staging): Pick<Preview, 'items' | 'issues' | 'issueCounts'> {
  const { rows, issues } = staging.names
  return {
    async *items(limit) {
      for await (const { price_e4, price_quantity_e4, tiers, ...item } of pages<
        Omit<PreviewItem, 'price' | 'price_quantity' | 'tiers'> & {
          n: number
          tiers: string | PriceTier[] | null
          price_e4: number | null
          price_quantity_e4: number | null
        }
      >(
        (after, size) =>
          sql.all(
            `select n, "row", sku, name, price_e4, currency, price_quantity_e4, unit, tiers, category, brand, sheet from ${rows}
             where outcome = ${outcomes.accepted} and n > $1 order by n limit ${size}`,
            [after],
          ),
        limit,
      )) {
        const { row, sku, name, currency, unit, category, brand, sheet } = item
        const price = price_e4 === null ? null : formatPrice(price_e4)
        const price_quantity = price_quantity_e4 === null ? null : formatE4(price_quantity_e4)
        const shown = shownTiers(tiers)
        yield { row, sku, name, price, currency, unit, price_quantity, tiers: shown, category, brand, sheet }
      }
    },
    async *issues(limit) {
      // Issues are few beside the rows, and their own order is that of the reading.
      let shown = 0
      for (let offset = 0; shown < limit; offset += pageSize) {
        const page = await sql.all<PreviewIssue>(
          `select "row", col as "column", code, message, raw, severity, sheet from ${issues}
           where severity <> 'ignored' order by sheet, "row", col limit ${pageSize} offset ${offset}`,
        )
        for (const issue of page.slice(0, limit - shown)) yield issue
        shown += page.length
        if (page.length < pageSize) return
      }
    },
    async issueCounts() {
      const counts = await sql.all<IssueCount>(
        `select code, count(*) as count from ${issues} where severity <> 'ignored' group by code order by 2 desc, code`,
      )
      return counts.map(({ code, count }) => ({ code, count: Number(count) }))
    },
  }
}

const pageSize = 1000

async function* pages<Row extends { n: number }>(
  load: (after: number, size: number) => Promise<Row[]>,
  limit: number,
): AsyncGenerator<Row> {
  let after = 0
  for (let shown = 0; shown < limit; ) {
    const size = Math.min(pageSize, limit - shown)
    const page = await load(after, size)
    yield* page
    shown += page.length
    if (page.length < size) return
    after = page.at(-1)!.n
  }
}

/** The size of a file, in bytes; 0 when it cannot be told. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
