import type { Clock } from '../lib/clock.ts'
import { pause } from '../lib/pause.ts'
import { minuteMs } from './schedule.ts'
import { type LookParts, look } from './scheduler-look.ts'

export interface SchedulerParts extends LookParts {
  clock: Clock
  /** Done once, before the first look; tried again until it does not throw. */
  atStart?: (now: Date) => Promise<void>
  /** Waits; left out: as long as it says. Tests move their clock meanwhile. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Starts what is due, at the beginning of each minute. Any number of them may run on one database. */
export interface Scheduler {
  /** Begins nothing new; ends when the look that is under way has. */
  stop(): Promise<void>
}

/** How soon it looks again when it could not. */
const retryMs = 5000

/** Looks at once, and then each minute. */
export function openScheduler(parts: SchedulerParts): Scheduler {
  const { clock, log, atStart = async () => {}, wait = pause } = parts
  const stopping = new AbortController()

  async function work(): Promise<void> {
    let lastLookAt: Date | null = null
    let hasBegun = false
    while (!stopping.signal.aborted) {
      const now = clock.now()
      let waitMs = untilNextMinute(now)
      // A timer may be early.
      if (lastLookAt === null || minuteOf(now) !== minuteOf(lastLookAt)) {
        try {
          if (!hasBegun) await atStart(now)
          hasBegun = true
          await look(parts, now, stopping.signal)
          lastLookAt = now
          const later = clock.now()
          waitMs = minuteOf(later) === minuteOf(now) ? untilNextMinute(later) : 0
        } catch (error) {
          log.warn('schedules could not be looked at; trying again', { error })
          waitMs = retryMs
        }
      }
      await wait(waitMs, stopping.signal)
    }
  }

  const working = work()
  return {
    async stop() {
      stopping.abort()
      await working
    },
  }
}

const minuteOf = (date: Date) => Math.floor(date.getTime() / minuteMs)
const untilNextMinute = (now: Date) => minuteMs - (now.getTime() % minuteMs)
