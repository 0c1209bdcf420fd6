import { type Diff, diffStaged } from '../../src/analyzer/diff.ts'
import { publish } from '../../src/analyzer/publish.ts'
import { settleDuplicates } from '../../src/analyzer/staging/duplicates.ts'
import { openStaging, type Staging } from '../../src/analyzer/staging/index.ts'
import { defaultTableOptions } from '../../src/analyzer/table/decision.ts'
import type { ItemRow } from '../../src/analyzer/table/rows/item.ts'
import type { Database, Sql } from '../../src/db/database.ts'
import { type ImportOptions, noRows } from '../../src/imports/model.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore, type Lease } from '../../src/queue/store.ts'
import { type DuplicateRule, defaultSettings, type Pins } from '../../src/sources/model.ts'
import { noPins } from '../../src/sources/pins.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import type { Engine } from './engines.ts'
import { issueOf } from './item-rows.ts'
import { openMigrated } from './open-database.ts'
import { temporaryDirectory } from './temporary.ts'

/** A catalog, and lists that are published into it through the program's own staging, diff and publish. */
export interface Bench extends AsyncDisposable {
  db: Database
  url: string
  /** Where staging files lie. */
  folder: string
  /** Finds or makes both. */
  source(supplier: string, source?: string): Promise<BenchSource>
  /** A running import with its lease, and no rows yet. */
  begin(source: BenchSource, begin?: { fetchedAt?: Date; isFull?: boolean }): Promise<Begun>
  /** A sealed staging area; the caller discards it. */
  stage(importId: string, list: TestList): Promise<Staging>
  publish(source: BenchSource, list: TestList): Promise<Published>
  /** Rows of one statement, JSON parsed and instants as ISO text, alike on both engines. */
  rows(text: string, parameters?: (string | number)[]): Promise<Record<string, unknown>[]>
  /** Everything that an import may write, to be compared with itself. */
  contents(): Promise<Record<string, unknown[]>>
}

export interface BenchSource {
  supplierId: string
  sourceId: string
}

export interface Begun {
  importId: string
  lease: Lease
  now: Date
}

export interface TestSheet {
  sheet: string | null
  scope?: string
  items: ItemRow[]
  /** Keys of rows that were rejected but could be read that far. */
  rejectedKeys?: string[]
}

export interface TestList {
  items?: ItemRow[]
  rejectedKeys?: string[]
  /** Instead of the two above. */
  sheets?: TestSheet[]
  isFull?: boolean
  /** Scopes that were read whole; default: all that the sheets name. */
  scopes?: string[]
  duplicates?: DuplicateRule
  fetchedAt?: Date
  /** Runs between comparison and publishing, in the transactions that staging lends. */
  between?: (tx: Database['tx'], begun: Begun) => Promise<void>
  /** What a person says about it; nothing if left out. */
  said?: Pins
}

export interface Published {
  importId: string
  diff: Diff
  isPublished: boolean
}

/** What `rows` and `contents` compare: everything but job heartbeats. */
export const writtenTables = [
  'suppliers',
  'sources',
  'categories',
  'brands',
  'imports',
  'jobs',
  'supplier_items',
  'price_history',
  'item_changes',
  'parsing_logs',
] as const

export const sha256OfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/**
 * Opens a bench. Its clock stands at 2026-11-22 09:00 and moves on by a second with every import that begins.
 *
 *     await using bench = await openBench(engine)
 *     const source = await bench.source('Acme')
 *     await bench.publish(source, { items: [itemRow('A-1')] })
 */
export async function openBench(engine: Engine): Promise<Bench> {
  const database = await openMigrated(engine)
  const directory = await temporaryDirectory()
  const { db } = database
  let seconds = 0

  const bench: Bench = {
    db,
    url: database.url,
    folder: directory.path,
    source: (supplier, source = 'upload') => addSource(db, supplier, source),
    async begin(source, { fetchedAt, isFull } = {}) {
      const now = new Date(Date.UTC(2026, 10, 22, 9, 0, ++seconds))
      return begin(db, { source, now, fetchedAt: fetchedAt ?? now, isFull: isFull ?? false })
    },
    async stage(importId, list) {
      const staging = await openStaging(db, { importId, attempt: 1, folder: directory.path })
      for (const { sheet, scope = '', items, rejectedKeys = [] } of sheetsOf(list)) {
        for (const item of items) staging.addItem(item, { sheet, scope })
        for (const itemKey of rejectedKeys)
          staging.addIssue(issueOf(), { sheet, scope }, { itemKey, rowData: '["?"]' })
        await staging.flush()
      }
      await staging.seal()
      return staging
    },
    async publish(source, list) {
      const begun = await bench.begin(source, list)
      const staging = await bench.stage(begun.importId, list)
      try {
        return await staging.withSql(async (sql, tx) => {
          await settleDuplicates(sql, staging, list.duplicates ?? 'reject')
          const scopes = list.scopes ?? [...new Set(sheetsOf(list).map(({ scope }) => scope ?? ''))]
          const isFull = list.isFull ?? false
          const diff = await compare(sql, staging, { ...source, isFull, scopes })
          await list.between?.(tx, begun)
          const context = {
            ...source,
            ...begun,
            scopes,
            said: list.said ?? noPins,
            corrects: null,
            fetchedAt: list.fetchedAt ?? begun.now,
            isReplay: false,
          }
          const change = { status: 'completed' as const, counts: noRows, scopes }
          const published = await publish(db, tx, { staging, diff, context, change })
          return { importId: begun.importId, diff, isPublished: published !== null }
        })
      } finally {
        await staging.discard()
      }
    },
    async rows(text, parameters = []) {
      return (await db.all<Record<string, unknown>>(text, parameters)).map(plain)
    },
    async contents() {
      const contents: Record<string, unknown[]> = {}
      for (const table of writtenTables)
        contents[table] = (await bench.rows(`select * from ${table}`))
          .map((row) => JSON.stringify(row))
          .sort()
      return contents
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
  return bench
}

/** Compares rows that were all read. */
export async function compare(
  sql: Sql,
  staging: Staging,
  of: { supplierId: string; sourceId: string; isFull: boolean; scopes: string[] },
): Promise<Diff> {
  const diff = await diffStaged(sql, staging, {
    ...of,
    moveMax: 0.5,
    sheetsLeftAside: [],
    known: null,
    isCorrection: false,
  })
  if (diff === null) throw new Error('Nothing was recognised, so there is nothing to distrust.')
  return diff
}

/** @returns the sheets of a list that was written in its short form too */
function sheetsOf({ items = [], rejectedKeys = [], sheets }: TestList): TestSheet[] {
  return sheets ?? [{ sheet: null, scope: '', items, rejectedKeys }]
}

async function addSource(db: Database, supplierName: string, sourceName: string): Promise<BenchSource> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const now = new Date(Date.UTC(2026, 10, 22, 9))
    const supplier = await supplierStore(stores).findOrAdd(supplierName, now)
    const source = await sourceStore(stores).findOrAddUpload(supplier.id, sourceName, now)
    await tx.query
      .insert(db.tables.rawFiles)
      .values({
        sha256: sha256OfNothing,
        md5: 'd41d8cd98f00b204e9800998ecf8427e',
        sizeBytes: 0,
        createdAt: now,
      })
      .onConflictDoNothing()
    return { supplierId: supplier.id, sourceId: source.id }
  })
}

async function begin(
  db: Database,
  { source, now, fetchedAt, isFull }: { source: BenchSource; now: Date; fetchedAt: Date; isFull: boolean },
): Promise<Begun> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const importId = await importStore(stores).add({
      trigger: 'cli',
      ...source,
      fileName: 'list.csv',
      sha256: sha256OfNothing,
      options: plainOptions(isFull),
      readingKey: 'key',
      now: fetchedAt,
    })
    const jobs = jobStore(stores)
    await jobs.add({ importId, lane: source.supplierId, worker: 'test 1 ', now })
    const lease = await jobs.take((await jobs.ofImport(importId))!, 'test 1 ')
    return { importId, lease, now }
  })
}

/** An import's options as they are when nobody says anything. */
export function plainOptions(isFull = false): ImportOptions {
  return {
    settings: defaultSettings,
    said: noPins,
    table: defaultTableOptions,
    listMode: isFull ? 'full' : 'partial',
    format: null,
    encoding: null,
    delimiter: null,
    sheets: null,
    mayHold: true,
    isForced: false,
  }
}

const jsonColumns = new Set(['characteristics', 'tiers', 'before', 'row_data', 'scopes', 'changes'])

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => {
      if (jsonColumns.has(key) && typeof value === 'string') return [key, JSON.parse(value)]
      const isInstant = key.endsWith('_at') && (typeof value === 'number' || typeof value === 'string')
      if (isInstant) return [key, new Date(value).toISOString()]
      return [key, value]
    }),
  )
}
