import { join } from 'node:path'
import { atLeastOne, type Figure, never } from './figure.ts'

/** How a source may come to name an address that nobody may connect to. */
export const ssrfWays = [
  'request',
  'download',
  'address for another protocol',
  'redirect',
  'second redirect',
  'name',
  'name beside an allowed address',
  'redirect to a name',
  'rebinding',
] as const

export interface SsrfFound {
  forms: number
  requests: number
  /** Different addresses that were connected to, where nothing kept anybody from it. */
  reached: number
  refused: number
  /** What was not refused as it should be, in words. */
  answered: string[]
  /** To forbidden addresses. */
  connections: number
  /** To the one that leads there. */
  toAllowed: number
}

/**
 * Asks the way out for forbidden addresses in all their forms. Where the system lets it, that happens in a network of
 * its own, in which every address there is belongs to this machine: so each connection would be heard.
 */
export async function ssrf({ step }: { step: number }): Promise<Figure[]> {
  const { text, where } = await asChild('ssrf', step)
  // It is what our own child has printed.
  const found = JSON.parse(text) as SsrfFound
  for (const line of found.answered.slice(0, 20)) console.error(`not refused: ${line}`)
  return [
    {
      scenario: 'forbidden addresses',
      where,
      facts: {
        forms: found.forms,
        ways: ssrfWays.length,
        requests: found.requests,
        'addresses reached without the guard': found.reached,
      },
      goals: [
        never('connections', found.connections),
        never('not refused', found.answered.length),
        atLeastOne('reached without the guard', found.reached),
        atLeastOne('asked at the server that leads there', found.toAllowed),
      ],
    },
  ]
}

/**
 * Runs one of the children that ask for forbidden addresses, in a network of its own where the system lets it.
 * @returns what it printed
 */
export async function asChild(name: string, step: number): Promise<{ text: string; where: string }> {
  const isApart = await inOwnNetwork(['true'])
    .then(({ code }) => code === 0)
    .catch(() => false)
  const child = [process.execPath, join(import.meta.dir, `children/${name}.ts`), String(step)]
  const { code, text } = await (isApart ? inOwnNetwork(child) : run(child))
  if (code !== 0) throw new Error(`The child that asks for forbidden addresses ended with ${code}.`)
  return { text, where: isApart ? 'a network where all of them are ours' : 'this network' }
}

const everythingIsOurs =
  'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo && exec "$@"'

const inOwnNetwork = (command: string[]) =>
  run(['unshare', '-rn', 'sh', '-c', everythingIsOurs, 'sh', ...command])

async function run(command: string[]): Promise<{ code: number; text: string }> {
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit', stdin: 'ignore' })
  const text = await new Response(child.stdout).text()
  return { code: await child.exited, text }
}
