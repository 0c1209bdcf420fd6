import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Clock } from '../lib/clock.ts'
import { NotFoundError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { nearest } from '../lib/nearest.ts'
import type { TaskReport } from './report.ts'
import { tasks } from './tasks/index.ts'
import type { Task, TaskParts } from './tasks/task.ts'

/** One run of a clean-up, and what came of it. */
export interface TaskRun extends TaskReport {
  task: string
  dryRun: boolean
  startedAt: Date
  durationMs: number
}

export interface TaskRunOptions {
  dryRun: boolean
  signal: AbortSignal
  /** Who has it run, for the audit log; null: it was due. */
  by: Actor | null
}

/** A clean-up as this service has it set up. */
export interface TaskSetup {
  name: string
  description: string
  /** How old what it deletes is at the least; absent: it goes by something else. `ms` is null: it is off. */
  period?: { ms: number | null; setting: string | null }
}

/** Runs clean-ups, and remembers what each did last in this process. */
export interface TaskRuns {
  readonly tasks: readonly TaskSetup[]
  /** @throws NotFoundError `unknown_task` */
  run(name: string, options: TaskRunOptions): Promise<TaskRun>
  /** The last run that was no dry run; null: there was none in this process. */
  last(name: string): TaskRun | null
}

export function openTaskRuns(parts: TaskParts & { clock: Clock; log: Logger }): TaskRuns {
  const { clock, log } = parts
  const last = new Map<string, TaskRun>()
  return {
    tasks: tasks.map(({ name, description, period }) => ({
      name,
      description,
      ...(period && { period: { ms: period.of(parts.retention), setting: period.setting } }),
    })),
    async run(name, { dryRun, signal, by }) {
      const task = taskNamed(name)
      const startedAt = clock.now()
      const started = performance.now()
      const report = await task.run(parts, { dryRun, now: startedAt, signal })
      const run = {
        task: name,
        dryRun,
        startedAt,
        durationMs: Math.round(performance.now() - started),
        ...report,
      }
      const { deleted, bytes, kept, isComplete, durationMs } = run
      if (dryRun) return run
      last.set(name, run)
      if (by !== null) await tellAudit(parts, by, run)
      const fields = { task: name, deleted, bytes, kept, isComplete, durationMs }
      // Most of them find nothing most of the time.
      if (Object.keys(deleted).length === 0) log.debug('nothing to clean up', fields)
      else log.info('cleaned up', fields)
      return run
    },
    last: (name) => last.get(taskNamed(name).name) ?? null,
  }
}

/** It has been done in many transactions: a run that is cut off has deleted what was due anyway. */
async function tellAudit({ db }: TaskParts, actor: Actor, run: TaskRun): Promise<void> {
  const { task, startedAt: at, deleted, bytes, isComplete } = run
  await db.tx(({ query }) =>
    auditStore({ query, tables: db.tables }).add({
      actor,
      at,
      action: 'cleanup.run',
      subject: { kind: 'task', id: task, name: null },
      supplierId: null,
      before: null,
      after: { deleted: { ...deleted }, bytes, is_complete: isComplete },
    }),
  )
}

function taskNamed(name: string): Task {
  const task = tasks.find((each) => each.name === name)
  if (task !== undefined) return task
  const names = tasks.map((each) => each.name)
  const near = nearest(name, names)
  throw new NotFoundError(
    'unknown_task',
    `There is no task "${name}"${near === null ? '' : `; did you mean ${near}`}. The tasks are ${names.join(', ')}.`,
  )
}
