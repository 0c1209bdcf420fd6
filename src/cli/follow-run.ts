import type { App } from '../app.ts'
import { importStore } from '../imports/store.ts'
import { pause } from '../lib/pause.ts'
import { type Run, type RunSource, runStore } from '../runs/store.ts'
import { changesLine, printMoves } from './change-report.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printLine } from './output.ts'
import { exitCodeOf, printRun } from './run-report.ts'

/** How often a run is looked at. */
const lookMs = 250
/** After so long without anybody having begun, it is said who would. */
const unbegunMs = 10_000
/** Most sources whose phases are shown. */
const shownMax = 1000

/** How sources of a run are told while somebody waits for them. */
interface Told {
  /** What was last said of each import. */
  phases: Map<string, string>
  isUnbegunSaid: boolean
}

/**
 * Shows where a run is until all of it has ended or is held, then what became of it. When the person stops waiting,
 * the jobs go on.
 */
export async function followRun(context: Context, app: App, runId: string): Promise<ExitCode> {
  const { io } = context
  const store = runStore(app.db)
  const told: Told = { phases: new Map(), isUnbegunSaid: false }
  const since = performance.now()
  for (;;) {
    const run = await store.get(runId)
    const sources = await store.sources(runId, { limit: shownMax })
    tellPhases(context, sources, told)
    if (run.status !== 'running') {
      printRun(context, run, sources)
      if (!context.json) await tellChanges(context, app, sources)
      return exitCodeOf(run)
    }
    const isBegun = sources.some(({ startedAt }) => startedAt !== null)
    if (!isBegun && !told.isUnbegunSaid && performance.now() - since > unbegunMs) {
      told.isUnbegunSaid = true
      printLine(
        io.stderr,
        'Nobody has begun yet. Does "tallyman serve" or a worker run, and is the queue not paused?',
      )
    }
    if (io.signal.aborted) return leave(context, run)
    await pause(lookMs, io.signal)
  }
}

/** How many imports of a run are told of in lines of their own. */
const changesShownMax = 20

async function tellChanges({ io }: Context, app: App, sources: RunSource[]): Promise<void> {
  for (const { importId, supplier, source } of sources.slice(0, changesShownMax)) {
    const { report } = await importStore(app.db).get(importId)
    if (report === null) continue
    printLine(io.stdout, `${supplier}/${source}: ${changesLine(report)}`)
    printMoves(io.stdout, report)
  }
}

function leave({ io, json }: Context, run: Run): ExitCode {
  if (!json)
    printLine(io.stderr, `No longer waiting; the jobs go on. How they end: tallyman runs show ${run.id}`)
  return exitCodes.failed
}

/** One line for each change. */
function tellPhases({ io, json }: Context, sources: RunSource[], told: Told): void {
  if (json) return
  for (const each of sources) {
    const phase = phaseText(each)
    if (told.phases.get(each.importId) === phase) continue
    told.phases.set(each.importId, phase)
    printLine(io.stderr, `${each.supplier}/${each.source}: ${phase}`)
  }
}

function phaseText({ status, job, error }: RunSource): string {
  if (status !== 'pending' && status !== 'running') return status
  if (job?.state === 'queued' && error !== null)
    return `waits for its next try at ${job.runAt.toISOString().slice(11, 19)} UTC: ${error.message}`
  return job?.state === 'running' ? (job.phase ?? 'begun') : 'waiting'
}
