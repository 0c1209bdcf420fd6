import { InvalidError } from '../errors.ts'
import { type Arrived, type Exchange, requireHttp } from './exchange.ts'

/** What is asked for at one address. */
export type Hop = Pick<Exchange, 'url' | 'method' | 'headers' | 'body'>

export const redirectsMax = 5

const redirecting = new Set([301, 302, 303, 307, 308])

/** Headers that tell nothing but what is wanted, so that everybody may have them. */
const harmless = new Set(
  'accept accept-language user-agent if-none-match if-modified-since range if-range'.split(' '),
)

/**
 * Where an answer sends us on to; null: it does not. What another origin gets is what is wanted and nothing else:
 * whatever a source adds may be a secret, by whatever name.
 * @throws InvalidError `redirect_refused` for what would give less safety or send a body again; `not_http`
 */
export function nextHop(hop: Hop, { status, headers }: Pick<Arrived, 'status' | 'headers'>): Hop | null {
  const { url, method } = hop
  if (!redirecting.has(status) || headers.location === undefined) return null
  const target = URL.parse(headers.location, url.href)
  if (target === null) throw refused(url, 'to an address that is none')
  requireHttp(target)
  if (url.protocol === 'https:' && target.protocol === 'http:')
    throw refused(url, `to ${target.origin}, where everybody on the way could read along`)
  if (method === 'POST' && (status === 307 || status === 308))
    throw refused(url, `to ${target.origin}, to send the same once more`)
  // Nobody's credentials, whoever made this address.
  target.username = ''
  target.password = ''
  return {
    url: target,
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    headers: target.origin === url.origin ? withoutBody(hop.headers) : harmlessOf(hop.headers),
    body: null,
  }
}

const withoutBody = (headers: Exchange['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-/i.test(name)))

const harmlessOf = (headers: Exchange['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())))

const refused = ({ origin }: URL, where: string) =>
  new InvalidError('redirect_refused', `${origin} sends us on ${where}; that is not followed.`)
