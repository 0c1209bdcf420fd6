import type { BenchOptions } from './arguments.ts'
import type { CaseResult } from './contender.ts'
import type { Machine } from './machine.ts'
import type { ServiceResult } from './service.ts'

/** Everything that a run of the benchmark has found out; `--json` writes it. */
export interface Report {
  /** Of the code that was measured. */
  commit: string | null
  /** ISO 8601, day only. */
  date: string
  machine: Machine
  options: Pick<BenchOptions, 'rows' | 'only' | 'without' | 'runs' | 'seed'>
  cases: CaseResult[]
  service: ServiceResult[]
  /** What was not compared, and why. */
  leftOut: string[]
  /** What went wrong with us or was counted wrongly by anybody: the benchmark has failed. */
  failures: string[]
}
