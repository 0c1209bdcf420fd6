import { writeFileSync } from 'node:fs'
import { isChecked } from '../../lib/checked.ts'
import type { Logger } from '../../lib/log.ts'
import { memoryOf } from '../../lib/memory-use.ts'
import { relayLog } from '../../lib/relay-log.ts'
import { type JobMessage, JobResult } from '../model.ts'
import { type ChildProgress, ChildReport } from './report.ts'

/** How a child is started and what it may take. */
export interface ChildLimits {
  /** The program and its arguments. */
  command: readonly string[]
  env: Record<string, string>
  /** Absolute. */
  cwd: string
  memoryBytesMax: number
  /** Longest time for one file. */
  timeMs: number
  /** Longest time from being given a job to the first sign of life; starting up takes long on a busy machine. */
  startMs: number
  /**
   * Longest time without a sign of life while the file is read. Not while SQL is at work, since one statement may
   * keep the child for minutes: then the time limit is what ends it.
   */
  silenceMs: number
}

/** How a child ended its job. `ended`: the import's end is in the database. */
export type ChildEnd =
  | { status: 'ended'; rows: number }
  | { status: 'failed'; code: string; message: string }
  | { status: 'cancelled' }

/** What a child did with its job; `isMute`: it ended by itself, or hung, without ever saying that it had begun. */
export type ChildRun = ChildEnd & { isMute: boolean }

/** Several times a second: a bomb takes some 100 MB in that time. */
const watchMs = 100

/**
 * One process that reads one file: started ahead of its job, given one, and gone with it.
 *
 *   starting → waiting → working → gone
 */
export class Child {
  readonly #process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  readonly #limits: ChildLimits
  readonly #exited: Promise<void>
  #onMessage: (message: unknown) => void = () => {}
  #isGone = false

  constructor(limits: ChildLimits, log: Logger) {
    this.#limits = limits
    this.#process = Bun.spawn([...limits.command], {
      cwd: limits.cwd,
      env: limits.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      serialization: 'json',
      ipc: (message) => this.#onMessage(message),
    })
    void relayLog(this.#process.stdout, log)
    void relayLog(this.#process.stderr, log)
    preferForKilling(this.#process.pid)
    this.#exited = this.#process.exited.then(() => {
      this.#isGone = true
    })
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Whether it still can be given a job. */
  get isThere(): boolean {
    return !this.#isGone
  }

  /** Gives it its job, which it may still be starting up for, and waits until the process is gone. */
  async run(
    job: JobMessage,
    { onProgress, signal }: { onProgress: (progress: ChildProgress) => void; signal: AbortSignal },
  ): Promise<ChildRun> {
    const startedAt = performance.now()
    let heardAt: number | null = null
    let isStuck = false
    let phase: ChildProgress['phase'] = 'reading'
    let result: JobResult | null = null
    let killed: ChildEnd | null = null
    this.#onMessage = (message) => {
      heardAt = performance.now()
      if (isChecked(JobResult, message)) result = message
      else if (isChecked(ChildReport, message) && message.rows !== undefined) {
        phase = message.phase
        onProgress({ phase, rows: message.rows, percent: message.percent })
      }
    }
    const kill = (end: ChildEnd) => {
      killed ??= end
      this.#process.kill('SIGKILL')
    }
    const cancel = () => kill({ status: 'cancelled' })
    const watch = setInterval(() => {
      const now = performance.now()
      const runsMs = now - startedAt
      // Once it has told its result there is nothing that it could be busy with.
      const isToBeHeard = phase === 'reading' || result !== null
      const silentMs = heardAt !== null && isToBeHeard ? now - heardAt : 0
      const why = this.#broken({ runsMs, silentMs })
      isStuck ||= why === null && heardAt === null && runsMs > this.#limits.startMs
      if (why !== null) kill(why)
      else if (isStuck) kill(stuck(this.#limits))
    }, watchMs)
    signal.addEventListener('abort', cancel)
    try {
      if (signal.aborted) cancel()
      else this.#hand(job)
      await this.#exited
    } finally {
      clearInterval(watch)
      signal.removeEventListener('abort', cancel)
    }
    const isMute = heardAt === null && (killed === null || isStuck)
    return { ...(endOf(result) ?? killed ?? crashed(this.#process)), isMute }
  }

  #hand(job: JobMessage): void {
    try {
      this.#process.send(job)
    } catch {
      // It has just ended, or will: nobody can reach it any more.
      this.#process.kill('SIGKILL')
    }
  }

  async end(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }

  #broken({ runsMs, silentMs }: { runsMs: number; silentMs: number }): ChildEnd | null {
    const { memoryBytesMax, timeMs, silenceMs } = this.#limits
    if ((memoryOf(this.#process.pid) ?? 0) > memoryBytesMax)
      return failed(
        'analyzer_out_of_memory',
        `Reading the file took more than ${inMib(memoryBytesMax)} MiB of memory and was stopped; the catalog is as it was. Raise TALLYMAN_ANALYZER_MEMORY_MAX if the file is right.`,
      )
    if (runsMs > timeMs)
      return failed(
        'analyzer_timed_out',
        `Reading the file took longer than ${Math.round(timeMs / 1000)} s and was stopped; the catalog is as it was. Raise TALLYMAN_ANALYZER_SECONDS_MAX if the file is right.`,
      )
    if (silentMs > silenceMs)
      return failed(
        'analyzer_timed_out',
        `Reading the file gave no sign of life for ${Math.round(silenceMs / 1000)} s and was stopped; the catalog is as it was.`,
      )
    return null
  }
}

const failed = (code: string, message: string): ChildEnd => ({ status: 'failed', code, message })
const inMib = (bytes: number) => Math.round(bytes / 1024 ** 2)

const stuck = ({ startMs }: ChildLimits) =>
  failed(
    'analyzer_timed_out',
    `The process that was to read the file did not begin within ${Math.round(startMs / 1000)} s and was stopped; the catalog is as it was.`,
  )

function endOf(result: JobResult | null): ChildEnd | null {
  if (result === null) return null
  if (result.status === 'ended') return { status: 'ended', rows: result.rows }
  return failed(result.error?.code ?? 'analyzer_failed', result.error?.message ?? 'The analyzer failed.')
}

function crashed({ signalCode, exitCode }: Pick<Bun.Subprocess, 'signalCode' | 'exitCode'>): ChildEnd {
  const how =
    signalCode === 'SIGKILL'
      ? 'was killed from outside (is the machine out of memory?)'
      : signalCode !== null
        ? `crashed (${signalCode})`
        : `ended with ${exitCode}`
  return failed(
    'analyzer_crashed',
    `The process that read the file ${how} before it was done; the catalog is as it was. Hand the list in again.`,
  )
}

/** When the machine runs out of memory the kernel ends this process, and not the service. */
function preferForKilling(pid: number): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000')
  } catch {
    // It has ended already, or this system does not allow it; the limit still holds.
  }
}
