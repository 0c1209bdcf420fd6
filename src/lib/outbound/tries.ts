import { UnavailableError } from '../errors.ts'
import { waitMsMax } from './gates.ts'

/** Decides whether and when something is tried again. */
export interface Tries {
  /**
   * What to do after a try that failed: wait so many milliseconds and try again, or, with null, throw the error.
   * @param hasProgressed whether the try brought some of what is wanted
   */
  after(error: unknown, hasProgressed: boolean): { delayMs: number } | { delayMs: null; error: unknown }
}

const delaysMs = [1000, 2000, 4000]
/** Also of those that make progress each time. */
const triesMax = 50
const transient = new Set(['unreachable', 'timed_out', 'cut_off', 'server_failed', 'rate_limited'])

/** Tries again after 1, 2 and 4 seconds, give or take a quarter; from the start once there was progress. */
export function openTries(random: () => number): Tries {
  let inVain = 0
  let all = 0
  let last: unknown = null
  return {
    after(error, hasProgressed) {
      if (!(error instanceof UnavailableError) || !transient.has(error.code))
        return { delayMs: null, error: told(error, last) }
      last = error
      if (hasProgressed) inVain = 0
      const delayMs = delaysMs[inVain]
      const { retryAfterMs } = error
      if (delayMs === undefined || all >= triesMax || (retryAfterMs ?? 0) > waitMsMax)
        return { delayMs: null, error }
      inVain++
      all++
      // So that those who failed together do not come back together.
      const spread = delayMs * (0.75 + 0.5 * random())
      return { delayMs: Math.round(Math.max(spread, retryAfterMs ?? 0)) }
    },
  }
}

/** When a host lets nobody in any more, what the try before has told, and when that may change. */
function told(error: unknown, last: unknown): unknown {
  const isRefused =
    error instanceof UnavailableError && (error.code === 'circuit_open' || error.code === 'host_paused')
  if (!isRefused || !(last instanceof UnavailableError)) return error
  const { retryAfterMs } = error
  return new UnavailableError(last.code, last.message, {
    cause: last.cause,
    ...(retryAfterMs !== null && { retryAfterMs }),
  })
}
