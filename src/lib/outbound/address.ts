import { isIPv4, isIPv6 } from 'node:net'

/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  family: 4 | 6
  bits: bigint
}

/** All addresses that begin with the same bits. */
export interface Network extends IpAddress {
  prefix: number
}

/**
 * Reads an address in the usual notation; null: it is none, or one with a zone (`fe80::1%eth0`), which means another
 * machine on each network.
 */
export function parseAddress(text: string): IpAddress | null {
  if (isIPv4(text)) return { family: 4, bits: bitsOf(text.split('.').map(Number), 8n) }
  if (text.includes('%') || !isIPv6(text)) return null
  const groups = groupsOf(text)
  return groups === null ? null : { family: 6, bits: bitsOf(groups, 16n) }
}

/** Reads `10.0.0.0/8`, `fd00::/8`, or one address; bits behind the prefix do not count. Null: it is none of them. */
export function parseNetwork(text: string): Network | null {
  const [, address = '', prefixText] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const parsed = parseAddress(address)
  if (parsed === null) return null
  const prefix = prefixText === undefined ? sizeOf(parsed) : Number(prefixText)
  return prefix > sizeOf(parsed) ? null : { ...parsed, prefix }
}

export function isWithin(address: IpAddress, { family, bits, prefix }: Network): boolean {
  const behind = BigInt(sizeOf(address) - prefix)
  return address.family === family && address.bits >> behind === bits >> behind
}

/**
 * Why an address is none of the public internet's, as it continues "x is …"; null: it is one. IPv6 is judged the other
 * way round than IPv4: only 2000::/3 is given out, so nothing else is public, whatever it is going to be for.
 */
export function reservation(address: IpAddress): string | null {
  const found = reservations.find(({ network }) => isWithin(address, network))
  if (found !== undefined) return found.why
  return address.family === 4 || isWithin(address, globalUnicast) ? null : 'not given out to anybody'
}

/**
 * Whether a cloud tells its machines their own credentials there. Nobody keeps price lists in such a place, so it is
 * never connected to, however private hosts are allowed.
 */
export function isMetadata(address: IpAddress): boolean {
  const isOne = (candidate: IpAddress) => metadata.some((network) => isWithin(candidate, network))
  const inner = embedded(address)
  return isOne(address) || (inner !== null && isOne(inner))
}

/**
 * The IPv4 address that an IPv6 address is another way of writing, or that a gateway would go on to; null: there is
 * none in it.
 */
export function embedded(address: IpAddress): IpAddress | null {
  const place = gateways.find(({ network }) => isWithin(address, network))
  if (place === undefined) return null
  const bits = (address.bits >> place.shift) & 0xff_ff_ff_ffn
  return { family: 4, bits: place.isInverted ? bits ^ 0xff_ff_ff_ffn : bits }
}

const sizeOf = ({ family }: IpAddress) => (family === 4 ? 32 : 128)

const bitsOf = (parts: readonly number[], width: bigint) =>
  parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n)

/** The eight groups of an IPv6 address, its `::` filled up and an IPv4 ending turned into two of them. */
function groupsOf(text: string): number[] | null {
  const [head = '', tail] = text.split('::')
  const before = sixteens(head)
  const after = tail === undefined ? [] : sixteens(tail)
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 0) return null
  return [...before, ...Array<number>(missing).fill(0), ...after]
}

const sixteens = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => {
        if (!group.includes('.')) return [Number.parseInt(group, 16)]
        const [a, b, c, d] = group.split('.').map(Number)
        return [a! * 256 + b!, c! * 256 + d!]
      })

/** For the tables below, whose texts are right. */
function network(text: string): Network {
  const parsed = parseNetwork(text)
  if (parsed === null) throw new Error(`${text} is no network.`)
  return parsed
}

const globalUnicast = network('2000::/3')

/** IANA's special-purpose registries, and those of multicast. */
const reservations = Object.entries({
  '0.0.0.0/8': 'of this very network',
  '10.0.0.0/8': 'private',
  '100.64.0.0/10': 'shared behind a carrier’s gateway',
  '127.0.0.0/8': 'this very machine',
  '168.63.129.16': 'a cloud’s own service',
  '169.254.0.0/16': 'of the local link',
  '172.16.0.0/12': 'private',
  '192.0.0.0/24': 'reserved for protocols',
  '192.0.2.0/24': 'for documentation',
  '192.31.196.0/24': 'reserved for name servers',
  '192.52.193.0/24': 'reserved for multicast relays',
  '192.88.99.0/24': 'reserved for relays',
  '192.168.0.0/16': 'private',
  '192.175.48.0/24': 'reserved for name servers',
  '198.18.0.0/15': 'for benchmarks',
  '198.51.100.0/24': 'for documentation',
  '203.0.113.0/24': 'for documentation',
  '224.0.0.0/4': 'for multicast',
  '240.0.0.0/4': 'reserved',
  '::/128': 'no address of any machine',
  '::1/128': 'this very machine',
  '::/96': 'an IPv4 address written as IPv6',
  '::ffff:0:0/96': 'an IPv4 address written as IPv6',
  '::ffff:0:0:0/96': 'an IPv4 address written as IPv6',
  '64:ff9b::/96': 'a way to IPv4 through a gateway',
  '64:ff9b:1::/48': 'a way to IPv4 through a gateway',
  '100::/64': 'a place where everything is discarded',
  '2001::/32': 'a way to IPv4 through a tunnel',
  '2001::/23': 'reserved for protocols',
  '2001:db8::/32': 'for documentation',
  '2002::/16': 'a way to IPv4 through a tunnel',
  '2620:4f:8000::/48': 'reserved for name servers',
  '3ffe::/16': 'no longer given out to anybody',
  '3fff::/20': 'for documentation',
  '5f00::/16': 'reserved for segment routing',
  'fc00::/7': 'private',
  'fe80::/10': 'of the local link',
  'fec0::/10': 'private',
  'ff00::/8': 'for multicast',
}).map(([text, why]) => ({ network: network(text), why }))

const metadata = [
  // AWS, Azure, Google, OpenStack, DigitalOcean, Hetzner; then containers of AWS.
  '169.254.169.254',
  '169.254.169.253',
  '169.254.170.2',
  '169.254.170.23',
  // Alibaba, Oracle, Tencent, Azure's own service.
  '100.100.100.200',
  '192.0.0.192',
  '169.254.0.23',
  '168.63.129.16',
  // AWS, Google, and link-local ones with the same number.
  'fd00:ec2::/32',
  'fd20:ce::254',
  'fe80::a9fe:a9fe',
].map(network)

/** Where an IPv4 address is in an IPv6 address: how many bits follow it. */
const gateways = [
  { text: '::/96', shift: 0n },
  { text: '::ffff:0:0/96', shift: 0n },
  { text: '::ffff:0:0:0/96', shift: 0n },
  { text: '64:ff9b::/96', shift: 0n },
  { text: '64:ff9b:1::/48', shift: 0n },
  { text: '2002::/16', shift: 80n },
  // Teredo writes the address of its client with every bit turned round.
  { text: '2001::/32', shift: 0n, isInverted: true },
].map(({ text, shift, isInverted = false }) => ({ network: network(text), shift, isInverted }))
