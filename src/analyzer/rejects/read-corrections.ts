import { InvalidError } from '../../lib/errors.ts'
import type { OpenedFile } from '../formats/format.ts'
import type { ReadRequest, ReadResult } from '../read-file.ts'
import type { Reading } from '../read-tables.ts'
import type { TableDecision } from '../table/decision.ts'
import { correctedFile, type Origins } from './corrected-file.ts'
import { firstMark } from './corrected-tables.ts'
import { doubtedStyles } from './doubted-styles.ts'
import { openCorrections } from './open-corrections.ts'

type ReadAll = (file: OpenedFile, tables: TableDecision[], request: ReadRequest) => Promise<Reading>

/**
 * Reads the corrected rows of another import, just as that one was read.
 * @returns null: the file is a list of its own
 * @throws InvalidError `corrects_import`, and as `openCorrections`
 */
export async function readCorrections(
  opened: OpenedFile,
  request: ReadRequest,
  readAll: ReadAll,
): Promise<ReadResult | null> {
  const { decision } = request
  if (decision !== null) {
    if (decision.corrects === undefined) return null
    const { file, origins } = correctedFile(opened, decision.tables)
    const { result } = await readAll(file, decision.tables, request)
    return ofCorrections(result, decision.corrects, origins)
  }
  const mark = await firstMark(opened)
  if (mark === null) return null
  if (request.correctedImport === undefined)
    throw new InvalidError(
      'corrects_import',
      `These are corrected rows of import ${mark.importId}; hand them in with "tallyman ingest", or look first with its --dry-run.`,
    )
  const corrected = await request.correctedImport(mark.importId)
  const { file: whole, tables } = await openCorrections(request, opened, mark, corrected)
  try {
    const { file, origins } = correctedFile(whole, tables)
    const as = { ...request, options: { ...corrected.options, mayHold: true } }
    const first = await readAll(file, tables, as)
    const doubted = doubtedStyles(tables, first.proved)
    if (doubted === null) return ofCorrections(first.result, corrected.id, origins)
    await first.result.staging.discard()
    const { result } = await readAll(file, doubted, as)
    return ofCorrections(result, corrected.id, origins)
  } finally {
    if (whole !== opened) whole.close()
  }
}

/** Corrected rows speak for themselves alone: nothing is missing from them, and nothing is older than they are. */
function ofCorrections(result: ReadResult, corrects: string, origins: Origins): ReadResult {
  const sure = { verdict: 'price-list' as const, reasons: [], corrects }
  return { ...result, decision: { ...result.decision, ...sure }, scopes: [], sheetsLeftAside: [], origins }
}
