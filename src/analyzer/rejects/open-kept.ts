import type { Archive } from '../../files/archive.ts'
import type { FileDecision } from '../../imports/model.ts'
import type { Import } from '../../imports/store.ts'
import type { OpenedFile, ReadLimits } from '../formats/format.ts'
import { openFile } from '../formats/index.ts'
import { correctedFile, type Origins } from './corrected-file.ts'

/** The kept file of an import, opened as it was read, and what was decided about it. */
export interface KeptFile {
  file: OpenedFile
  /** Absolute. */
  path: string
  decision: FileDecision
  /** Which rows of another import the file corrects; filled as it is read. Null: it is a list of its own. */
  origins: Origins | null
}

/**
 * @throws NotFoundError `raw_file_missing`
 * @throws InvalidError when it cannot be read any more
 */
export async function openKept(
  { archive, limits }: { archive: Archive; limits: ReadLimits },
  made: Pick<Import, 'sha256' | 'rowsSha256' | 'options'> & { decision: FileDecision },
  signal: AbortSignal,
): Promise<KeptFile> {
  const { decision, options, rowsSha256 } = made
  const path = await archive.find(rowsSha256 ?? made.sha256)
  const isCorrection = decision.corrects !== undefined
  const file = await openFile(path, {
    limits,
    format: rowsSha256 === null ? null : 'ndjson',
    encoding: isCorrection ? decision.encoding : options.encoding,
    delimiter: isCorrection ? decision.delimiter : options.delimiter,
    signal,
  })
  return isCorrection
    ? { path, decision, ...correctedFile(file, decision.tables) }
    : { path, decision, file, origins: null }
}
