import { createHash, timingSafeEqual } from 'node:crypto'
import { problem } from './problem.ts'

/** Who may ask what. */
export interface Access {
  /** As HOST says. */
  host: string
  /** What every request must show; null: the service answers to this machine only. */
  token: string | null
  /** Further names under which the service may be called, with a port or without. */
  allowedHosts: string[]
}

/** Paths that say nothing about the catalog, for whoever watches over the service. */
const openPaths = new Set(['/livez', '/readyz', '/health'])
/** The same in every copy of the program: on this machine anybody may read it. */
const documentation = /^\/(swagger(\/|$)|api\/v1\/openapi\.json$)/
/** What changes nothing; all else must come from our own pages. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const loopbackNames = ['localhost', '127.0.0.1', '::1']

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return loopbackNames.includes(host) || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * Looks at each request before any route does.
 *
 * - Host is always checked, so that no web page gets in by a name of its own that it has pointed at this address.
 * - Origin is always checked where something may change: a page of another site can make a browser send requests,
 *   though no answer tells it what came of them, since none carries a CORS header.
 * - The token, where there is one, is asked for everywhere but on the paths for watching. The documentation is open
 *   on loopback. Elsewhere a person cannot show a token when opening a page, so there the browser asks for it: any
 *   user name, and the token as password. That is understood on those pages only; the API wants Bearer.
 *
 * @returns a check that gives the answer to a request that is refused, or null
 */
export function accessCheck(access: Access): (request: Request) => Response | null {
  const { host, token, allowedHosts } = access
  const names = new Set(
    [...loopbackNames, host, ...allowedHosts].map((name) => unbracketed(name.toLowerCase())),
  )
  // Whoever listens everywhere is called by no such name.
  for (const anywhere of ['0.0.0.0', '::', '*']) names.delete(anywhere)
  const isDocumentationOpen = token === null || isLoopback(host)
  const expected = token === null ? null : digest(token)

  const isOurs = (authority: string) => {
    const given = authority.toLowerCase()
    return (
      names.has(unbracketed(given)) || names.has(unbracketed(given.replace(/:\d*$/, '').replace(/\.$/, '')))
    )
  }
  const isToken = (given: string | null) =>
    expected !== null && given !== null && timingSafeEqual(digest(given), expected)

  return (request) => {
    // Without a Host (HTTP/1.0) the address is only a path.
    const url = URL.parse(request.url)
    const named = request.headers.get('host') ?? url?.host ?? null
    if (url === null || named === null || !isOurs(named) || !isOurs(url.host))
      return problem(
        400,
        'wrong_host',
        'This service does not answer under that name; TALLYMAN_ALLOWED_HOSTS lists further ones.',
      )
    if (!safeMethods.has(request.method) && isForeign(request, named, allowedHosts))
      return problem(403, 'foreign_origin', 'This may be asked for by pages of this service only.')
    if (expected === null || openPaths.has(url.pathname)) return null
    const authorization = request.headers.get('authorization')
    if (isToken(/^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null)) return null
    if (!documentation.test(url.pathname))
      return problem(401, 'not_authorized', 'Show the token: Authorization: Bearer TOKEN.', {
        'www-authenticate': 'Bearer realm="Tallyman"',
      })
    if (isDocumentationOpen || isToken(basicPassword(authorization))) return null
    return problem(401, 'not_authorized', 'Sign in with any name, and the token as password.', {
      'www-authenticate': 'Basic realm="Tallyman", charset="UTF-8"',
    })
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

/** Of equal length whatever is given, so that comparing takes equally long. */
const digest = (text: string) => createHash('sha256').update(text).digest()

function basicPassword(authorization: string | null): string | null {
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? null : text.slice(colon + 1)
}
