import { createHash } from 'node:crypto'
import type { ImportOptions } from './model.ts'

/**
 * Goes up whenever the same file with the same options may give other rows: then a list that has not changed is read
 * again.
 */
export const parserVersion = 1

/** Same key and same bytes give the same catalog. Limits and holding do not count: they change no row. */
export function readingKey(options: ImportOptions): string {
  const { table, settings, listMode, format, encoding, delimiter, sheets, usesAnalyzer } = options
  const map = Object.entries(table.map).sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = [
    parserVersion,
    map,
    table.currency,
    table.identity,
    table.decimalsMax,
    listMode,
    settings.scope,
    settings.duplicates,
    format,
    encoding,
    delimiter,
    sheets,
    table.headerRows,
    table.decimal,
    // Whoever asks for the other reader wants to see what that one makes of it.
    ...(usesAnalyzer === undefined ? [] : [usesAnalyzer]),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
