import type { Case, CaseResult, Contender, ContenderResult } from './contender.ts'
import { type Finished, type Measurer, ProcessFailure } from './measure.ts'

export interface RunOptions {
  measurer: Measurer
  /** Rounds; each runs every program once. */
  runs: number
  /** Rounds of slow programs. */
  slowRuns: number
  say: (line: string) => void
}

/**
 * Runs the programs in alternation: A B C, A B C, … A rival that fails is out, and the result says why.
 * @throws WrongResult; ProcessFailure of one of ours
 */
export async function runCase(
  given: Case,
  { measurer, runs, slowRuns, say }: RunOptions,
): Promise<CaseResult> {
  const results = given.contenders.map((contender) => ({
    contender,
    result: {
      id: contender.id,
      name: contender.name,
      role: contender.role,
      runs: [],
      failure: null,
    } as ContenderResult,
  }))
  for (let round = 0; round < runs; round++) {
    for (const { contender, result } of results) {
      if (result.failure !== null || (contender.isSlow && round >= slowRuns)) continue
      try {
        const { wallMs, cpuMs, peakBytes } = await runOnce(given, contender, measurer)
        result.runs.push({ wallMs, cpuMs, peakBytes })
      } catch (error) {
        if (!(error instanceof ProcessFailure) || contender.role === 'subject') throw error
        result.failure = error.message
      }
    }
  }
  const { group, workload, rows } = given
  say(
    `${group}, ${rows.toLocaleString('en')} rows, ${workload}: ${results.map(({ result }) => progressText(result)).join(', ')}`,
  )
  return { group, workload, rows, contenders: results.map(({ result }) => result) }
}

async function runOnce(given: Case, contender: Contender, measurer: Measurer): Promise<Finished> {
  const attempt = await contender.prepare()
  try {
    await given.settle()
    for (const path of given.inputs) await readThrough(path)
    const finished = await measurer.run(attempt.command, attempt.env)
    await attempt.check(finished)
    return finished
  } finally {
    await attempt.clean()
  }
}

async function readThrough(path: string): Promise<void> {
  for await (const _ of Bun.file(path).stream()) {
    // The reading is what counts.
  }
}

/** For whoever waits; the figures that count are the ratios at the end. */
function progressText({ name, runs, failure }: ContenderResult): string {
  if (failure !== null) return `${name} failed`
  return `${name} ${runs.map(({ wallMs }) => (wallMs / 1000).toFixed(2)).join(' ')} s`
}
