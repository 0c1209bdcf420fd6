import { InvalidError } from '../../lib/errors.ts'
import type { OpenedFile, ReadLimits } from '../formats/format.ts'
import { openFile } from '../formats/index.ts'
import {
  allMarks,
  type CorrectedImport,
  correctedTables,
  type FoundMark,
  hasOwnColumns,
} from './corrected-tables.ts'

interface Opening {
  path: string
  limits: ReadLimits
  signal: AbortSignal
}

/**
 * Opens a file of corrected rows by what it is now, since a spreadsheet may have saved it in another way than its
 * source is pinned to: another delimiter, another encoding. Few rows say little about their encoding, so unless it is
 * one that proves itself, the one of the list they are from is more likely than a guess.
 */
export async function openCorrections(
  { path, limits, signal }: Opening,
  opened: OpenedFile,
  mark: FoundMark,
  corrected: CorrectedImport,
): Promise<{ file: OpenedFile; tables: ReturnType<typeof correctedTables> }> {
  if (opened.format !== 'csv')
    return { file: opened, tables: correctedTables(await allMarks(opened), corrected) }
  const open = (encoding: string | null, delimiter: string | null) =>
    openFile(path, { limits, signal, encoding, delimiter })
  const guessed = await open(null, mark.isAlone ? null : delimiterBefore(mark))
  const known = corrected.decision.encoding
  const encodings = [guessed.encoding]
  if (known !== null && !isUnicode(guessed.encoding) && !isUnicode(known)) encodings.unshift(known)
  let found: { file: OpenedFile; marks: FoundMark[] } | null = null
  for (const encoding of encodings) {
    const file = encoding === guessed.encoding ? guessed : await open(encoding, guessed.delimiter)
    const marks = await allMarks(file)
    if (marks.length === 0) continue
    found = { file, marks }
    if (marks.every((each) => hasOwnColumns(each, corrected))) break
  }
  if (found === null)
    throw new InvalidError(
      'mark_lost',
      `The file names import ${corrected.id}, but its columns cannot be told apart; save it with one delimiter between its cells.`,
    )
  return { file: found.file, tables: correctedTables(found.marks, corrected) }
}

const isUnicode = (encoding: string | null) => encoding === null || encoding.startsWith('utf-')

/** What separates the mark from the cell before it, where the cells were not told apart. */
function delimiterBefore({ cells, column }: FoundMark): string | null {
  const text = String(cells[column])
  const before = text
    .slice(0, text.indexOf('Tallyman: reason'))
    .replace(/["\s]*$/, (quote) => (quote.includes('\t') ? '\t' : ''))
  const sign = before.at(-1)
  return sign === undefined || /[\p{L}\p{N}"]/u.test(sign) ? null : sign
}
