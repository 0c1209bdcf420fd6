import { embedded, isWithin, type Network, parseAddress } from '../lib/outbound/address.ts'

/**
 * Where a request comes from: the address at the other end of the connection, or, behind proxies of ours, what they
 * say. Each of them appends whom it got the request from, so it is read from its end, and the first address that is
 * none of ours counts: whatever stands before it anybody may have written.
 *
 * @param peer at the other end of the connection
 * @param forwarded X-Forwarded-For
 */
export function clientAddress(
  peer: string | null,
  forwarded: string | null,
  proxies: readonly Network[],
): string | null {
  let address = peer === null ? null : plainAddress(peer)
  if (proxies.length === 0 || forwarded === null) return address
  const told = forwarded.slice(-forwardedMax).split(',')
  while (address !== null && isProxy(address, proxies) && told.length > 0) {
    const next = plainAddress(
      told
        .pop()!
        .trim()
        .replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3'),
    )
    // What is no address says nothing; the proxy that sent it is the last that is known.
    if (next === null) return address
    address = next
  }
  return address
}

/** Whether the other end of a connection is a proxy of ours. */
export function isProxy(peer: string, proxies: readonly Network[]): boolean {
  const address = parseAddress(plainAddress(peer) ?? '')
  return address !== null && proxies.some((network) => isWithin(address, network))
}

/**
 * What attempts are counted by: an IPv4 address, or the /64 of an IPv6 one, which is the least that anybody is given.
 */
export function limitedAddress(address: string | null): string {
  const parsed = address === null ? null : parseAddress(address)
  if (parsed === null || parsed.family === 4) return address ?? 'unknown'
  const groups = (parsed.bits >> 64n).toString(16).padStart(16, '0').match(/.{4}/g) ?? []
  return `${groups.join(':')}::/64`
}

const forwardedMax = 2000

/** `::ffff:10.0.0.1` → `10.0.0.1`, as a socket for both families names it; null: it is no address. */
function plainAddress(text: string): string | null {
  const parsed = parseAddress(text)
  if (parsed === null) return null
  const mapped = /^::ffff:/i.test(text) ? embedded(parsed) : null
  if (mapped === null) return text
  return [24n, 16n, 8n, 0n].map((shift) => String((mapped.bits >> shift) & 255n)).join('.')
}
