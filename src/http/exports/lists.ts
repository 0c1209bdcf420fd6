/** A list that can be taken out whole. */
export interface ExportList {
  /** Its address below /api/v1; the export's is the same below /api/v1/exports. */
  path: string
  /** Where its answer has the rows. */
  rows: string
  operationId: string
  /** What its rows are, as a sentence goes on: "Export …". */
  what: string
}

/**
 * Every list that can be exported. Filters, columns and who may see it are the list's own: an export asks for its
 * pages, one after the other, as any caller would.
 */
export const exportLists: readonly ExportList[] = [
  { path: '/items', rows: 'items', operationId: 'exportItems', what: 'items' },
  { path: '/items/:id/history', rows: 'history', operationId: 'exportHistory', what: "an item's prices" },
  { path: '/items/:id/edits', rows: 'entries', operationId: 'exportItemEdits', what: "an item's edits" },
  { path: '/price-history', rows: 'prices', operationId: 'exportPriceHistory', what: 'prices of all items' },
  { path: '/categories', rows: 'categories', operationId: 'exportCategories', what: 'categories' },
  { path: '/suppliers', rows: 'suppliers', operationId: 'exportSuppliers', what: 'suppliers' },
  {
    path: '/supplier-activity',
    rows: 'suppliers',
    operationId: 'exportSupplierActivity',
    what: 'what came in of each supplier lately',
  },
  { path: '/sources', rows: 'sources', operationId: 'exportSources', what: 'sources, without their secrets' },
  { path: '/imports', rows: 'imports', operationId: 'exportImports', what: 'imports' },
  { path: '/imports/:id/log', rows: 'entries', operationId: 'exportLog', what: "an import's parse log" },
  {
    path: '/imports/:id/changes/items',
    rows: 'items',
    operationId: 'exportChangedItems',
    what: 'the items that an import changed',
  },
  { path: '/ingestion/runs', rows: 'runs', operationId: 'exportRuns', what: 'runs' },
  {
    path: '/ingestion/runs/:id',
    rows: 'sources',
    operationId: 'exportRunSources',
    what: 'what became of each source of a run',
  },
  { path: '/jobs', rows: 'jobs', operationId: 'exportJobs', what: 'jobs' },
  {
    path: '/dead-letters',
    rows: 'dead_letters',
    operationId: 'exportDeadLetters',
    what: 'dead letters by cause',
  },
  { path: '/schedules', rows: 'schedules', operationId: 'exportSchedules', what: 'schedules' },
  {
    path: '/schedules/:name/ticks',
    rows: 'ticks',
    operationId: 'exportScheduleTicks',
    what: 'what a schedule did',
  },
  { path: '/audit', rows: 'entries', operationId: 'exportAudit', what: 'the audit log' },
  { path: '/users', rows: 'users', operationId: 'exportUsers', what: 'users' },
  {
    path: '/tokens',
    rows: 'tokens',
    operationId: 'exportTokens',
    what: 'API tokens, as far as they are shown',
  },
  { path: '/archive', rows: 'files', operationId: 'exportArchive', what: 'the list of raw files' },
]
