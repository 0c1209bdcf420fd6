import type { Clock } from '../../src/lib/clock.ts'

/** A clock that stands still until a test sets it, for something that works, waits, and works again. */
export interface FakeClock extends Clock {
  /** To be waited with. Ends when the clock has gone on far enough, or at the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Sets it, wakes who has waited for that, and ends when so many wait again: all, unless the test says. */
  set(time: Date, count?: number): Promise<void>
  /** Ends when so many are waiting. */
  waiting(count?: number): Promise<void>
}

export function fakeClock(start: Date): FakeClock {
  let now = start.getTime()
  const sleepers = new Set<{ wakeAt: number; wake: () => void }>()
  let watchers: { count: number; tell: () => void }[] = []

  function tell(): void {
    const told = watchers.filter(({ count }) => sleepers.size >= count)
    watchers = watchers.filter((watcher) => !told.includes(watcher))
    for (const watcher of told) watcher.tell()
  }

  const waiting = (count = 1) =>
    new Promise<void>((resolve) => {
      watchers.push({ count, tell: resolve })
      tell()
    })

  return {
    now: () => new Date(now),
    waiting,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const sleeper = {
          wakeAt: now + ms,
          wake() {
            sleepers.delete(sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        signal.addEventListener('abort', sleeper.wake)
        sleepers.add(sleeper)
        tell()
      }),
    async set(time, count = sleepers.size) {
      now = time.getTime()
      for (const sleeper of [...sleepers]) if (sleeper.wakeAt <= now) sleeper.wake()
      await waiting(count)
    },
  }
}
