import { type App, openApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { TaskRun } from '../../src/maintenance/task-runs.ts'
import { tasks } from '../../src/maintenance/tasks/index.ts'
import type { Task, TaskParts } from '../../src/maintenance/tasks/task.ts'
import type { Outcome, TestProgram } from './cli.ts'
import { silentLog } from './open-database.ts'

const dayMs = 24 * 60 * 60 * 1000

/** As files and other processes have it. */
export const realClock: Clock = { now: () => new Date() }

/** A clock that is so many days ahead. */
export const daysAhead = (days: number): Clock => ({ now: () => new Date(Date.now() + days * dayMs) })

/** Runs a command so many days from now. */
export function runAhead(program: TestProgram, days: number, ...argv: string[]): Promise<Outcome> {
  return program.runWith({ clock: daysAhead(days) }, ...argv)
}

/** Runs clean-ups as they would be so many days from now. */
export async function cleanAhead(
  program: TestProgram,
  days: number,
  ...argv: string[]
): Promise<Record<string, Pick<TaskRun, 'deleted' | 'kept' | 'bytes' | 'examples'>>> {
  const { out, err } = await runAhead(program, days, 'cleanup', ...argv, '--json')
  if (err !== '') throw new Error(err)
  const { runs } = JSON.parse(out) as { runs: TaskRun[] }
  return Object.fromEntries(runs.map(({ task, ...run }) => [task, run]))
}

/** The parts of one clean-up, for a test that comes between; the caller closes the app. */
export async function openTask(
  program: TestProgram,
  name: string,
  settings: Record<string, string> = {},
): Promise<{ app: App; task: Task; parts: TaskParts }> {
  const config = loadConfig({ ...program.env, ...settings }, program.folder)
  const app = await openApp({ config, clock: realClock, log: silentLog, schema: 'write' })
  return {
    app,
    task: tasks.find((each) => each.name === name)!,
    parts: {
      ...app.parts,
      leftOverStaging: async () => [],
      retention: {
        auditMs: 365 * 24 * 60 * 60 * 1000,
        uploadsMs: dayMs,
        rawMs: 30 * dayMs,
        packMs: dayMs,
        jobsMs: 7 * dayMs,
        deletedItemsMs: 30 * dayMs,
        ticksMs: 30 * dayMs,
        sessionSilenceMs: dayMs / 2,
        orphans: config.orphans,
      },
    },
  }
}

/** What a clean-up is told. */
export const ahead = (days: number, dryRun = false) => ({
  dryRun,
  now: daysAhead(days).now(),
  signal: new AbortController().signal,
})
