import { InvalidError } from '../lib/errors.ts'

/**
 * Names the file in what its reader says about rows and cells: "list.csv: Row 7 has more than …". Errors that are
 * not about the content stay as they are.
 */
export function fileError(fileName: string, error: unknown): unknown {
  if (!(error instanceof InvalidError)) return error
  return new InvalidError(error.code, `${fileName}: ${error.message}`, { cause: error })
}
