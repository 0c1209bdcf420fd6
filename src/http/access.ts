import type { SessionLimits } from '../auth/sessions.ts'
import { problem } from './problem.ts'

/** From where requests may come, and what they have to show. */
export interface Access {
  /** As HOST says. */
  host: string
  /** A token that opens everything; null: there is none. */
  token: string | null
  /** Further names under which the service may be called, with a port or without. */
  allowedHosts: string[]
  /** Whether people have to sign in on loopback too, before there is any user. */
  needsLogin?: boolean
  /** Proxies that are believed when they say whom a request comes from: addresses and networks. */
  trustedProxies?: string[]
  /** How long sessions last; twelve hours of silence and thirty days unless said. */
  sessions?: SessionLimits
}

/** What changes nothing; all else must come from our own pages. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const loopbackNames = ['localhost', '127.0.0.1', '::1']
/** How many authorities are remembered as ours. */
const rememberedMax = 100

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return loopbackNames.includes(host) || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Whether a request says that it changes nothing. */
export const isSafe = (method: string): boolean => safeMethods.has(method)

/** Whether a request names this machine as seen from itself. */
export function isForLoopback(request: Request): boolean {
  const named = request.headers.get('host') ?? ''
  return isLoopback(unbracketed(named.toLowerCase().replace(/:\d*$/, '')))
}

/** The path as the router takes it: nothing in it is unescaped. */
export const pathOf = ({ url }: Request): string => /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? '/'

/**
 * Looks at where each request comes from and goes to, before it is asked who sends it.
 *
 * - Host is always checked, so that no web page gets in by a name of its own that it has pointed at this address.
 * - Origin is always checked where something may change: a page of another site can make a browser send requests,
 *   though no answer tells it what came of them, since none carries a CORS header.
 *
 * @returns a check that gives the answer to a request that is refused, or null
 */
export function accessCheck(
  access: Pick<Access, 'host' | 'allowedHosts'>,
): (request: Request) => Response | null {
  const { host, allowedHosts } = access
  const names = new Set(
    [...loopbackNames, host, ...allowedHosts].map((name) => unbracketed(name.toLowerCase())),
  )
  // Whoever listens everywhere is called by no such name.
  for (const anywhere of ['0.0.0.0', '::', '*']) names.delete(anywhere)
  const remembered = new Set<string>()

  const isOurs = (authority: string) => {
    const given = authority.toLowerCase()
    return (
      names.has(unbracketed(given)) || names.has(unbracketed(given.replace(/:\d*$/, '').replace(/\.$/, '')))
    )
  }
  /** Nearly all requests name the same few hosts: parsing each address anew would be most of the work. */
  const isAddressed = (request: Request, named: string) => {
    const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(request.url)?.[1]
    if (authority === named && remembered.has(named)) return true
    const url = URL.parse(request.url)
    if (url === null || !isOurs(named) || !isOurs(url.host)) return false
    if (authority === named && remembered.size < rememberedMax) remembered.add(named)
    return true
  }

  return (request) => {
    // It belongs to browsers, which keep it to themselves; the router would read on behind it.
    if (request.url.includes('#')) return problem(404, 'no_such_address', 'There is nothing at this address.')
    // Without a Host (HTTP/1.0) the address is only a path.
    const named = request.headers.get('host') ?? URL.parse(request.url)?.host ?? null
    if (named === null || !isAddressed(request, named))
      return problem(
        400,
        'wrong_host',
        'This service does not answer under that name; TALLYMAN_ALLOWED_HOSTS lists further ones.',
      )
    if (!isSafe(request.method) && isForeign(request, named, allowedHosts))
      return problem(403, 'foreign_origin', 'This may be asked for by pages of this service only.')
    return null
  }
}

/** @param named the host that the request names */
function isForeign(request: Request, named: string, allowedHosts: string[]): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') return true
  const origin = request.headers.get('origin')
  // No browser: nothing is sent behind anybody's back.
  if (origin === null) return false
  // "null" is what a page without an origin sends, and no address.
  const from = URL.parse(origin)?.host
  if (from === undefined) return true
  // Behind a proxy the request may name another host than the page's own.
  const isAllowed = allowedHosts.some(
    (host) => host.toLowerCase() === from || host.toLowerCase() === from.replace(/:\d+$/, ''),
  )
  return from !== named.toLowerCase() && !isAllowed
}

/** "[::1]" → "::1". */
const unbracketed = (name: string) => /^\[(.*)\]$/.exec(name)?.[1] ?? name
