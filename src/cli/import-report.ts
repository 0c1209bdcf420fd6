import type { IssueCount } from '../analyzer/table/rows/issue.ts'
import { changeReportView, reportOf } from '../imports/change-report-view.ts'
import { decisionView } from '../imports/decision-view.ts'
import type { Import, LogEntry } from '../imports/store.ts'
import { countsText, printCard, printCorrections } from './card.ts'
import { printChanges, printMoves } from './change-report.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printIssues } from './issues.ts'
import { printJson, printLine, printProse } from './output.ts'

/** How many rows of the parse log are shown after an import. */
export const logRowsShown = 20

/** The first entries of a parse log, and how many there are of each kind. */
export interface ShownLog {
  shown: LogEntry[]
  counts: IssueCount[]
}

/** An import as `--json` prints it. */
export function importJson(found: Import): Record<string, unknown> {
  const { decision, options, report: _report, supplierRevision: _revision, ...rest } = found
  return {
    ...rest,
    listMode: options.listMode,
    decision: decision && decisionView(decision),
  }
}

/** The same with its change report. */
export function importDetailJson(found: Import): Record<string, unknown> {
  const report = reportOf(found)
  return { ...importJson(found), report: report && changeReportView(report) }
}

/** 0: the list is in the catalog. 3: in part, or it waits for approval. 1: it is not. */
export function exitCodeOf(found: Import): ExitCode {
  if (found.status === 'completed' || found.status === 'unchanged') return exitCodes.done
  if (found.status === 'partial_success' || found.status === 'held') return exitCodes.partial
  return exitCodes.failed
}

const statusText: Record<Import['status'], string> = {
  pending: 'is waiting',
  running: 'is running',
  held: 'is held for approval; the catalog is as it was',
  completed: 'is in the catalog',
  partial_success: 'is in the catalog, except for the rejected rows',
  unchanged: 'is the same file as last time; nothing to do',
  failed: 'failed; the catalog is as it was',
  cancelled: 'was cancelled; the catalog is as it was',
  expired: 'expired; the catalog is as it was',
  undone: 'was undone',
}

/**
 * Says what became of an import that has just been worked on; why it failed goes to standard error, as with any
 * command that fails.
 * @param log null: it is not shown
 */
export function reportImport(context: Context, found: Import, log: ShownLog | null): ExitCode {
  if (context.json) printJson(context.io, importDetailJson(found))
  else printImport(context, found, log)
  if (found.error !== null)
    printLine(context.io.stderr, `tallyman: ${found.error.message}${context.json ? '' : howToGoOn(found)}`)
  return exitCodeOf(found)
}

/** Why a list failed that is read once somebody says how; what was said in vain is taken back with `auto`. */
const correctableCodes = new Set([
  'unknown_column',
  'unknown_sheet',
  'not_a_price_list',
  'no_rows',
  'no_valid_rows',
])

function howToGoOn({ id, status, error }: Import): string {
  if (status !== 'failed' || !correctableCodes.has(error?.code ?? '')) return ''
  return `\nPut it right: tallyman imports correct ${id}, with --map, --header-row, --sheet, …`
}

/** Says in a few lines how an import stands. */
function printImport(context: Context, found: Import, log: ShownLog | null): void {
  const { stdout } = context.io
  printLine(stdout, `${found.fileName} from ${found.supplier} ${statusText[found.status]}.`)
  for (const { message } of found.holdReasons) if (found.status === 'held') printProse(stdout, `  ${message}`)
  if (found.counts.read > 0) printLine(stdout, countsText(found.counts, found.ignored))
  const changes = changesText(found)
  if (changes !== '')
    printLine(stdout, `${found.status === 'held' ? 'Items, if it is approved' : 'Items'}: ${changes}.`)
  if (changes !== '' && found.report !== null) printMoves(stdout, found.report)
  if (log !== null)
    printIssues(stdout, { ...log, howToSeeMore: `tallyman imports show ${found.id} --limit N shows them` })
  if (found.correctsImportId !== null)
    printLine(stdout, `It corrects rejected rows of import ${found.correctsImportId}.`)
  if (found.correctedBy.length > 0) printLine(stdout, `Corrected by ${found.correctedBy.join(', ')}.`)
  if (log !== null && found.counts.rejected > 0)
    printLine(stdout, `\nTo correct what was rejected: tallyman rejects ${found.id} --out rejected.xlsx`)
  const command = 'tallyman imports'
  if (found.status !== 'held') return
  printLine(stdout, `\n${command} approve ${found.id}   or   ${command} discard ${found.id}`)
  if (found.decision !== null)
    printCorrections(
      stdout,
      found.decision,
      `or put it right: ${command} correct ${found.id}, with what is true:`,
    )
}

/** What became of the import, then the decision card. */
export function printImportDetail(context: Context, found: Import, log: ShownLog): void {
  printImport(context, found, null)
  const { stdout } = context.io
  if (found.error !== null) printLine(stdout, `  ${found.error.message}${howToGoOn(found)}`)
  const reader = readerText(found)
  if (reader !== '') printLine(stdout, reader)
  printLine(stdout, '')
  const { decision, counts, ignored, report } = found
  if (report !== null && changesText(found) !== '') {
    printChanges(stdout, report)
    printLine(stdout, '')
  }
  if (decision !== null)
    printCard(stdout, decision, { counts, ignored, hasSaidDoubts: found.status === 'held' })
  printIssues(stdout, { ...log, howToSeeMore: '--limit N shows them' })
}

/** Who read the file, where it was not this command itself. */
function readerText({ analyzedBy, fallbackReason, rowsSha256 }: Import): string {
  if (fallbackReason !== null) return `Read without the analyzer: ${fallbackReason}`
  if (rowsSha256 !== null) return 'Read by a remote analyzer, which answered rows.'
  if (analyzedBy === 'remote') return 'Read by a remote analyzer.'
  if (analyzedBy === 'analyzer') return 'Read by the analyzer.'
  return analyzedBy === 'child' ? 'Read without the analyzer, as it was set.' : ''
}

/** Nothing of a list that did not get into the catalog and will not. */
function changesText({ changes, status }: Import): string {
  if (status === 'failed' || status === 'cancelled' || status === 'expired') return ''
  const parts = [
    [changes.new, 'new'],
    [changes.changed, 'changed'],
    [changes.priceUp, 'dearer'],
    [changes.priceDown, 'cheaper'],
    [changes.returned, 'back again'],
    [changes.gone, 'gone'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`)
  return shown.join(', ')
}
