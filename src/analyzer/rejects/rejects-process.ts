import { UnavailableError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { memoryOf } from '../../lib/memory-use.ts'
import { relayLog } from '../../lib/relay-log.ts'
import type { RejectsFormat } from './export-rejects.ts'

/** Writes rejected rows for a service, which reads no file itself. */
export interface RejectsSource {
  /**
   * @param signal aborted: whoever wanted the file is gone
   * @returns the file's bytes, as they are written
   * @throws UnavailableError `too_many_downloads`, `rejects_failed`
   */
  open(
    importId: string,
    format: RejectsFormat,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>
}

export interface RejectsProcessOptions {
  /** The program and its arguments, without the subcommand. */
  command: readonly string[]
  env: Record<string, string>
  /** Absolute. */
  cwd: string
  memoryBytesMax: number
  /** Longest time for one file. */
  timeMs: number
  log: Logger
}

/** Most files that are written at the same time. */
const downloadsMax = 4
const watchMs = 250

/** Each file is written by a process of its own: what hangs or grows while it reads a kept file is ended with it. */
export function rejectsProcesses(options: RejectsProcessOptions): RejectsSource {
  let running = 0
  return {
    async open(importId, format, signal) {
      if (running >= downloadsMax)
        throw new UnavailableError('too_many_downloads', 'Too many files at once; try again in a moment.', {
          retryAfterMs: 5000,
        })
      running++
      const child = start(options, [importId, '--format', format], signal)
      void child.ended.finally(() => running--)
      const reader = child.stdout.getReader()
      const first = await reader.read()
      // Nothing was sent so far, so the answer can still say that it failed.
      if (first.done) throw failed(await child.ended)
      let next: typeof first | null = first
      return new ReadableStream({
        async pull(controller) {
          const piece = next ?? (await reader.read())
          next = null
          if (!piece.done) return controller.enqueue(piece.value)
          const why = await child.ended
          // A file that breaks off must not look whole.
          if (why === null) controller.close()
          else controller.error(failed(why))
        },
        cancel: child.kill,
      })
    },
  }
}

const failed = (why: string | null) =>
  new UnavailableError(
    'rejects_failed',
    `The file could not be written: ${why ?? 'it is empty'}; the log has the details.`,
  )

function start(options: RejectsProcessOptions, args: readonly string[], signal: AbortSignal) {
  const child = Bun.spawn([...options.command, 'rejects', ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  void relayLog(child.stderr, options.log)
  let why: string | null = null
  const kill = () => child.kill('SIGKILL')
  const startedAt = performance.now()
  const watch = setInterval(() => {
    if ((memoryOf(child.pid) ?? 0) > options.memoryBytesMax) why ??= 'it took too much memory'
    if (performance.now() - startedAt > options.timeMs) why ??= 'it took too long'
    if (why !== null) kill()
  }, watchMs)
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  const ended = child.exited.then((code) => {
    clearInterval(watch)
    signal.removeEventListener('abort', kill)
    return code === 0 ? null : (why ?? `its process ended with ${code}`)
  })
  return { stdout: child.stdout, ended, kill }
}
