import { dirname } from 'node:path'
import { isChecked } from '../../lib/checked.ts'
import { InvalidError } from '../../lib/errors.ts'
import { memoryOf } from '../../lib/memory-use.ts'
import type { ApartLimits } from '../formats/apart/reader-process.ts'
import { type Sample, SampleAnswer, type SampleQuestion } from './read-sample.ts'

/**
 * Has the beginning of a list read in a process of its own, which ends with the answer, with the signal, or when it
 * takes more than it may.
 * @throws InvalidError as reading a list does; `analyzer_out_of_memory`, `analyzer_timed_out`, `analyzer_crashed`
 * @throws the signal's reason
 */
export type SampleReader = (question: SampleQuestion, signal: AbortSignal) => Promise<Sample>

const watchMs = 100

/** @param limits.command starts the program's `read-sample` */
export function sampleProcesses({ command, env, cwd, memoryBytesMax, timeMs }: ApartLimits): SampleReader {
  return async (question, signal) => {
    signal.throwIfAborted()
    const answered = Promise.withResolvers<SampleAnswer>()
    const child = Bun.spawn([...command], {
      cwd,
      // What it unpacks goes with the list, also when it is killed.
      env: { ...env, TMPDIR: dirname(question.path) },
      stdio: ['ignore', 'ignore', 'ignore'],
      serialization: 'json',
      ipc(message) {
        if (isChecked(SampleAnswer, message)) answered.resolve(message)
      },
    })
    const stop = (why: unknown) => {
      answered.reject(why)
      child.kill('SIGKILL')
    }
    const startedAt = performance.now()
    const watch = setInterval(() => {
      if ((memoryOf(child.pid) ?? 0) > memoryBytesMax) stop(tooMuch(memoryBytesMax))
      if (performance.now() - startedAt > timeMs) stop(tooLong(timeMs))
    }, watchMs)
    const onAbort = () => stop(signal.reason)
    signal.addEventListener('abort', onAbort)
    // What it said before it ended has come before.
    void child.exited.then(() => answered.reject(crashed()))
    try {
      child.send(question)
      const answer = await answered.promise
      // This program made it, in the other process.
      if ('sample' in answer) return answer.sample as Sample
      const { code, message } = answer.failed
      throw code === null ? new Error(message) : new InvalidError(code, message)
    } finally {
      clearInterval(watch)
      signal.removeEventListener('abort', onAbort)
      child.kill('SIGKILL')
    }
  }
}

const tooMuch = (bytes: number) =>
  new InvalidError(
    'analyzer_out_of_memory',
    `Reading the list took more than ${Math.round(bytes / 1024 ** 2)} MiB of memory and was stopped. Raise TALLYMAN_ANALYZER_MEMORY_MAX if the list is right.`,
  )

const tooLong = (ms: number) =>
  new InvalidError(
    'analyzer_timed_out',
    `Reading the list took longer than ${Math.round(ms / 1000)} s and was stopped.`,
  )

const crashed = () =>
  new InvalidError('analyzer_crashed', 'The process that read the list ended before it was done.')
