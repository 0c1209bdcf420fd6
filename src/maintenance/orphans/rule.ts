import type { Tally } from '../report.ts'
import type { TaskOptions, TaskParts } from '../tasks/task.ts'

/** Deletes, or only counts, what one rule finds. */
export type OrphanSweep = (parts: TaskParts, options: TaskOptions, tally: Tally) => Promise<void>

/** What is younger may belong to work that is under way. */
export const graceMs = 24 * 60 * 60 * 1000
