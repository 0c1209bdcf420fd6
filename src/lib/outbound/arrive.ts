import type { Clock } from '../clock.ts'
import { InvalidError, systemErrorCode, UnavailableError } from '../errors.ts'
import type { Deadline } from './deadline.ts'
import { type Arrived, exchange, packingOf, requireHttp } from './exchange.ts'
import { explained, isFaultOfHost, isWorthAnotherTry, packed, refusalOf, tookTooLong } from './failure.ts'
import type { Gates, Pass } from './gates.ts'
import { addressesOf, hostOf, type Lookup } from './host.ts'
import type { PrivateHosts } from './private-hosts.ts'
import { type Hop, nextHop, redirectsMax } from './redirect.ts'
import { retryAfterOf } from './retry-after.ts'
import type { Budget } from './shared-hosts.ts'

export interface ArriveParts {
  allowed: PrivateHosts
  lookup: Lookup
  gates: Gates
  clock: Clock
}

export interface ArriveOptions {
  headMs: number
  /** Of the whole; begins to count when the first host lets us in. */
  deadline: Deadline
  /** The signal of whoever asks, whose reason is thrown when it ends the work. */
  outer: AbortSignal
  timeoutMs: number
  budget: Budget | undefined
}

/** An answer whose body is still to come, and the turn at its host, which is to be left. */
export interface Held extends Arrived {
  pass: Pass
}

/** Longest time until a name is resolved, and until a connection is there. */
const connectMsMax = 10_000
/** Most addresses of a name that are tried. */
const addressesMax = 3

/**
 * Follows a request to the answer that ends it. Each hop waits for its host, and connects to an address that was
 * checked for it. An answer that says no more than "another time" is thrown, and its host told so.
 * @throws as `WayOut.request` does
 */
export async function arrive(parts: ArriveParts, first: Hop, options: ArriveOptions): Promise<Held> {
  requireHttp(first.url)
  let hop = first
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    // A budget is that of the host that was named.
    const budget = hop.url.host === first.url.host ? options.budget : undefined
    const held = await ask(parts, hop, { ...options, budget })
    let next: Hop | null
    try {
      next = nextHop(hop, held)
    } catch (error) {
      release(held)
      throw error
    }
    if (next === null) return held
    await held.pass.worked()
    release(held)
    hop = next
  }
  throw new InvalidError(
    'too_many_redirects',
    `${first.url.origin} sends us on more than ${redirectsMax} times; give the address where the list is.`,
  )
}

/** Ends the connection, and lets the next one in. */
export function release({ message, pass }: Pick<Held, 'message' | 'pass'>): void {
  message.destroy()
  pass.leave()
}

/** Tells the host's gate what a failure means. What ends from outside is nobody's fault. */
export async function blame(pass: Pass, failure: unknown, { outer }: Pick<Timing, 'outer'>): Promise<void> {
  if (!outer.aborted && isFaultOfHost(failure)) await pass.failed()
}

/** What the end of a time limit means; anything else, an abort from outside first of all, as it is. */
export function timely(error: unknown, url: URL, { outer, deadline, timeoutMs }: Timing): unknown {
  if (outer.aborted) return outer.reason
  return deadline.isOver() ? tookTooLong(url, timeoutMs) : error
}

export type Timing = Pick<ArriveOptions, 'outer' | 'deadline' | 'timeoutMs'>

/** Name and port, the port of the scheme where none is said. */
const gateOf = (url: URL) => `${hostOf(url)}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`

/** One hop. */
async function ask(parts: ArriveParts, hop: Hop, options: ArriveOptions): Promise<Held> {
  const { deadline, budget } = options
  const { signal } = deadline
  const pass = await parts.gates.enter(gateOf(hop.url), { signal, budget }).catch((error) => {
    throw timely(error, hop.url, options)
  })
  // Whoever never reads the body does not keep the others out for ever.
  signal.addEventListener('abort', pass.leave, { once: true })
  try {
    deadline.start()
    const arrived = await connected(parts, hop, options)
    const held = { ...arrived, pass }
    await judge(parts, held)
    return held
  } catch (error) {
    const failure = timely(error, hop.url, options)
    await blame(pass, failure, options)
    pass.leave()
    throw failure
  }
}

async function connected(
  { allowed, lookup }: ArriveParts,
  hop: Hop,
  { headMs, deadline: { signal } }: ArriveOptions,
): Promise<Arrived> {
  const { url } = hop
  const connectMs = Math.min(connectMsMax, headMs)
  const addresses = await addressesOf(hostOf(url), { allowed, lookup, signal, timeoutMs: connectMs })
  const tried = addresses.slice(0, addressesMax)
  for (const [index, address] of tried.entries()) {
    try {
      return await exchange({ ...hop, address, connectMs, headMs, signal })
    } catch (error) {
      signal.throwIfAborted()
      const failure = explained(error, url, false)
      if (index === tried.length - 1 || !isNoWay(failure)) throw failure
    }
  }
  throw new Error('A host without addresses was not refused.')
}

const noWay = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EADDRNOTAVAIL'])

/** Whether nothing was sent yet, so that another address of the same host may do. */
const isNoWay = (error: unknown): boolean =>
  error instanceof UnavailableError &&
  error.code === 'unreachable' &&
  (error.cause === undefined || noWay.has(systemErrorCode(error.cause) ?? ''))

/** @throws UnavailableError for an answer that another try may change; InvalidError `answer_packed` */
async function judge({ clock }: ArriveParts, held: Held): Promise<void> {
  const { url, status, headers, message, pass } = held
  const packing = packingOf(headers)
  if ((status === 200 || status === 206) && packing !== '') {
    message.destroy()
    throw packed(url, packing)
  }
  if (!isWorthAnotherTry(status)) return
  message.destroy()
  const retryAfterMs = retryAfterOf(headers, clock.now())
  const refusal = refusalOf(url, status, retryAfterMs === null ? {} : { retryAfterMs })
  if (retryAfterMs !== null) await pass.pause(retryAfterMs)
  throw refusal
}
