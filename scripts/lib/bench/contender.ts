import type { Finished, Measured } from './measure.ts'

/**
 * A program in a case. `subject` is ours; a `bound` does less than what is needed and can hardly be beaten; a
 * `rival` does the same with other means.
 */
export interface Contender {
  id: string
  /** As the table names it. */
  name: string
  role: 'subject' | 'bound' | 'rival'
  /** Runs once instead of every round where lists are long. */
  isSlow: boolean
  /** Makes everything ready for one run; not measured. */
  prepare(): Promise<Attempt>
}

/** One run of a contender. */
export interface Attempt {
  command: string[]
  env: Record<string, string>
  /** @throws WrongResult when the program has not done what it should have */
  check(finished: Finished): Promise<void>
  /** Deletes what the run has left, or keeps it for a later case. */
  clean(): Promise<void>
}

/** What is compared: several programs with the same work on the same files. */
export interface Case {
  group: string
  /** Names the work; the same at every size. */
  workload: string
  rows: number
  /** Read by the programs; brought into the page cache before every run, whoever's it is. */
  inputs: string[]
  contenders: Contender[]
  settle(): Promise<void>
}

export interface CaseResult {
  group: string
  workload: string
  rows: number
  contenders: ContenderResult[]
}

export interface ContenderResult {
  id: string
  name: string
  role: Contender['role']
  runs: Measured[]
  /** Why it did not get to its end; null: it did, every time. */
  failure: string | null
}

/** A program that says it has done its work, but has not. Such a run counts for nothing, and neither does the rest. */
export class WrongResult extends Error {}

/** Lists in one message everything that is not as expected. @throws WrongResult */
export function expectFigures(
  who: string,
  found: Record<string, number | string | undefined>,
  expected: Record<string, number | string>,
): void {
  const wrong = Object.entries(expected).filter(([name, value]) => found[name] !== value)
  if (wrong.length === 0) return
  const texts = wrong.map(([name, value]) => `${name} is ${found[name]}, should be ${value}`)
  throw new WrongResult(`${who}: ${texts.join('; ')}.`)
}
