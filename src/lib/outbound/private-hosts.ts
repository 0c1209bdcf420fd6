import { domainToASCII } from 'node:url'
import {
  embedded,
  type IpAddress,
  isMetadata,
  isWithin,
  type Network,
  parseNetwork,
  reservation,
} from './address.ts'

/** Hosts that may be connected to although they are private. */
export interface PrivateHosts {
  /** Names in lower case, without a dot at the end. */
  names: ReadonlySet<string>
  networks: readonly Network[]
}

/**
 * Reads a list of host names, addresses and networks.
 * @throws Error that says which is none of them, as it continues the name of a setting
 */
export function privateHosts(entries: readonly string[]): PrivateHosts {
  const names = new Set<string>()
  const networks: Network[] = []
  for (const entry of entries) {
    const network = parseNetwork(entry.replace(/^\[(.*)\]$/, '$1'))
    const name =
      network === null && !/[\s/\\:@?#%]/.test(entry) ? domainToASCII(entry.replace(/\.$/, '')) : ''
    if (network !== null) networks.push(network)
    // A name whose last part is a number is an address that was mistyped.
    else if (hostName.test(name) && !/(^|\.)(\d+|0x[\da-f]*)$/.test(name)) names.add(name)
    else throw new Error(`holds "${entry}", which is no host name, address or network such as 10.1.0.0/16`)
  }
  return { names, networks }
}

/**
 * Why an address may not be connected to, as it continues "x is …"; null: it may.
 * @param name what it was found by, canonical; null: it was given itself
 */
export function refusal(address: IpAddress, name: string | null, allowed: PrivateHosts): string | null {
  if (isMetadata(address)) return 'where a cloud keeps the credentials of its machines'
  const reason = reservation(address)
  if (reason === null || (name !== null && allowed.names.has(name))) return null
  return isAllowed(address, allowed) ? null : reason
}

/** Where an address leads to another one, both have to be allowed. */
function isAllowed(address: IpAddress, { names, networks }: PrivateHosts): boolean {
  if (!networks.some((network) => isWithin(address, network))) return false
  const inner = embedded(address)
  return inner === null || isSpecialItself(address) || refusal(inner, null, { names, networks }) === null
}

/** `::` and `::1` are no ways of writing 0.0.0.0 and 0.0.0.1. */
const isSpecialItself = ({ family, bits }: IpAddress) => family === 6 && bits <= 1n

const hostName = /^(?=.{1,253}$)[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?(\.[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?)*$/
