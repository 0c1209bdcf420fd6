import { connect, type Socket } from 'node:net'

/** What is sent or read a byte a second. */
export const drips = ['headers', 'upload', 'json', 'answer'] as const
export type Drip = (typeof drips)[number]

const everyMs = 1000

const head = (line: string, ...fields: string[]) =>
  [`${line} HTTP/1.1`, 'Host: 127.0.0.1', ...fields, ''].join('\r\n')
const length = 'Content-Length: 60000'

/** What comes at once; the rest follows byte by byte. */
const beginnings: Record<Drip, string> = {
  headers: `${head('GET /api/v1/items')}X-Slow: `,
  upload: `${head('POST /api/v1/uploads?supplier=Slow', 'Content-Type: text/csv', length)}\r\n`,
  json: `${head('POST /api/v1/suppliers', 'Content-Type: application/json', length)}\r\n`,
  answer: `${head('GET /swagger/swagger-ui-bundle.js')}\r\n`,
}

/**
 * Opens so many connections to a port of this machine, as many of each kind, and says from which ports, as a list in
 * JSON. Whatever the service ends begins anew a second later, so that there are always as many, until it is killed.
 */
async function dripAll(port: number, count: number): Promise<number[]> {
  const kinds = Array.from({ length: count }, (_, n) => drips[n % drips.length]!)
  return Promise.all(
    kinds.map(async (kind) => {
      const socket = open(port, kind)
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      return socket.localPort!
    }),
  )
}

function open(port: number, kind: Drip): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(beginnings[kind]))
  const step = kind === 'answer' ? () => void socket.read(1) : () => void socket.write('1')
  const timer = setInterval(step, everyMs)
  // An answer to the others is not waited for.
  if (kind === 'answer') socket.pause()
  else socket.resume()
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(timer)
    setTimeout(() => open(port, kind), everyMs)
  })
  return socket
}

if (import.meta.main) {
  const ports = await dripAll(Number(process.argv[2]), Number(process.argv[3]))
  process.stdout.write(`ready\n${JSON.stringify(ports)}\n`)
}
