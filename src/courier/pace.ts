import { pause } from '../lib/pause.ts'

/** What came while nobody was in the way and is not held against what comes next, in milliseconds at the rate. */
const burstMs = 100
/** Waiting for less than this costs more than it saves. */
const waitMsMin = 20
/**
 * Who wakes up late is on a machine that has nothing to spare: then it waits for so many times as long as it was late.
 * On such a one a rate that is meant for an idle one takes what others are short of.
 */
const lateFactor = 4
/** Later than this in milliseconds it was something else, such as a machine that was asleep. */
const lateMsMax = 250

/** Keeps bytes that come from several sides to one rate, whenever somebody else is in need of the machine. */
export interface Pace {
  /** Waits until so many bytes more are no longer too many; not at all while nobody is in need. Never throws. */
  take(bytes: number, signal: AbortSignal): Promise<void>
}

/** @param options.isNeeded whether somebody else needs the machine just now; asked at each piece */
export function openPace({
  bytesPerSecond,
  isNeeded,
}: {
  bytesPerSecond: number
  isNeeded: () => boolean
}): Pace {
  /** When all that was taken would have come at the rate, by the process's clock. */
  let paidAt = Number.NEGATIVE_INFINITY

  return {
    async take(bytes, signal) {
      if (!isNeeded()) return
      const now = performance.now()
      paidAt = Math.max(paidAt, now - burstMs) + (bytes * 1000) / bytesPerSecond
      if (paidAt - now < waitMsMin) return
      const dueAt = paidAt
      await pause(dueAt - now, signal)
      const late = Math.min(lateMsMax, performance.now() - dueAt)
      paidAt = Math.max(paidAt, dueAt + lateFactor * late)
    },
  }
}
