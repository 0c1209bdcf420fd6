/** Where the time comes from: real in the program, handed in by tests. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
