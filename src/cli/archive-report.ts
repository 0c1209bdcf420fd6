import type { Import } from '../imports/store.ts'
import type { ArchivedFile } from '../maintenance/archive/list-files.ts'
import type { Verified } from '../maintenance/archive/verify-files.ts'
import type { NeededReason } from '../maintenance/needed-files.ts'
import { bytesText } from './bytes-text.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { exitCodeOf } from './import-report.ts'
import { printLine, printTable } from './output.ts'
import type { Writer } from './writer.ts'

const reasonText: Record<Exclude<NeededReason, 'recent'>, string> = {
  waiting: 'its import waits',
  dead_letter: 'its job can be retried',
  last_list: 'the last list of its source',
  corrects_last_list: 'corrects the last list of its source',
}

/** Prints files that are kept as a table. @param hasMore older ones are not shown */
export function printArchived({ io }: Context, files: ArchivedFile[], hasMore: boolean): void {
  if (files.length === 0) {
    printLine(io.stdout, 'No files.')
    return
  }
  printTable(io.stdout, {
    columns: [
      { header: 'HASH' },
      { header: 'FETCHED (UTC)' },
      { header: 'LIST', canShrink: true },
      { header: 'FILE', canShrink: true },
      { header: 'SIZE', align: 'right' },
      { header: 'STORED', align: 'right' },
      { header: 'KEPT', canShrink: true },
    ],
    rows: files.map((file) => [
      file.sha256.slice(0, 12),
      (file.lastRead?.fetchedAt ?? file.keptAt).toISOString().slice(0, 16).replace('T', ' '),
      file.lastRead && `${file.lastRead.supplier}/${file.lastRead.source}`,
      fileText(file),
      bytesText(file.sizeBytes),
      `${bytesText(file.storedBytes)}${file.isPacked ? ' packed' : ''}`,
      keptText(file),
    ]),
  })
  if (hasMore) printLine(io.stdout, '\nThere are more; --limit N shows them.')
}

const fileText = ({ lastRead, holds }: ArchivedFile) =>
  lastRead && (holds === 'rows' ? `rows of ${lastRead.fileName}` : lastRead.fileName)

function keptText({ reason, keptUntil }: ArchivedFile): string {
  if (reason === null) return 'until the next clean-up'
  return reason === 'recent' ? `until ${keptUntil!.toISOString().slice(0, 10)}` : reasonText[reason]
}

/** Says what was verified, and how it ended. */
export function printVerified(writer: Writer, { files, storedBytes, counts }: Verified): void {
  const { damaged, missing, unknown } = counts
  const faults = [
    [damaged, 'damaged'],
    [missing, 'missing'],
    [unknown, 'unknown'],
  ] as const
  const found = faults.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  printLine(
    writer,
    `${files} ${files === 1 ? 'file' : 'files'} read (${bytesText(storedBytes)}): ${found.length === 0 ? 'all are as they were kept' : found.join(', ')}.`,
  )
}

/** A replay that waits only because it is one has done what it was asked for. */
export function replayExitCode(ended: Import): ExitCode {
  const isShown = ended.status === 'held' && ended.holdReasons.every(({ code }) => code === 'replayed')
  return isShown ? exitCodes.done : exitCodeOf(ended)
}
