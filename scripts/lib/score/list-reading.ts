import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { type PreviewItem, tryFile } from '../../../src/analyzer/preview.ts'
import { defaultTableOptions } from '../../../src/analyzer/table/decision.ts'
import type { FileDecision, ImportOptions, RowCounts } from '../../../src/imports/model.ts'
import { AppError } from '../../../src/lib/errors.ts'
import { defaultSettings } from '../../../src/sources/model.ts'
import { noPins } from '../../../src/sources/pins.ts'

/** What the reader makes of a file. */
export type ListReading = ReadList | RefusedList

export interface ReadList {
  readonly decision: FileDecision
  readonly counts: RowCounts
  readonly items: readonly PreviewItem[]
  readonly error: null
}

/** The file could not be read at all. */
export interface RefusedList {
  /** `code` is "crash" where it was not the reader that refused. */
  readonly error: { readonly code: string; readonly message: string }
}

/** No settings, no currency, no hints: what a file says by itself. */
const options: ImportOptions = {
  settings: defaultSettings,
  said: noPins,
  table: defaultTableOptions,
  listMode: defaultSettings.listMode,
  format: null,
  encoding: null,
  delimiter: null,
  sheets: null,
  mayHold: true,
  isForced: false,
}

/** Reads a file as `tallyman try` does. Errors are part of the reading. */
export async function readList(path: string): Promise<ListReading> {
  try {
    return await tryFile(
      {
        path,
        options,
        limits: defaultReadLimits,
        onProgress: () => {},
        signal: new AbortController().signal,
      },
      async (preview) => ({
        decision: preview.decision,
        counts: preview.counts,
        items: await Array.fromAsync(preview.items(Number.MAX_SAFE_INTEGER)),
        error: null,
      }),
    )
  } catch (error) {
    return { error: failureOf(error) }
  }
}

/** What to say of an error, and the code of those that the reader means. */
export function failureOf(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error)
  return { code: error instanceof AppError ? error.code : 'crash', message }
}
