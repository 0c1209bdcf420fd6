/** What a clean-up deleted, or would delete. */
export interface TaskReport {
  /** How many, by what they are: `{ raw_files: 12 }`. */
  deleted: Record<string, number>
  /** Of the files among them. */
  bytes: number
  /** Some of them, as a person would know them. */
  examples: string[]
  /** How many are old enough and were kept all the same, by the reason. */
  kept: Record<string, number>
  /** False: it was stopped, or there was more than one run takes; the next one goes on. */
  isComplete: boolean
}

/** Most things that one run deletes of a kind. */
export const deletedMax = 100_000
const examplesMax = 20

/** Counts while a clean-up goes on. */
export class Tally {
  readonly report: TaskReport = { deleted: {}, bytes: 0, examples: [], kept: {}, isComplete: true }
  #total = 0

  /** Something is deleted. @param what.count how many, where they are not told apart */
  took(what: { kind: string; count?: number; bytes?: number; example?: string }): void {
    const { kind, count = 1, bytes = 0, example } = what
    this.report.deleted[kind] = (this.report.deleted[kind] ?? 0) + count
    this.report.bytes += bytes
    this.#total += count
    if (example !== undefined && this.report.examples.length < examplesMax) this.report.examples.push(example)
  }

  /** Something is old and stays. */
  kept(reason: string, count = 1): void {
    if (count > 0) this.report.kept[reason] = (this.report.kept[reason] ?? 0) + count
  }

  /** Whether this run has to end here; then its report says that it is not complete. */
  isOver(signal: AbortSignal): boolean {
    if (!signal.aborted && this.#total < deletedMax) return false
    this.report.isComplete = false
    return true
  }
}
