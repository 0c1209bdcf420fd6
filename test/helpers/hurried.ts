import type { Clock } from '../../src/lib/clock.ts'

/** A clock that runs ahead when something waits, so that waiting takes no time. */
export interface Hurried {
  clock: Clock
  wait(ms: number): Promise<void>
  /** How long was waited each time, in milliseconds. */
  waits: number[]
  /** Lets time pass. */
  pass(ms: number): void
}

export function hurried(start = new Date('2026-11-22T09:00:00.000Z')): Hurried {
  let now = start.getTime()
  const waits: number[] = []
  return {
    clock: { now: () => new Date(now) },
    waits,
    async wait(ms) {
      waits.push(ms)
      now += ms
    },
    pass(ms) {
      now += ms
    },
  }
}
