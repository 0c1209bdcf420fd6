import type { Run, RunSource } from '../runs/store.ts'
import { runSourceView, runView } from '../runs/view.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** 0: all is in the catalog. 3: in part, or it waits for approval. 1: it is not. A run that goes on is none of these. */
export function exitCodeOf({ status }: Run): ExitCode {
  if (status === 'completed' || status === 'running') return exitCodes.done
  return status === 'partial_success' || status === 'held' ? exitCodes.partial : exitCodes.failed
}

/** Prints runs as a table. */
export function printRuns({ io, json }: Context, runs: Run[]): void {
  if (json) {
    printJson(io, { runs: runs.map(runView) })
    return
  }
  if (runs.length === 0) {
    printLine(io.stdout, 'No runs.')
    return
  }
  printTable(io.stdout, {
    columns: [
      { header: 'ID' },
      { header: 'WHEN (UTC)' },
      { header: 'STARTED BY', canShrink: true },
      { header: 'SOURCES', align: 'right' },
      { header: 'STATUS' },
      { header: 'IMPORTS', canShrink: true },
    ],
    rows: runs.map((run) => [
      run.id,
      minute(run.createdAt),
      run.schedule === null || run.schedule.startsWith('source/') ? run.trigger : run.schedule,
      runView(run).source_count,
      run.status,
      talliesText(run),
    ]),
  })
}

/** Prints a run with what became of each source. */
export function printRun({ io, json }: Context, run: Run, sources: RunSource[]): void {
  if (json) {
    printJson(io, { ...runView(run), sources: sources.map(runSourceView) })
    return
  }
  const line = (text: string) => printLine(io.stdout, text)
  const cause = run.schedule === null ? run.trigger : `the schedule ${run.schedule}`
  line(`Run ${run.id}, started by ${cause} at ${minute(run.createdAt)} UTC: ${run.status}`)
  printTable(io.stdout, {
    columns: [
      { header: 'SOURCE', canShrink: true },
      { header: 'STATUS' },
      { header: 'PHASE' },
      { header: 'READ', align: 'right' },
      { header: 'ACCEPTED', align: 'right' },
      { header: 'UNCHANGED', align: 'right' },
      { header: 'REJECTED', align: 'right' },
      { header: 'RETRIES', align: 'right' },
      { header: 'JOB' },
    ],
    rows: sources.map(({ supplier, source, status, counts, job }) => [
      `${supplier}/${source}`,
      status,
      job?.phase ?? null,
      counts.read,
      counts.accepted,
      counts.unchanged,
      counts.rejected,
      (job?.retryCount ?? 0) + (job?.manualRetryCount ?? 0),
      job?.id ?? null,
    ]),
  })
  for (const { supplier, source, error } of sources)
    if (error !== null) line(`${supplier}/${source}: ${error.message}`)
  const held = sources.find(({ status }) => status === 'held')
  if (held !== undefined) line(`Held: tallyman imports show ${held.importId}`)
  const dead = sources.find(({ job }) => job?.state === 'dead')
  if (dead?.job) line(`Not tried again by itself: tallyman jobs retry ${dead.job.id}`)
}

function talliesText({ imports }: Run): string {
  return Object.entries(imports)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')
}

const minute = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')
