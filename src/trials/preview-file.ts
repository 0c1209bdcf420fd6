import { open, truncate } from 'node:fs/promises'
import { InvalidError } from '../lib/errors.ts'
import type { SourceSettings } from '../sources/model.ts'
import {
  bytesEnough,
  inTrialFolder,
  lastLineEnd,
  namedPath,
  readTried,
  type TestedSource,
  type TestParts,
} from './test-source.ts'

/** A file that somebody hands in to look at, and how it is to be read. */
export interface PreviewRequest {
  fileName: string
  pieces: AsyncIterable<Uint8Array>
  settings: SourceSettings
  /** Assumed where the list does not say; null: nothing is. */
  currency: string | null
  /** How many rows of each table are shown as they stand in the file. */
  tableRows: number
  /** True: of a long text that can be cut, its beginning is enough. */
  isBeginningEnough?: boolean
}

/** What is shown of a file; nothing of it is kept. */
export type PreviewedFile = Pick<TestedSource, 'fileName' | 'readBytes' | 'isPart' | 'sample' | 'problem'>

/** A larger one is taken in without a look before. */
export const previewBytesMax = 64 * 1024 * 1024

/**
 * Reads a file as an import would, and keeps nothing: it lies in a temporary folder until this ends.
 * @throws InvalidError `too_large_to_preview`, `empty_file`; the signal's reason
 */
export async function previewFile(
  parts: TestParts,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<PreviewedFile> {
  const { fileName } = request
  return inTrialFolder(parts, async (folder) => {
    const path = await namedPath(folder, fileName)
    const { readBytes, isPart } = await written(path, request, signal)
    if (readBytes === 0) throw new InvalidError('empty_file', 'The file is empty.')
    const { sample, problem } = await readTried(parts, { path, ...request }, signal)
    return { fileName, readBytes, isPart, sample, problem }
  })
}

async function written(
  path: string,
  { pieces, isBeginningEnough = false }: Pick<PreviewRequest, 'pieces' | 'isBeginningEnough'>,
  signal: AbortSignal,
): Promise<{ readBytes: number; isPart: boolean }> {
  await using file = await open(path, 'wx')
  let bytes = 0
  let mayCut = isBeginningEnough
  for await (const piece of pieces) {
    signal.throwIfAborted()
    if (mayCut && bytes >= bytesEnough) {
      const cutAt = await lastLineEnd(path)
      if (cutAt !== null) {
        await truncate(path, cutAt)
        return { readBytes: cutAt, isPart: true }
      }
      mayCut = false
    }
    bytes += piece.length
    if (bytes > previewBytesMax)
      throw new InvalidError(
        'too_large_to_preview',
        `The file is larger than ${previewBytesMax / 1024 ** 2} MiB; hand it in without a preview, or show it with "tallyman try".`,
      )
    await file.writeFile(piece)
  }
  return { readBytes: bytes, isPart: false }
}
