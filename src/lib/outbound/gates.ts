import type { Clock } from '../clock.ts'
import { UnavailableError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Budget, calm, failuresMax, type HostState, type SharedHosts } from './shared-hosts.ts'

/** What lets requests to one host through. */
export interface Gates {
  /**
   * Waits for a turn, in the order of asking, and for a short pause of the host to be over.
   * @param host name and port
   * @throws UnavailableError `host_paused`, `circuit_open` with `retryAfterMs`, at once
   * @throws the reason of the signal
   */
  enter(host: string, options: { signal: AbortSignal; budget?: Budget | undefined }): Promise<Pass>
}

/** A turn at a host, until it is left. Nothing but the database can be at fault here, and that is only logged. */
export interface Pass {
  /** The host answered. */
  worked(): Promise<void>
  /** It did not. */
  failed(): Promise<void>
  /** It wants to be left alone for so long. */
  pause(ms: number): Promise<void>
  /** Lets the next one in; once or more. */
  leave(): void
}

export interface GateOptions {
  clock: Clock
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  hosts: SharedHosts
  log: Logger | null
  /** Most that are let in at the same time, by this process. */
  perHost: number
}

/** A pause that is not longer is waited for. */
export const waitMsMax = 8000
/** How old what is known of a host may be, in milliseconds. */
const staleMs = 1000
/** How long a probe is waited for before another one is let through. */
const probeMs = 60_000
/** Hosts that are remembered though nobody is asking them. */
const idleHostsMax = 1000

/**
 * A host is
 *
 *   open → closed (it failed five times in a row: nobody asks, for 30 s, then twice as long each time)
 *     ↑       ↓ time is up
 *     └── half open: one asks. It answers: open. It fails: closed again.
 *
 * and, whatever it is, paused while it wants to be left alone.
 */
export function openGates({ clock, wait, hosts, log, perHost }: GateOptions): Gates {
  const known = new Map<string, Host>()

  function hostOf(name: string): Host {
    const found = known.get(name)
    if (found !== undefined) return found
    if (known.size >= idleHostsMax)
      for (const [other, { users }] of known) if (users === 0) known.delete(other)
    const host: Host = { name, users: 0, queue: [], state: calm, readAt: null, reading: null }
    known.set(name, host)
    return host
  }

  async function look(host: Host): Promise<HostState> {
    const now = clock.now().getTime()
    if (host.readAt === null || now - host.readAt >= staleMs || now < host.readAt) {
      host.readAt = now
      host.reading = recorded(async () => {
        host.state = await hosts.read(host.name)
      })
    }
    // Nobody overtakes those who wait for what is known.
    await host.reading
    return host.state
  }

  /** @throws UnavailableError `host_paused`, `circuit_open` */
  async function admitted(host: Host, signal: AbortSignal): Promise<HostState> {
    for (;;) {
      signal.throwIfAborted()
      const state = await look(host)
      const now = clock.now().getTime()
      const pausedMs = msUntil(state.pausedUntil, now)
      if (pausedMs > waitMsMax) throw paused(host.name, pausedMs)
      const closedMs = msUntil(state.closedUntil, now)
      if (closedMs > 0) throw closed(host.name, closedMs)
      if (pausedMs === 0) return state
      await wait(pausedMs, signal)
    }
  }

  /** Whether this is the one that is let through to see whether the host works again. */
  async function probes({ name }: Host, { failures, closedUntil }: HostState): Promise<boolean> {
    if (failures < failuresMax || closedUntil === null) return false
    const now = clock.now()
    const until = new Date(now.getTime() + probeMs)
    if (await hosts.probe(name, { seen: closedUntil, until, now })) return true
    throw closed(name, probeMs)
  }

  async function spend({ name }: Host, budget: Budget, signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = clock.now()
      const again = await hosts.spend(name, budget, now)
      if (again === null) return
      const ms = Math.max(1, again.getTime() - now.getTime())
      if (ms > waitMsMax) throw spent(name, budget, ms)
      await wait(ms, signal)
      signal.throwIfAborted()
    }
  }

  async function recorded(work: () => Promise<void>): Promise<void> {
    await work().catch((error) => log?.warn('what is known of a host was not shared', { error }))
  }

  return {
    async enter(name, { signal, budget }) {
      const host = hostOf(name.toLowerCase())
      // Whoever is not wanted need not wait for a turn to hear so.
      await admitted(host, signal)
      await turn(host, perHost, signal)
      let hasLeft = false
      const leave = () => {
        if (hasLeft) return
        hasLeft = true
        const next = host.queue.shift()
        if (next === undefined) host.users--
        else next()
      }
      try {
        const isProbe = await probes(host, await admitted(host, signal))
        if (budget !== undefined) await spend(host, budget, signal)
        const forget = () => {
          host.readAt = null
        }
        return {
          leave,
          worked: () =>
            recorded(async () => {
              if (!isProbe && (await look(host)).failures === 0) return
              await hosts.worked(host.name, clock.now())
              forget()
            }),
          failed: () =>
            recorded(async () => {
              await hosts.failed(host.name, { now: clock.now(), isProbe })
              forget()
            }),
          pause: (ms) =>
            recorded(async () => {
              const now = clock.now()
              await hosts.pause(host.name, new Date(now.getTime() + ms), now)
              forget()
            }),
        }
      } catch (error) {
        leave()
        throw error
      }
    },
  }
}

interface Host {
  name: string
  /** How many are let in. */
  users: number
  /** Who waits, in the order of asking. */
  queue: (() => void)[]
  state: HostState
  /** Milliseconds; null: what is known has changed. */
  readAt: number | null
  /** The last time that it was read. */
  reading: Promise<void> | null
}

/** Takes a place, or waits for one that is handed on. */
async function turn(host: Host, perHost: number, signal: AbortSignal): Promise<void> {
  // One that was aborted before is never told again.
  signal.throwIfAborted()
  if (host.users < perHost) {
    host.users++
    return
  }
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      host.queue = host.queue.filter((each) => each !== take)
      reject(signal.reason)
    }
    const take = () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    host.queue.push(take)
  })
}

const msUntil = (until: Date | null, now: number) => (until === null ? 0 : Math.max(0, until.getTime() - now))

const paused = (host: string, retryAfterMs: number) =>
  new UnavailableError(
    'host_paused',
    `${host} wants to be left alone for another ${seconds(retryAfterMs)}; it is asked again then.`,
    { retryAfterMs },
  )

const closed = (host: string, retryAfterMs: number) =>
  new UnavailableError(
    'circuit_open',
    `${host} has failed ${failuresMax} times or more in a row; it is asked again in ${seconds(retryAfterMs)} at most.`,
    { retryAfterMs },
  )

const spent = (host: string, { requests, perMs }: Budget, retryAfterMs: number) =>
  new UnavailableError(
    'host_paused',
    `${host} is asked ${requests} times in ${seconds(perMs)} at most; there are more in ${seconds(retryAfterMs)}.`,
    { retryAfterMs },
  )

const seconds = (ms: number) => `${Math.ceil(ms / 1000)} s`
