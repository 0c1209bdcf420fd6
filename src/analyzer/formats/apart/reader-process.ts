import { isChecked } from '../../../lib/checked.ts'
import { InvalidError } from '../../../lib/errors.ts'
import { memoryOf } from '../../../lib/memory-use.ts'
import { Answer, type Question } from './messages.ts'

/** How a process is started that reads a file apart, and what it may take. */
export interface ApartLimits {
  /** The program and its arguments. */
  command: readonly string[]
  /** It has to end with this process; see `dependentEnvironment`. */
  env: Record<string, string>
  /** Absolute. */
  cwd: string
  memoryBytesMax: number
  /** Longest time that one file may keep others waiting. */
  timeMs: number
}

/** Several times a second: a bomb takes some 100 MB in that time. */
const watchMs = 100

/**
 * A process that reads one file and can be ended at any moment. It is asked one thing after another, and ends with
 * `end`, with this process, or when it takes more than it may.
 */
export class ReaderProcess {
  readonly #limits: ApartLimits
  readonly #process: Bun.Subprocess<'ignore', 'ignore', 'ignore'>
  #questions = 0
  #waiting: { id: number; resolve: (answer: Answer) => void; reject: (error: unknown) => void } | null = null
  #waitedMs = 0
  #ending: Error | null = null

  /** @param signal ends it; what is asked then is answered with the signal's reason */
  constructor(limits: ApartLimits, signal: AbortSignal | null) {
    this.#limits = limits
    this.#process = Bun.spawn([...limits.command], {
      cwd: limits.cwd,
      env: limits.env,
      stdio: ['ignore', 'ignore', 'ignore'],
      serialization: 'json',
      ipc: (message) => this.#take(message),
    })
    const abort = () => {
      this.#ending ??= signal?.reason instanceof Error ? signal.reason : null
      this.end()
    }
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    void this.#process.exited.then(() => signal?.removeEventListener('abort', abort))
    void this.#process.exited.then(() => this.#waiting?.reject(this.#ending ?? crashed(this.#process)))
  }

  get pid(): number {
    return this.#process.pid
  }

  /**
   * @throws InvalidError what the reader throws; `analyzer_out_of_memory`, `analyzer_timed_out`, `analyzer_crashed`
   */
  async ask(question: Omit<Question, 'id'>): Promise<Answer> {
    const id = ++this.#questions
    const askedAt = performance.now()
    const answered = Promise.withResolvers<Answer>()
    this.#waiting = { id, ...answered }
    const watch = setInterval(() => this.#watch(performance.now() - askedAt), watchMs)
    try {
      this.#send({ id, ...question })
      const { failed, ...answer } = await answered.promise
      if (failed === undefined) return answer
      if (failed.code === null) throw new Error(failed.message)
      throw new InvalidError(failed.code, failed.message)
    } finally {
      clearInterval(watch)
      this.#waiting = null
      this.#waitedMs += performance.now() - askedAt
    }
  }

  end(): void {
    this.#process.kill('SIGKILL')
  }

  #send(question: Question): void {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null)
      throw this.#ending ?? crashed(this.#process)
    try {
      this.#process.send(question)
    } catch {
      // It has just ended: what waits is told so.
    }
  }

  #take(message: unknown): void {
    // An answer that nobody waits for any more is to a question that was given up.
    if (isChecked(Answer, message) && message.id === this.#waiting?.id) this.#waiting.resolve(message)
  }

  #watch(askedMs: number): void {
    const { memoryBytesMax, timeMs } = this.#limits
    if ((memoryOf(this.#process.pid) ?? 0) > memoryBytesMax)
      this.#ending ??= new InvalidError(
        'analyzer_out_of_memory',
        `Reading the file took more than ${Math.round(memoryBytesMax / 1024 ** 2)} MiB of memory and was stopped. Raise TALLYMAN_ANALYZER_MEMORY_MAX if the file is right, or ask for the list as XLSX or CSV.`,
      )
    if (this.#waitedMs + askedMs > timeMs)
      this.#ending ??= new InvalidError(
        'analyzer_timed_out',
        `Reading the file took longer than ${Math.round(timeMs / 1000)} s and was stopped. Raise TALLYMAN_ANALYZER_SECONDS_MAX if the file is right, or ask for the list as XLSX or CSV.`,
      )
    if (this.#ending !== null) this.end()
  }
}

function crashed({ signalCode, exitCode }: Pick<Bun.Subprocess, 'signalCode' | 'exitCode'>): InvalidError {
  const how =
    signalCode === 'SIGKILL'
      ? 'was killed from outside (is the machine out of memory?)'
      : signalCode !== null
        ? `crashed (${signalCode})`
        : `ended with ${exitCode}`
  return new InvalidError(
    'analyzer_crashed',
    `The process that read the file ${how} before it was done. Try again, or ask for the list as XLSX or CSV.`,
  )
}
