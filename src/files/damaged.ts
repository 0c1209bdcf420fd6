import { InvalidError, NotFoundError } from '../lib/errors.ts'

/** Of a raw file that was kept, and is no longer there. */
export const missing = ({ sha256 }: { sha256: string }) =>
  new NotFoundError(
    'raw_file_missing',
    `The raw file ${sha256} is no longer in the archive; hand the list in again.`,
  )

/** Of a raw file that is there, and is no longer what it was. */
export const damaged = (sha256: string, cause?: unknown) =>
  new InvalidError(
    'raw_file_damaged',
    `The raw file ${sha256} is damaged: its bytes are no longer those that were kept. Restore it from a backup, or hand the list in again.`,
    { cause },
  )
