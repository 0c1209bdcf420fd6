import { createServer } from 'node:http'
import { type AddressInfo, connect, type Server } from 'node:net'
import { systemClock } from '../../../../src/lib/clock.ts'
import { AppError } from '../../../../src/lib/errors.ts'
import { openWayOut, type WayOut } from '../../../../src/lib/outbound/way-out.ts'
import { type ForbiddenForm, forbiddenForms } from '../forbidden-addresses.ts'
import { type SsrfFound, ssrfWays } from '../ssrf.ts'

/**
 * Asks for every forbidden form in every way, while something listens on every address that this machine has, and
 * counts whom it hears from. Prints what was found as JSON.
 *
 * Arguments: every how manyth form is asked for.
 */
const step = Number(Bun.argv[2] ?? 1)

/** The one private address that is allowed, where servers are that lead elsewhere. */
const allowed = '127.0.0.9'
const timeoutMs = 5000

/** Connections to each address, in the usual notation. */
const heard = new Map<string, number>()
const server = createServer((request, response) => {
  const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to')
  if (to === null) response.end('what nobody may see')
  else response.writeHead(302, { location: to }).end()
})
server.on('connection', ({ localAddress = '' }) => {
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '')
  heard.set(address, (heard.get(address) ?? 0) + 1)
})
const port = await listening(server)

const forms = forbiddenForms.filter((_, index) => index % step === 0)
const reached = await unguarded(forms)
heard.clear()

let refused = 0
const answered: string[] = []
for (const [index, form] of forms.entries())
  for (const way of ssrfWays) {
    const error = await asked(way, form, index)
    if (error instanceof AppError && error.code === 'address_not_allowed') refused++
    else answered.push(`${way} ${form.host}: ${error instanceof AppError ? error.code : String(error)}`)
  }
server.closeAllConnections()
server.close()
const connections = [...heard].filter(([address]) => address !== allowed)
for (const [address, count] of connections) console.error(`${count} connections to ${address}`)
const found: SsrfFound = {
  forms: forms.length,
  requests: forms.length * ssrfWays.length,
  reached,
  refused,
  answered,
  connections: connections.reduce((sum, [, count]) => sum + count, 0),
  toAllowed: heard.get(allowed) ?? 0,
}
console.log(JSON.stringify(found))

async function asked(way: (typeof ssrfWays)[number], form: ForbiddenForm, index: number): Promise<unknown> {
  const signal = AbortSignal.timeout(60_000)
  const small = { timeoutMs, sizeBytesMax: 1000, signal }
  const url = new URL(`http://${form.host}:${port}/`)
  const sending = (to: string) => new URL(`http://${allowed}:${port}/?to=${encodeURIComponent(to)}`)
  const name = `n${index}.example`
  const named = new URL(`http://${name}:${port}/`)
  // Without brackets, and as the system would give it.
  const address = form.address
  let lookups = 0
  const resolving: Record<string, () => string[]> = {
    name: () => [address],
    'name beside an allowed address': () => [allowed, address],
    rebinding: () => [lookups++ === 0 ? allowed : address],
  }
  const out: WayOut = openWayOut({
    allow: [allowed],
    clock: systemClock,
    userAgent: 'test',
    wait: async () => {},
    lookup: async () => resolving[way]?.() ?? [address],
  })
  const work: Record<(typeof ssrfWays)[number], () => Promise<unknown>> = {
    request: () => out.request({ ...small, url }),
    download: () => out.download({ ...small, url, idleMs: timeoutMs, bytesEnough: null }),
    'address for another protocol': () => out.addressOf(decodeURIComponent(form.host), { signal, timeoutMs }),
    redirect: () => out.request({ ...small, url: sending(url.href) }),
    'second redirect': () => out.request({ ...small, url: sending(sending(url.href).href) }),
    name: () => out.request({ ...small, url: named }),
    'name beside an allowed address': () => out.request({ ...small, url: named }),
    'redirect to a name': () => out.request({ ...small, url: sending(named.href) }),
    rebinding: () => out.request({ ...small, url: new URL(`/?to=${encodeURIComponent(named.href)}`, named) }),
  }
  return work[way]().then(
    () => 'answered',
    (error: unknown) => error,
  )
}

/** How many of the forms' addresses are heard from when nobody looks: so what is heard afterwards could be. */
async function unguarded(all: readonly ForbiddenForm[]): Promise<number> {
  for (const host of new Set(all.map(({ address }) => address))) await called(host)
  // Connections are heard from in the order in which they were made.
  await called(allowed)
  while (!heard.has(allowed)) await new Promise((resolve) => setImmediate(resolve))
  return heard.size - 1
}

async function called(host: string): Promise<void> {
  const socket = connect({ host, port, timeout: 500 })
  await new Promise<void>((resolve) => {
    for (const event of ['connect', 'error', 'timeout']) socket.once(event, () => resolve())
  })
  socket.destroy()
}

/** On every address that this machine has, of both families where it knows both. */
async function listening(to: Server): Promise<number> {
  const on = (address: string) =>
    new Promise<void>((resolve, reject) => {
      to.once('error', reject)
      to.listen(0, address, resolve)
    })
  await on('::').catch(() => on('0.0.0.0'))
  // It listens on an address, not on a pipe.
  return (to.address() as AddressInfo).port
}
