import type { Clock } from '../clock.ts'
import type { ArriveParts } from './arrive.ts'
import type { Headers } from './exchange.ts'
import type { Hop } from './redirect.ts'
import type { Budget } from './shared-hosts.ts'
import type { Tries } from './tries.ts'

/** What every request says. */
export interface Asked {
  /** A user and password in it are not sent. */
  url: URL
  /** Left out: POST where something is sent, GET otherwise. */
  method?: 'GET' | 'HEAD' | 'POST'
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as a form; not beside `json`. */
  form?: URLSearchParams
  sizeBytesMax: number
  signal: AbortSignal
  /** Most requests to the host in so much time, from all workers together. */
  budget?: Budget
}

/** What is needed to ask. */
export interface AskParts extends ArriveParts {
  clock: Clock
  userAgent: string
  random: () => number
  /** Waits before another try. @throws the reason of the signal */
  pauseBefore: (ms: number, tried: { url: URL; error: unknown; signal: AbortSignal }) => Promise<void>
}

/** The first thing that is sent. */
export function hopOf({ url, method, headers, json, form }: Asked, userAgent: string): Hop {
  const body = json !== undefined ? JSON.stringify(json) : form?.toString()
  const type = json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded'
  return {
    url,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      accept: '*/*',
      'user-agent': userAgent,
      ...(body !== undefined && { 'content-type': type }),
      ...lowered(headers ?? {}),
    },
    body: body === undefined ? null : Buffer.from(body),
  }
}

/** Tries until it works, or there are no tries left. */
export async function repeated<Result>(
  tries: Tries,
  { work, pause }: { work: () => Promise<Result>; pause: (ms: number, error: unknown) => Promise<void> },
): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const next = tries.after(error, false)
      if (next.delayMs === null) throw next.error
      await pause(next.delayMs, error)
    }
  }
}

/** So that what a source says replaces what is usual, and is not sent beside it. */
const lowered = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
