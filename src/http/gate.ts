import { createHash, timingSafeEqual } from 'node:crypto'
import { clientAddress, isProxy } from '../auth/address.ts'
import type { Identities, Identity } from '../auth/identities.ts'
import { type Actor, consoleActor } from '../auth/model.ts'
import { isAllowed, type RouteRole } from '../auth/route-role.ts'
import { isSame } from '../auth/secret-token.ts'
import { sessionIn } from '../auth/session-cookie.ts'
import type { Who } from '../auth/who.ts'
import { type Network, parseNetwork } from '../lib/outbound/address.ts'
import { type Access, accessCheck, isForLoopback, isLoopback, isSafe, pathOf } from './access.ts'
import { problem } from './problem.ts'

/** What became of a request before any route saw it. */
export interface Passed {
  /** The answer to one that is refused; null: it may go on. */
  refusal: Response | null
  /** Whether there is a route for it. */
  isKnown: boolean
  /** Whether a proxy of ours says that it came by TLS. */
  isHttps: boolean
}

export interface GateParts {
  access: Access
  identities: Identities
  who: Who
  /** What a method at a path demands; null: there is no such route. */
  roleAsked(method: string, path: string): RouteRole | null
}

/** Whoever shows the service's one token, or asks from the machine itself while nobody has to sign in. */
const asker: Actor = { ...consoleActor, kind: 'token', name: 'API' }
/** The same in every copy of the program; the page on which people sign in, too. */
const documentation = /^\/(swagger(\/|$)|api\/v1\/openapi\.json$)/

/**
 * Says of each request who sends it, and whether they may; before its body is read, so that nobody's is read of whom
 * that is not known.
 *
 * - `Authorization: Bearer` has the token of the settings, or an API token.
 * - Else the cookie of a session. With it, what may change something has to carry X-Tallyman-CSRF as well. The cookie
 *   is SameSite=Strict and Origin is checked already; the header holds where a browser knows neither, or a page of ours
 *   is tricked into sending a form. It is bound to the session, so that no second cookie is needed that a page of a
 *   neighbouring host could set.
 * - Else nobody has to show anything while there is no user, no token, only this machine reaches the service, and no
 *   proxy says that it asks for somebody else.
 *
 * The documentation is open where people sign in, and on loopback. Where there is only the token of the settings the
 * browser asks for it: any user name, and the token as password. That is understood on those pages only.
 */
export function openGate({
  access,
  identities,
  who,
  roleAsked,
}: GateParts): (request: Request, peer: string | null) => Promise<Passed> {
  const { host, token, needsLogin = false, trustedProxies = [] } = access
  const check = accessCheck(access)
  const proxies = trustedProxies.map(parseNetwork).filter((network) => network !== null)
  const expected = token === null ? null : digest(token)
  const isToken = (given: string) => expected !== null && timingSafeEqual(digest(given), expected)
  const mayBeOpen = token === null && isLoopback(host) && !needsLogin

  const identify = async (
    request: Request,
    isSecure: boolean,
    isUse = true,
  ): Promise<Identity | Response> => {
    const bearer = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (bearer !== undefined) {
      if (isToken(bearer)) return { actor: asker, session: null }
      const found = identities.byToken(bearer, isUse)
      const identity = found instanceof Promise ? await found : found
      if (identity !== null) return identity
    } else {
      const secret = sessionIn(request.headers.get('cookie'), isSecure)
      const found = secret === null ? null : identities.bySession(secret, isUse)
      const identity = found instanceof Promise ? await found : found
      if (identity !== null) return withCsrf(request, identity)
    }
    if (mayBeOpen && isDirect(request) && !(await identities.hasUsers()))
      return { actor: asker, session: null }
    return bearer === undefined
      ? unauthorized('Sign in, or show a token: Authorization: Bearer TOKEN.')
      : unauthorized('The token is wrong, or has ended; show another: Authorization: Bearer TOKEN.')
  }

  return async (request, peer) => {
    const isHttps = cameByTls(request, peer, proxies)
    const pass = (refusal: Response | null, isKnown = true): Passed => ({ refusal, isKnown, isHttps })
    const refused = check(request)
    if (refused !== null) return pass(refused)
    const path = pathOf(request)
    const role = roleAsked(request.method, path)
    // A page that came by TLS says so where a proxy does not.
    const isSecure =
      isHttps || !isForLoopback(request) || (request.headers.get('origin') ?? '').startsWith('https:')
    who.comesFrom(request, () => ({
      address: clientAddress(peer, request.headers.get('x-forwarded-for'), proxies),
      userAgent: request.headers.get('user-agent'),
      isSecure,
    }))
    if (role === 'none') {
      const isOpen = !documentation.test(path) || expected === null || isLoopback(host)
      if (isOpen || (await identities.hasUsers())) return pass(null)
      return pass(showsToken(request, isToken) ? null : askForToken())
    }
    const identity = await identify(request, isSecure)
    if (identity instanceof Response) return pass(identity)
    if (role === null) return pass(null, false)
    if (!isAllowed(identity.actor.role, role)) return pass(forbidden(identity.actor, role))
    // What changes nothing is not kept with an address, and there is much of it.
    const address = isSafe(request.method) ? null : who.origin(request).address
    const mayStill = async () => {
      const now = await identify(request, isSecure, false)
      return !(now instanceof Response) && isAllowed(now.actor.role, role)
    }
    const actor = address === null ? identity.actor : { ...identity.actor, address }
    who.is(request, actor, identity.session, mayStill)
    return pass(null)
  }
}

/** Whether somebody on this machine asks, and no proxy for somebody elsewhere, as far as it says so. */
const isDirect = (request: Request) =>
  isForLoopback(request) && !proxyHeaders.some((name) => request.headers.has(name))

const proxyHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
]

/** A session does not change anything without the header that belongs to it. */
function withCsrf(request: Request, identity: Identity): Identity | Response {
  if (isSafe(request.method) || identity.session === null) return identity
  if (isSame(request.headers.get('x-tallyman-csrf') ?? '', identity.session.csrf)) return identity
  return problem(
    403,
    'csrf_token_missing',
    'With a session every change needs the header X-Tallyman-CSRF with its csrf_token: GET /api/v1/session tells it.',
  )
}

const unauthorized = (detail: string) =>
  problem(401, 'not_authorized', detail, { 'www-authenticate': 'Bearer realm="Tallyman"' })

const askForToken = () =>
  problem(401, 'not_authorized', 'Sign in with any name, and the token as password.', {
    'www-authenticate': 'Basic realm="Tallyman", charset="UTF-8"',
  })

const forbidden = ({ role }: Actor, asked: RouteRole) =>
  problem(403, 'not_allowed', `This needs the role ${asked}; yours is ${role}.`)

function showsToken(request: Request, isToken: (given: string) => boolean): boolean {
  const authorization = request.headers.get('authorization') ?? ''
  const [, scheme = '', given = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return isToken(given)
  const text = Buffer.from(given, 'base64').toString()
  const colon = text.indexOf(':')
  return colon >= 0 && isToken(text.slice(colon + 1))
}

function cameByTls(request: Request, peer: string | null, proxies: readonly Network[]): boolean {
  if (proxies.length === 0 || peer === null || !isProxy(peer, proxies)) return false
  // The nearest proxy is the last that has written there.
  const told = request.headers.get('x-forwarded-proto')?.split(',').at(-1)
  return told?.trim().toLowerCase() === 'https'
}

/** Of equal length whatever is given, so that comparing takes equally long. */
const digest = (text: string) => createHash('sha256').update(text).digest()
