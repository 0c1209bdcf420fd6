/** What is known of a host. */
export interface HostState {
  /** It asked to be left alone until then; null: it did not. */
  pausedUntil: Date | null
  /** Requests that failed one after the other. */
  failures: number
  /** Since it failed too often nobody asks it before then, and then one; null: it may be asked. */
  closedUntil: Date | null
}

/** Most requests in so much time. */
export interface Budget {
  requests: number
  perMs: number
}

/**
 * What all who fetch know of hosts together. A host is a name and a port, as in "prices.example.com:443". It is
 * written to when something changes, and for each request only where there is a budget.
 */
export interface SharedHosts {
  read(host: string): Promise<HostState>
  /** Where it is paused already, the later end counts. */
  pause(host: string, until: Date, now: Date): Promise<void>
  /**
   * One more failure; after too many of them it is closed. While it is closed those that were still under way do not
   * count, only that of the probe.
   */
  failed(host: string, options: { now: Date; isProbe: boolean }): Promise<void>
  /** It answers: its failures are forgotten, and it is closed no more. */
  worked(host: string, now: Date): Promise<void>
  /**
   * Takes the one probe of a host that was closed, which keeps it closed for the others until then.
   * @param seen until when it was closed
   * @returns false: somebody else has it
   */
  probe(host: string, options: { seen: Date; until: Date; now: Date }): Promise<boolean>
  /**
   * Takes one request from the budget of a host, which is the same for all and holds for every `perMs`, whenever they
   * begin. Requests are counted together until there was none for `perMs`: so no stretch of that length ever meets two
   * counts. Fixed stretches, begun by their first request, let nearly twice as many go at their border. The price is
   * that whoever asks all the time gets at least half of the budget, and not always all of it.
   * @returns null: taken; otherwise when there are some again
   */
  spend(host: string, budget: Budget, now: Date): Promise<Date | null>
}

/** Failures in a row after which a host is closed. */
export const failuresMax = 5

const closedFirstMs = 30_000
const closedMsMax = 600_000

/** For how long a host is closed that has failed so often in a row: twice as long each time; null: it is not. */
export const closedMs = (failures: number): number | null =>
  failures < failuresMax ? null : Math.min(closedFirstMs * 2 ** (failures - failuresMax), closedMsMax)

export const calm: HostState = { pausedUntil: null, failures: 0, closedUntil: null }

/** Known to this process alone. */
export function hostsOfOneProcess(): SharedHosts {
  const states = new Map<string, HostState>()
  const budgets = new Map<string, { lastAt: Date; used: number }>()
  const stateOf = (host: string) => states.get(host) ?? calm
  return {
    read: async (host) => stateOf(host),
    async pause(host, until) {
      const state = stateOf(host)
      if (state.pausedUntil === null || state.pausedUntil < until)
        states.set(host, { ...state, pausedUntil: until })
    },
    async failed(host, { now, isProbe }) {
      const state = stateOf(host)
      if (!isProbe && state.closedUntil !== null && state.closedUntil > now) return
      const failures = state.failures + 1
      const forMs = closedMs(failures)
      const closedUntil = forMs === null ? null : new Date(now.getTime() + forMs)
      states.set(host, { ...state, failures, closedUntil })
    },
    async worked(host) {
      const { pausedUntil } = stateOf(host)
      if (pausedUntil === null) states.delete(host)
      else states.set(host, { ...calm, pausedUntil })
    },
    async probe(host, { seen, until }) {
      const state = stateOf(host)
      if (state.closedUntil?.getTime() !== seen.getTime()) return false
      states.set(host, { ...state, closedUntil: until })
      return true
    },
    async spend(host, { requests, perMs }, now) {
      const budget = budgets.get(host)
      const endsAt = budget === undefined ? 0 : budget.lastAt.getTime() + perMs
      if (budget === undefined || endsAt <= now.getTime()) budgets.set(host, { lastAt: now, used: 1 })
      else if (budget.used >= requests) return new Date(endsAt)
      // The clocks of those who ask may differ.
      else budgets.set(host, { lastAt: now > budget.lastAt ? now : budget.lastAt, used: budget.used + 1 })
      return null
    },
  }
}
