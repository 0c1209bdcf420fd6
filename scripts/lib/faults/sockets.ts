import { readFileSync } from 'node:fs'

/** As the kernel numbers the states of a connection. */
const established = '01'

/**
 * From which ports connections are open that a service on 127.0.0.1 still holds. One that it has closed counts no more,
 * though its last bytes may wait for a reader. Needs /proc.
 */
export function heldPorts(port: number): Set<number> {
  const [, ...lines] = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n')
  return new Set(
    lines.flatMap((line) => {
      // Number, local and remote address, state; all in hex.
      const [, local, remote, state] = line.trim().split(/\s+/)
      return state === established && portOf(local!) === port ? [portOf(remote!)] : []
    }),
  )
}

/** "0100007F:1F90" → 8080. */
const portOf = (address: string) => Number.parseInt(address.split(':')[1]!, 16)
