import { sql } from 'drizzle-orm'
import { errorTypes, severities } from '../analyzer/table/rows/issue.ts'
import { changeKinds, productStatuses } from '../catalog/model.ts'
import { analyzerKinds, importStatuses, runTriggers } from '../imports/model.ts'
import { duplicateRules, listModes, scopeRules, sourceKinds } from '../sources/model.ts'
import { makeAuthTables } from './auth-tables.ts'
import { postgresKit, sqliteKit } from './kit.ts'
import { makeQueueTables } from './queue-tables.ts'

function makeTables(kit: typeof postgresKit) {
  const {
    table,
    text,
    integer,
    identity,
    json,
    instant,
    boolean,
    index,
    unique,
    primaryKey,
    check,
    ofEveryItem,
    jsonCheck,
  } = kit

  const suppliers = table(
    'suppliers',
    {
      no: identity('no'),
      id: text('id').notNull().unique(),
      name: text('name').notNull(),
      /** The name as it is compared: trimmed, folded, lower case. */
      nameKey: text('name_key').notNull(),
      currency: text('currency'),
      country: text('country'),
      timeZone: text('time_zone'),
      /** Whether its files go to the analyzer over HTTP; null: as TALLYMAN_USE_ANALYZER says. */
      usesAnalyzer: boolean('uses_analyzer'),
      /** Goes up with every write to the supplier's part of the catalog; a diff is only valid for one revision. */
      revision: integer('revision').notNull().default(0),
      /** Since when it is being deleted, with all that is its; null: it is not. See sources/delete-supplier.ts. */
      deletingAt: instant('deleting_at'),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [unique('suppliers_name_key').on(c.nameKey)],
  )

  const sources = table(
    'sources',
    {
      no: identity('no'),
      id: text('id').notNull().unique(),
      supplierId: text('supplier_id')
        .notNull()
        .references(() => suppliers.id, { onDelete: 'cascade' }),
      name: text('name').notNull(),
      kind: text('kind', { enum: sourceKinds }).notNull(),
      listMode: text('list_mode', { enum: listModes }).notNull(),
      scope: text('scope', { enum: scopeRules }).notNull(),
      duplicates: text('duplicates', { enum: duplicateRules }).notNull(),
      currency: text('currency'),
      country: text('country'),
      timeZone: text('time_zone'),
      priority: integer('priority').notNull().default(100),
      /** What its kind needs to fetch a file, without what is secret of it: see sources/kinds. Empty for uploads. */
      config: json('config').notNull(),
      /** What is secret of its configuration, sealed: see sources/secrets.ts; null: nothing is. */
      secrets: text('secrets'),
      /** What its kind has learned about where it fetches from, such as a host key; null: nothing. */
      learned: json('learned'),
      /** The file that declares it, so that what is taken out there is paused here: see sources/config-file; null: people do. */
      declaredIn: text('declared_in'),
      /** Whether its files go to the analyzer over HTTP; null: as its supplier, or TALLYMAN_USE_ANALYZER, says. */
      usesAnalyzer: boolean('uses_analyzer'),
      /** Whether it is looked at for updates between the times of its schedule. */
      isWatched: boolean('is_watched').notNull().default(false),
      /** When it is fetched: five cron fields, in its time zone; null: only when somebody asks. */
      schedule: text('schedule'),
      /** When the schedule was set: what was due before was not its to do. Null: it has none. */
      scheduledAt: instant('scheduled_at'),
      /** Pauses in milliseconds before its jobs are tried again by themselves; null: the usual ones. */
      retryDelays: json('retry_delays'),
      /** Since when nothing of it is begun; null: it is not paused. */
      pausedAt: instant('paused_at'),
      /** Field → header or column letter, as a person pinned it. */
      map: json('map').notNull(),
      /** Fields that identify an item where a list has no SKUs. */
      identity: json('identity').notNull(),
      decimalsMax: text('decimals_max', { enum: ['4', 'currency'] }).notNull(),
      limits: json('limits').notNull(),
      /** Encoding, sheets, header rows …, as a person pinned them: see sources/model.ts `ReadingSettings`. */
      reading: json('reading').notNull(),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [
      unique('sources_supplier_name').on(c.supplierId, c.name),
      check('sources_map_json', jsonCheck('map')),
      check('sources_identity_json', jsonCheck('identity')),
      check('sources_limits_json', jsonCheck('limits')),
      check('sources_reading_json', jsonCheck('reading')),
      check('sources_config_json', jsonCheck('config')),
      check('sources_learned_json', jsonCheck('learned')),
      check('sources_retry_delays_json', jsonCheck('retry_delays')),
    ],
  )

  const categories = table(
    'categories',
    {
      id: text('id').primaryKey(),
      supplierId: text('supplier_id')
        .notNull()
        .references(() => suppliers.id, { onDelete: 'cascade' }),
      parentId: text('parent_id'),
      name: text('name').notNull(),
      /** Levels joined by " > ", as `supplier_items.category` holds it. */
      path: text('path').notNull(),
    },
    (c) => [
      unique('categories_supplier_path').on(c.supplierId, c.path),
      kit
        .foreignKey({ name: 'categories_parent', columns: [c.parentId], foreignColumns: [c.id] })
        .onDelete('cascade'),
    ],
  )

  const brands = table(
    'brands',
    { id: text('id').primaryKey(), name: text('name').notNull(), nameKey: text('name_key').notNull() },
    (c) => [unique('brands_name_key').on(c.nameKey)],
  )

  const products = table('products', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    status: text('status', { enum: productStatuses }).notNull(),
    brandId: text('brand_id').references(() => brands.id, { onDelete: 'set null' }),
    categoryId: text('category_id').references(() => categories.id, { onDelete: 'set null' }),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  })

  const rawFiles = table(
    'raw_files',
    {
      /** Lower-case hex; also the file's name in the archive. */
      sha256: text('sha256').primaryKey(),
      md5: text('md5').notNull(),
      sizeBytes: integer('size_bytes').notNull(),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [index('raw_files_created').on(c.createdAt, c.sha256)],
  )

  /** What is known of hosts that files are fetched from, shared by all workers: see courier/hosts. */
  const hosts = table('hosts', {
    /** Name and port, as in "prices.example.com:443". */
    host: text('host').primaryKey(),
    /** It asked to be left alone until then; null: it did not. */
    pausedUntil: instant('paused_until'),
    /** Requests that failed one after the other. */
    failures: integer('failures').notNull().default(0),
    /** Since it failed too often nobody asks it before then, and then one; null: it may be asked. */
    closedUntil: instant('closed_until'),
    /** When the last request of its budget was, and how many there were since there was none for its whole time. */
    budgetFrom: instant('budget_from'),
    budgetUsed: integer('budget_used').notNull().default(0),
    updatedAt: instant('updated_at').notNull(),
  })

  const ingestionRuns = table('ingestion_runs', {
    id: text('id').primaryKey(),
    trigger: text('trigger', { enum: runTriggers }).notNull(),
    /** The name of the schedule that started it; null: somebody did. */
    schedule: text('schedule'),
    createdAt: instant('created_at').notNull(),
  })

  const imports = table(
    'imports',
    {
      no: identity('no'),
      id: text('id').notNull().unique(),
      runId: text('run_id')
        .notNull()
        .references(() => ingestionRuns.id, { onDelete: 'cascade' }),
      supplierId: text('supplier_id')
        .notNull()
        .references(() => suppliers.id, { onDelete: 'cascade' }),
      sourceId: text('source_id')
        .notNull()
        .references(() => sources.id, { onDelete: 'cascade' }),
      status: text('status', { enum: importStatuses }).notNull(),
      /** As people know the file; before it was fetched, what its source goes by. */
      fileName: text('file_name').notNull(),
      /** Null: it is yet to be fetched. */
      sha256: text('sha256').references(() => rawFiles.sha256),
      /** Where its file came from, and what was said of it there: see imports/model.ts `Origin`; null: nothing is known. */
      origin: json('origin'),
      /** The rows that a foreign analyzer answered for the file, kept as a file too; null: the file itself is read. */
      rowsSha256: text('rows_sha256').references(() => rawFiles.sha256),
      /** Who read the file; null: nobody yet. */
      analyzedBy: text('analyzed_by', { enum: analyzerKinds }),
      /** Why the file was read without the analyzer's HTTP service although it should have been; else null. */
      fallbackReason: text('fallback_reason'),
      /** Everything that decides how the file is read: see imports/model.ts `ImportOptions`. */
      options: json('options').notNull(),
      /** Hash of the options and the parser's version: same key and same bytes give the same rows. */
      readingKey: text('reading_key').notNull(),
      /** What was found out about the file: see analyzer/table/decision.ts. Null until it was read. */
      decision: json('decision'),
      /** Scopes that were read whole. */
      scopes: json('scopes').notNull(),
      rowsRead: integer('rows_read').notNull().default(0),
      rowsAccepted: integer('rows_accepted').notNull().default(0),
      rowsPriced: integer('rows_priced').notNull().default(0),
      rowsUnchanged: integer('rows_unchanged').notNull().default(0),
      rowsRejected: integer('rows_rejected').notNull().default(0),
      rowsIgnored: integer('rows_ignored').notNull().default(0),
      /** Ignored rows by reason. */
      ignored: json('ignored').notNull(),
      /** What changed in the catalog: see imports/model.ts `ChangeCounts`. */
      changes: json('changes').notNull(),
      /** What it changed or would change, for people: see imports/model.ts `ChangeReport`; null: not known. */
      report: json('report'),
      /** Why it is held; empty unless it is or was. */
      holdReasons: json('hold_reasons').notNull(),
      errorCode: text('error_code'),
      errorMessage: text('error_message'),
      /** The supplier's revision right after this import was published. */
      supplierRevision: integer('supplier_revision'),
      /** For an unchanged file: the import that read it. */
      sameAsImportId: text('same_as_import_id'),
      /** For the corrected rows of another import: that import. */
      correctsImportId: text('corrects_import_id'),
      fetchedAt: instant('fetched_at').notNull(),
      createdAt: instant('created_at').notNull(),
      publishedAt: instant('published_at'),
      finishedAt: instant('finished_at'),
    },
    (c) => [
      index('imports_source').on(c.sourceId, c.createdAt),
      index('imports_supplier').on(c.supplierId, c.createdAt),
      index('imports_run').on(c.runId),
      // What is kept of the archive is what some import still needs.
      index('imports_sha256').on(c.sha256),
      index('imports_rows_sha256').on(c.rowsSha256),
      index('imports_corrects').on(c.correctsImportId),
      check('imports_options_json', jsonCheck('options')),
      check('imports_decision_json', jsonCheck('decision')),
      check('imports_origin_json', jsonCheck('origin')),
      check('imports_report_json', jsonCheck('report')),
      check('imports_scopes_json', jsonCheck('scopes')),
      check('imports_ignored_json', jsonCheck('ignored')),
      check('imports_changes_json', jsonCheck('changes')),
      check('imports_hold_reasons_json', jsonCheck('hold_reasons')),
    ],
  )

  const { jobs, scheduleTicks, installation } = makeQueueTables(kit, imports)

  const supplierItems = table(
    'supplier_items',
    {
      /** From `counters`, never reused. */
      id: integer('id').primaryKey(),
      supplierNo: ofEveryItem(integer('supplier_no').notNull(), () => suppliers.no, 'cascade'),
      itemKey: text('item_key').notNull(),
      sku: text('sku'),
      name: text('name').notNull(),
      /** Ten-thousandths of the currency unit; null: on request. */
      priceE4: integer('price_e4'),
      currency: text('currency'),
      priceQuantityE4: integer('price_quantity_e4'),
      unit: text('unit'),
      category: text('category'),
      brand: text('brand'),
      validFrom: text('valid_from'),
      validTo: text('valid_to'),
      characteristics: json('characteristics').notNull(),
      /** Further prices: see analyzer/table/rows/item.ts `PriceTier`; null: none. */
      tiers: json('tiers'),
      /** Who listed the item last; only that source and scope can mark it gone. */
      sourceNo: ofEveryItem(integer('source_no'), () => sources.no, 'set null'),
      scope: text('scope').notNull(),
      firstImportNo: integer('first_import_no').notNull(),
      productId: text('product_id').references(() => products.id, { onDelete: 'set null' }),
      goneAt: instant('gone_at'),
      /** When a person deleted it, and it was gone with that; a list that has it again brings it back. */
      deletedAt: instant('deleted_at'),
      /** Field → what its list says of it, for the fields that a person has set and no list changes: see catalog/pinned.ts; null: none. */
      pinned: json('pinned'),
    },
    (c) => [
      unique('supplier_items_key').on(c.supplierNo, c.itemKey),
      // Few are, of many.
      index('supplier_items_deleted').on(c.deletedAt).where(sql.raw('"deleted_at" is not null')),
      check('supplier_items_characteristics_json', jsonCheck('characteristics')),
      check('supplier_items_tiers_json', jsonCheck('tiers')),
      check('supplier_items_pinned_json', jsonCheck('pinned')),
      check('supplier_items_price_e4', sql`${c.priceE4} >= 0`),
    ],
  )

  const priceHistory = table(
    'price_history',
    {
      itemId: ofEveryItem(integer('item_id').notNull(), () => supplierItems.id, 'cascade'),
      importNo: integer('import_no').notNull(),
      /** Tells an import's entries for one item apart, from 0 on. */
      n: integer('n').notNull(),
      /** What the list calls a further price; null: the item's own price. */
      tier: text('tier'),
      minQuantityE4: integer('min_quantity_e4'),
      priceE4: integer('price_e4'),
      currency: text('currency'),
      priceQuantityE4: integer('price_quantity_e4'),
      unit: text('unit'),
      tax: text('tax', { enum: ['net', 'gross'] }),
      validFrom: text('valid_from'),
      validTo: text('valid_to'),
      recordedAt: instant('recorded_at').notNull(),
      sheet: text('sheet'),
      row: integer('row'),
      column: integer('column'),
      raw: text('raw'),
    },
    // An item's entries lie together, and need no index beside the key.
    (c) => [primaryKey({ columns: [c.itemId, c.importNo, c.n] })],
  )

  const itemChanges = table(
    'item_changes',
    {
      importNo: ofEveryItem(integer('import_no').notNull(), () => imports.no, 'cascade'),
      itemId: ofEveryItem(integer('item_id').notNull(), () => supplierItems.id, 'cascade'),
      kind: text('kind', { enum: changeKinds }).notNull(),
      /** The item as its lists had it before the import: every column that an import may write, without what people set. */
      before: json('before').notNull(),
    },
    (c) => [
      primaryKey({ columns: [c.importNo, c.itemId] }),
      index('item_changes_item').on(c.itemId),
      check('item_changes_before_json', jsonCheck('before')),
    ],
  )

  /** Items that the index of words does not have as they are: see search/store.ts. */
  const itemIndexWork = table(
    'item_index_work',
    {
      no: identity('no'),
      /** Only items that this import has changed; null: all of them. */
      importNo: integer('import_no'),
      /** The ids from here to there, both included. Work that is done goes out of them from below. */
      fromId: integer('from_id').notNull(),
      toId: integer('to_id').notNull(),
    },
    (c) => [index('item_index_work_import').on(c.importNo)],
  )

  const parsingLogs = table(
    'parsing_logs',
    {
      id: identity('id'),
      importId: text('import_id')
        .notNull()
        .references(() => imports.id, { onDelete: 'cascade' }),
      jobId: text('job_id'),
      supplierId: text('supplier_id')
        .notNull()
        .references(() => suppliers.id, { onDelete: 'cascade' }),
      severity: text('severity', { enum: severities }).notNull(),
      errorType: text('error_type', { enum: errorTypes }).notNull(),
      code: text('code').notNull(),
      message: text('message').notNull(),
      sheet: text('sheet'),
      /** 0-based, like the column. */
      row: integer('row'),
      column: integer('column'),
      raw: text('raw'),
      /** The row's cells, cut to a sensible size. */
      rowData: json('row_data'),
      /** The import that brought the rejected row into the catalog after all; null: none has. */
      correctedBy: text('corrected_by'),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [
      index('parsing_logs_import').on(c.importId, c.id),
      index('parsing_logs_supplier').on(c.supplierId),
      check('parsing_logs_row_data_json', jsonCheck('row_data')),
    ],
  )

  /** Blocks of integer ids: a publish takes as many as it needs in one statement, on both engines alike. */
  const counters = table('counters', { name: text('name').primaryKey(), value: integer('value').notNull() })

  return {
    ...makeAuthTables(kit),
    suppliers,
    sources,
    categories,
    brands,
    products,
    rawFiles,
    hosts,
    ingestionRuns,
    imports,
    jobs,
    supplierItems,
    priceHistory,
    itemChanges,
    itemIndexWork,
    parsingLogs,
    scheduleTicks,
    installation,
    counters,
  }
}

export const postgresTables = makeTables(postgresKit)
export const sqliteTables = makeTables(sqliteKit)
export type Tables = typeof postgresTables
