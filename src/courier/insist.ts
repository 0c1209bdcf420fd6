import { pause } from '../lib/pause.ts'
import { jobErrorOf } from '../queue/model.ts'

const firstPauseMs = 100
const longestPauseMs = 5000

/**
 * Writes what must not be lost although the database may be away for a while, such as the end of a job: what is done
 * would be done again otherwise, once its lease has run out.
 * @param options.forMs how long it is tried again
 * @param options.onFailure told of each failure that is followed by another try
 * @throws what the last try throws; anything but a lost database at once
 */
export async function insist<Result>(
  write: () => Promise<Result>,
  { forMs, onFailure }: { forMs: number; onFailure: (error: unknown) => void },
): Promise<Result> {
  const until = performance.now() + forMs
  const never = new AbortController().signal
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs))
    try {
      return await write()
    } catch (error) {
      const isAway = jobErrorOf(error).kind === 'database'
      if (!isAway || performance.now() + pauseMs > until) throw error
      onFailure(error)
      await pause(pauseMs, never)
    }
}
