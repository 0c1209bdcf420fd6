import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real server on loopback that answers as the test says. */
export interface WebServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/` */
  url: URL
  at(path: string): URL
  /** Every request that has come, oldest first. */
  requests: IncomingMessage[]
  /** How many connections were accepted. */
  connections(): number
}

/** How one path is answered. */
export type Pages = Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>

/** What is not among the pages is answered with 404. */
export async function openWebServer(pages: Pages): Promise<WebServer> {
  const requests: IncomingMessage[] = []
  const answer: RequestListener = (request, response) => {
    requests.push(request)
    const page = pages[(request.url ?? '').split('?')[0]!]
    if (page !== undefined) return page(request, response)
    response.statusCode = 404
    response.end('none')
  }
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on an address, not on a pipe.
  const { port } = server.address() as AddressInfo
  const url = new URL(`http://127.0.0.1:${port}/`)
  return {
    url,
    requests,
    at: (path) => new URL(path, url),
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A page that sends on to another address. */
export const sendOn =
  (location: string, status = 302): Pages[string] =>
  (_request, response) =>
    response.writeHead(status, { location }).end()

/** A page with this text. */
export const page =
  (text: string, headers: Record<string, string> = {}): Pages[string] =>
  (_request, response) =>
    response.writeHead(200, headers).end(text)
