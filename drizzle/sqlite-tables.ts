import { sqliteTables } from '../src/db/schema.ts'

// drizzle-kit looks for tables among a file's own exports.
export const {
  suppliers,
  sources,
  categories,
  brands,
  products,
  rawFiles,
  ingestionRuns,
  imports,
  jobs,
  supplierItems,
  priceHistory,
  itemChanges,
  parsingLogs,
  counters,
} = sqliteTables
