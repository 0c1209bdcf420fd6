import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Servers with price lists, each on a port of its own: so many good ones, and one of each kind of bad one. Says where
 * they are in one line of JSON, as `ListServers`, and serves until it is killed.
 */
export interface ListServers {
  healthy: number[]
  bad: Record<BadServer, number>
}

export const badServers = ['tarpit', 'endless', 'storm', 'broken', 'huge'] as const
export type BadServer = (typeof badServers)[number]

const hugeBytes = 2 * 1024 ** 3
const head = 'sku;name;price EUR\n'
const line = 'A-1;An article that is listed again and again;12.50\n'
const block = Buffer.from(line.repeat(1200))

const bad: Record<BadServer, RequestListener> = {
  /** Answers at once, and sends a byte a second. */
  tarpit(_request, response) {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': 1_000_000 })
    const timer = setInterval(() => response.write('x'), 1000)
    response.on('close', () => clearInterval(timer))
  },
  /** Sends as quickly as it can, without an end. */
  endless(_request, response) {
    response.writeHead(200, { 'content-type': 'text/csv' })
    send(response, Number.POSITIVE_INFINITY)
  },
  /** Refuses, and says when to come again. */
  storm(_request, response) {
    response.writeHead(429, { 'retry-after': '5' }).end()
  },
  broken(_request, response) {
    response.writeHead(503).end('Out of order.')
  },
  /** A list that is honest, and large. */
  huge(_request, response) {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': hugeBytes })
    send(response, hugeBytes)
  },
}

/** As much as its reader takes, and no more. */
function send(response: Parameters<RequestListener>[1], bytes: number): void {
  let left = bytes - head.length
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const piece = left < block.length ? block.subarray(0, left) : block
      left -= piece.length
      if (!response.write(piece)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  response.write(head)
  more()
}

/** A small list, other than those of the others. */
function healthy(n: number): RequestListener {
  const rows = Array.from(
    { length: 40 },
    (_, row) => `H${n}-${row};Article ${row} of ${n};${row + 1}.${10 + (n % 90)}`,
  )
  const list = `${head}${rows.join('\n')}\n`
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv', etag: `"list-${n}"` }).end(list)
  }
}

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port, and so has an address of this kind.
  return (server.address() as AddressInfo).port
}

if (import.meta.main) {
  const count = Number(process.argv[2])
  const ports: ListServers = {
    healthy: await Promise.all(Array.from({ length: count }, (_, n) => serve(healthy(n)))),
    bad: {
      tarpit: await serve(bad.tarpit),
      endless: await serve(bad.endless),
      storm: await serve(bad.storm),
      broken: await serve(bad.broken),
      huge: await serve(bad.huge),
    },
  }
  process.stdout.write(`ready\n${JSON.stringify(ports)}\n`)
}
