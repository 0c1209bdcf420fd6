import type { Logger } from '../lib/log.ts'
import { pause } from '../lib/pause.ts'

/** A role has promised to have ended within 10 s; what it could not hand over by then is taken over all the same. */
const endMs = 9000

/**
 * Ends what a role has opened. A database that does not answer keeps nobody: the process ends when this returns, and
 * with it whatever still waits.
 */
export async function endInTime(ending: Promise<void>, log: Logger): Promise<void> {
  const ended = new AbortController()
  const late = pause(endMs, ended.signal).then(() => {
    if (!ended.signal.aborted)
      log.warn('not everything ended in time; what was not handed over is taken over')
  })
  await Promise.race([ending.finally(() => ended.abort()), late])
}
