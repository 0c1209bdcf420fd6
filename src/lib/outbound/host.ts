import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ForbiddenError, InvalidError, systemErrorCode, UnavailableError } from '../errors.ts'
import { isMetadata, parseAddress } from './address.ts'
import { type PrivateHosts, refusal } from './private-hosts.ts'

/** Asks for all addresses of a name, as the system does. @throws a system error where there are none */
export type Lookup = (name: string) => Promise<readonly string[]>

export const systemNames: Lookup = async (name) =>
  (await systemLookup(name, { all: true })).map(({ address }) => address)

/** Most addresses of one name that are looked at. */
const addressesMax = 64

/**
 * A host as it is compared and resolved: lower case, without a dot at the end or brackets; an address that is written
 * as a number, in octal, in hex or with parts left out (`2130706433`, `0177.1`, `0x7f.1`) in the usual notation.
 * @param host as a person writes it, without a port
 * @throws InvalidError `invalid_host`
 */
export function canonicalHost(host: string): string {
  // URLs know every notation there is. What would be another part of a URL is no part of a host.
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const isAddress = isIP(bare) === 6
  const parsed =
    /[\s/\\?#@%[\]]/.test(bare) || (bare.includes(':') && !isAddress)
      ? null
      : URL.parse(isAddress ? `http://[${bare}]/` : `http://${bare}/`)
  const name = parsed === null ? '' : hostOf(parsed)
  if (name !== '') return name
  throw new InvalidError('invalid_host', `"${shown(host)}" is no host name or address.`)
}

/** The host of a URL, which is canonical but for a dot at the end and brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

/**
 * The addresses that a host has, each of which may be connected to, those of IPv4 first: many machines have no way
 * out by IPv6. If one of them may not, none is given: a name that also leads inside is no name of a supplier's.
 * @param host canonical
 * @throws ForbiddenError `address_not_allowed`
 * @throws UnavailableError `host_not_found`, `timed_out`
 */
export async function addressesOf(
  host: string,
  { allowed, lookup, signal, timeoutMs }: Resolving,
): Promise<[string, ...string[]]> {
  const isGiven = isIP(host) !== 0
  const found = isGiven ? [host] : await asked(host, { lookup, signal, timeoutMs })
  for (const text of found) {
    const address = parseAddress(text)
    if (address === null) throw notAllowed(host, text, 'not one address')
    const reason = refusal(address, isGiven ? null : host, allowed)
    if (reason !== null) throw notAllowed(host, text, reason, !isMetadata(address))
  }
  const [first, ...others] = [...found].sort((a, b) => isIP(a) - isIP(b)).slice(0, addressesMax)
  if (first === undefined) throw notFound(host, null)
  return [first, ...others]
}

export interface Resolving {
  allowed: PrivateHosts
  lookup: Lookup
  signal: AbortSignal
  timeoutMs: number
}

/** The system's own question can neither be ended nor limited, so it is only waited for so long. */
async function asked(
  host: string,
  { lookup, signal, timeoutMs }: Omit<Resolving, 'allowed'>,
): Promise<readonly string[]> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const { promise: end, reject } = Promise.withResolvers<never>()
  const onEnd = () => reject(ended.reason)
  ended.addEventListener('abort', onEnd, { once: true })
  try {
    ended.throwIfAborted()
    return await Promise.race([lookup(host), end])
  } catch (error) {
    signal.throwIfAborted()
    if (ended.aborted)
      throw new UnavailableError(
        'timed_out',
        `The address of ${shown(host)} was not found within ${timeoutMs / 1000} s; check the name servers of this machine.`,
        { cause: error },
      )
    throw notFound(host, error)
  } finally {
    ended.removeEventListener('abort', onEnd)
  }
}

function notFound(host: string, cause: unknown): UnavailableError {
  const code = systemErrorCode(cause)
  return new UnavailableError(
    'host_not_found',
    code === 'EAI_AGAIN' || code === 'ESERVFAIL' || code === 'DNS_ESERVFAIL'
      ? `The address of ${shown(host)} could not be asked for; no name server answers.`
      : `There is no host "${shown(host)}"; check how it is written.`,
    { cause },
  )
}

function notAllowed(host: string, address: string, reason: string, mayBeAllowed = false): ForbiddenError {
  const what = host === address ? shown(host) : `${shown(host)} leads to ${shown(address)}, which`
  const hint = ' If lists are to be fetched from there, name the host in TALLYMAN_PRIVATE_HOSTS.'
  return new ForbiddenError(
    'address_not_allowed',
    `${what} is ${reason}, and may not be connected to.${mayBeAllowed ? hint : ''}`,
  )
}

const shown = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 255)
