import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What was asked for. */
export interface ListRequest {
  method: string
  /** Path and query, as they were sent. */
  path: string
  headers: IncomingMessage['headers']
  body: string
}

/** A web server on loopback that gives lists, and does what the test says. */
export interface ListServer extends AsyncDisposable {
  /** Without a slash at its end. */
  url: string
  /** Name and port. */
  host: string
  requests: ListRequest[]
  /** How it answers from now on. */
  answer: (response: ServerResponse, request: ListRequest) => unknown
}

/**
 *     await using server = await openListServer((response) => response.end(priceList(3)))
 */
export async function openListServer(answer: ListServer['answer']): Promise<ListServer> {
  const requests: ListRequest[] = []
  const server = createServer(async (message, response) => {
    const pieces: Uint8Array[] = []
    for await (const piece of message) pieces.push(piece)
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: Buffer.concat(pieces).toString(),
    }
    requests.push(request)
    opened.answer(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const host = `127.0.0.1:${address.port}`
  const opened: ListServer = {
    url: `http://${host}`,
    host,
    requests,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return opened
}

/** A list that says by what it can be known again, and is not sent again to who knows it. */
export function answerKnown(
  response: ServerResponse,
  request: ListRequest,
  {
    body,
    etag = null,
    lastModified = null,
  }: { body: string; etag?: string | null; lastModified?: string | null },
): void {
  const { headers } = request
  const isKnown =
    etag === null
      ? lastModified !== null && headers['if-modified-since'] === lastModified
      : headers['if-none-match'] === etag
  response.writeHead(isKnown ? 304 : 200, {
    ...(etag !== null && { etag }),
    ...(lastModified !== null && { 'last-modified': lastModified }),
  })
  response.end(isKnown ? undefined : body)
}
