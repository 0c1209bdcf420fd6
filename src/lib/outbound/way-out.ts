import type { Clock } from '../clock.ts'
import { UnavailableError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { pause } from '../pause.ts'
import { type Answer, answerTo, type OutRequest } from './answer.ts'
import { blame } from './arrive.ts'
import type { AskParts } from './asked.ts'
import { type Download, type DownloadRequest, openDownload } from './download.ts'
import { openGates } from './gates.ts'
import { addressesOf, canonicalHost, type Lookup, systemNames } from './host.ts'
import { privateHosts } from './private-hosts.ts'
import { hostsOfOneProcess, type SharedHosts } from './shared-hosts.ts'

export type { Answer, OutRequest } from './answer.ts'
export type { Download, DownloadRequest } from './download.ts'

/**
 * The one way out for whatever a source names. Only addresses of the public internet are connected to, and those that
 * TALLYMAN_PRIVATE_HOSTS allows; which, is decided once per connection, and that very address is connected to.
 * Redirects are followed by hand, each with the same checks, and without credentials to another origin.
 *
 * No message of an error holds more of an address than scheme, host and port.
 */
export interface WayOut {
  /**
   * One small HTTP request with its answer in memory. A status that another try may change is thrown once the tries
   * are used up; any other is the caller's to judge.
   * @throws UnavailableError `unreachable`, `timed_out`, `cut_off`, `server_failed`, `rate_limited`, `no_http_answer`,
   * `host_not_found`, `host_paused`, `circuit_open`
   * @throws ForbiddenError `address_not_allowed`
   * @throws InvalidError `not_http`, `too_many_redirects`, `redirect_refused`, `tls_failed`, `file_too_large`,
   * `answer_packed`, `invalid_request`
   */
  request(request: OutRequest): Promise<Answer>
  /**
   * A body as a stream. Its pieces are to be read, or their iterator to be returned, or the signal to be aborted:
   * until then the connection stays. What goes wrong with the body is thrown where the pieces are read.
   * @throws as `request` does, and for every status but 200, and 304 when a condition was given: ForbiddenError
   * `not_authorized`, NotFoundError `not_found_there`, InvalidError `refused_there`; with the pieces UnavailableError
   * `changed_meanwhile` too
   */
  download(request: DownloadRequest): Promise<Download>
  /**
   * For other protocols: an address of the host that may be connected to, to be connected to instead of the name.
   * @throws ForbiddenError `address_not_allowed`; UnavailableError `host_not_found`, `timed_out`; InvalidError
   * `invalid_host`
   */
  addressOf(host: string, options: { signal: AbortSignal; timeoutMs: number }): Promise<string>
  /**
   * Runs work that talks to a host within the limits of that host, by whatever protocol.
   * @param host name and port, as in "ftp.example.com:21"
   * @throws UnavailableError `host_paused`, `circuit_open` without having begun; whatever the work throws
   */
  atHost<Result>(host: string, work: () => Promise<Result>, options: { signal: AbortSignal }): Promise<Result>
}

export interface WayOutOptions {
  /** Host names, addresses and networks that may be connected to although they are private. */
  allow: readonly string[]
  clock: Clock
  /** What servers are told about who asks. */
  userAgent: string
  /** What is known of hosts; left out: what this process learns. */
  hosts?: SharedHosts
  log?: Logger
  /** Left out: the system's. */
  lookup?: Lookup
  /** From 0 up to 1. */
  random?: () => number
  /** Waits so long, or until the signal. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Connections to one host at the same time. */
const perHost = 4

export function openWayOut({
  allow,
  clock,
  userAgent,
  hosts = hostsOfOneProcess(),
  log,
  lookup = systemNames,
  random = Math.random,
  wait = pause,
}: WayOutOptions): WayOut {
  const allowed = privateHosts(allow)
  const gates = openGates({ clock, wait, hosts, log: log ?? null, perHost })
  const parts: AskParts = {
    allowed,
    lookup,
    gates,
    clock,
    userAgent,
    random,
    async pauseBefore(ms, { url, error, signal }) {
      log?.info('asked once more', { host: url.host, error, delayMs: ms })
      await wait(ms, signal)
      signal.throwIfAborted()
    },
  }
  return {
    request: (request) => answerTo(parts, request),
    download: (request) => openDownload(parts, request),

    async addressOf(host, options) {
      const [address] = await addressesOf(canonicalHost(host), { allowed, lookup, ...options })
      return address
    },

    async atHost(host, work, { signal }) {
      const pass = await gates.enter(host, { signal })
      try {
        const result = await work()
        await pass.worked()
        return result
      } catch (error) {
        signal.throwIfAborted()
        await blame(pass, error, { outer: signal })
        if (error instanceof UnavailableError && error.retryAfterMs !== null)
          await pass.pause(error.retryAfterMs)
        throw error
      } finally {
        pass.leave()
      }
    },
  }
}
