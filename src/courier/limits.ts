import { InvalidError } from '../lib/errors.ts'

/** How long one attempt at a job may take, in milliseconds. */
export interface AttemptLimits {
  /** From then on it is asked to stop: fetching and reading are ended, the process that reads is killed. */
  softMs: number
  /** From then on it is over, whether or not anybody has answered. */
  hardMs: number
  /** The same for one that has to stop for another reason: how long that may take. */
  stopMs: number
}

/** Soft before hard, so that whoever reads can still say how it ended. */
export const limitsDefault: AttemptLimits = { softMs: 55 * 60_000, hardMs: 60 * 60_000, stopMs: 10_000 }

export interface LimitedAttempt {
  /** Aborted when the outer one is, or the soft limit is reached; the reason is an AppError then. */
  signal: AbortSignal
  /** Waits for the work, but no longer than it may take. @throws what the work throws; the reason of the signal */
  race<Result>(work: Promise<Result>): Promise<Result>
  /** No limit is reached any more. */
  close(): void
}

/**
 * Begins to count.
 * @param outer ends the attempt for reasons of its own
 */
export function openLimits({ softMs, hardMs, stopMs }: AttemptLimits, outer: AbortSignal): LimitedAttempt {
  const soft = new AbortController()
  const signal = AbortSignal.any([outer, soft.signal])
  const over = Promise.withResolvers<never>()
  // Most often nobody waits for it any more.
  over.promise.catch(() => {})
  const giveUp = () => over.reject(signal.reason)
  const timers = [
    setTimeout(() => soft.abort(timedOut(softMs)), softMs),
    setTimeout(() => {
      soft.abort(timedOut(hardMs))
      giveUp()
    }, hardMs),
  ]
  const stop = () => void timers.push(setTimeout(giveUp, stopMs))
  if (outer.aborted) stop()
  else outer.addEventListener('abort', stop, { once: true })
  return {
    signal,
    race: (work) => Promise.race([work, over.promise]),
    close() {
      outer.removeEventListener('abort', stop)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

const timedOut = (ms: number) =>
  new InvalidError(
    'job_timed_out',
    `The job was not done after ${spent(ms)} and was stopped; the catalog is as it was. Split the list, or find out why it takes so long, and try again.`,
  )

const spent = (ms: number) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
