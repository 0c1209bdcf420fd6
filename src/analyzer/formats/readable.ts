import { InvalidError } from '../../lib/errors.ts'
import type { ForeignContent } from './foreign-content.ts'

/** What is read, in the words of messages and of the help; a new format adds its names here. */
const names = ['CSV', 'TSV', 'XLSX', 'XLS', 'XLSB', 'ODS', 'XML', 'HTML', 'PDF', 'JSON', 'NDJSON']

/** `readableFormats('and')` → "CSV, TSV, XLSX, PDF and NDJSON" */
export function readableFormats(word: 'and' | 'or'): string {
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}

/** For content that is known, and not read. */
export function unsupportedFormat({ name, advice }: ForeignContent): InvalidError {
  return new InvalidError(
    'unsupported_format',
    `The file is ${name}. ${readableFormats('and')} are read; ${advice}.`,
  )
}
