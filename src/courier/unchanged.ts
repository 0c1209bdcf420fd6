import type { ReceivedFile } from '../files/archive.ts'
import { type Import, type importStore, publishedStatuses } from '../imports/store.ts'

/** A list as it came: its bytes, and how they would be read. */
interface Came {
  sourceId: string
  readingKey: string
  received: Pick<ReceivedFile, 'sha256'>
  /** The supplier's revision as it is now. */
  revision: number
  /** The import that the list came for, if it is there already. */
  importId?: string
}

/**
 * The import that has read just this list in just this way, if it is the last one of its source and nobody has
 * written to the supplier's items since; else null: the list is to be read.
 */
export async function readAlready(
  imports: ReturnType<typeof importStore>,
  { sourceId, readingKey, received, revision, importId }: Came,
): Promise<Import | null> {
  const last = await imports.lastOfSource(sourceId, importId)
  if (last === null || !publishedStatuses.some((status) => status === last.status)) return null
  const isSame =
    last.sha256 === received.sha256 &&
    last.readingKey === readingKey &&
    // Somebody else may have written the same items since: then the list is read again.
    last.supplierRevision === revision
  return isSame ? last : null
}
