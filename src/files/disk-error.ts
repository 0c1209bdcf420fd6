import { AppError, systemErrorCode, UnavailableError } from '../lib/errors.ts'

/**
 * What the disk of the raw files said, for people.
 * @param folder the one that was written to
 * @returns UnavailableError `disk_full`, `file_limit` or `archive_not_writable`; anything but a system error as it is
 */
export function diskError(error: unknown, folder: string): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UnavailableError(
      'disk_full',
      'The disk is full; the file was not kept. Make room and try again.',
      { cause: error },
    )
  if (code === 'EFBIG')
    return new UnavailableError(
      'file_limit',
      'The copy would be larger than this user may write (ulimit -f); raise that limit and try again.',
      { cause: error },
    )
  return new UnavailableError(
    'archive_not_writable',
    `The file could not be copied to ${folder} (${code}); is that a folder that may be written?`,
    { cause: error },
  )
}
