import type { Archive } from '../../files/archive.ts'
import type { FileDecision } from '../../imports/model.ts'
import { type Import, rawFileOf } from '../../imports/store.ts'
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
  /** To be called at the end; then its path is no longer there. */
  close(): Promise<void>
}

/**
 * @throws NotFoundError `raw_file_missing`
 * @throws InvalidError when it cannot be read any more
 */
export async function openKept(
  { archive, limits }: { archive: Archive; limits: ReadLimits },
  made: Pick<Import, 'id' | 'sha256' | 'rowsSha256' | 'options'> & { decision: FileDecision },
  signal: AbortSignal,
): Promise<KeptFile> {
  const { decision, options, rowsSha256 } = made
  const borrowed = await archive.borrow(rowsSha256 ?? rawFileOf(made), signal)
  const { path } = borrowed
  const isCorrection = decision.corrects !== undefined
  try {
    const file = await openFile(path, {
      limits,
      format: rowsSha256 === null ? null : 'ndjson',
      encoding: isCorrection ? decision.encoding : options.encoding,
      delimiter: isCorrection ? decision.delimiter : options.delimiter,
      signal,
    })
    const kept = isCorrection ? correctedFile(file, decision.tables) : { file, origins: null }
    const close = async () => {
      file.close()
      await borrowed.giveBack()
    }
    return { path, decision, ...kept, close }
  } catch (error) {
    await borrowed.giveBack()
    throw error
  }
}
