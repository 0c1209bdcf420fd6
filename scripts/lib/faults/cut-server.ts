import { createHash, randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'

/** One large file on loopback, which is nowhere but in the arithmetic that makes it. */
export interface CutServer extends AsyncDisposable {
  url: string
  /** Of the whole file. */
  sha256: string
  /** Where each answer began, in bytes, in their order. */
  starts: number[]
}

const blockBytes = 1024 * 1024

/**
 * Serves a file of so many bytes, and cuts the connection at each of these places once, when all before it was sent.
 * It is known by a strong ETag, and sent from any place on. Every MiB of it is another one.
 */
export async function openCutServer(sizeBytes: number, cuts: readonly number[]): Promise<CutServer> {
  const block = randomBytes(blockBytes)
  const etag = `"${block.toString('hex', 0, 8)}"`
  const starts: number[] = []
  const left = [...cuts].sort((a, b) => a - b)

  /** The bytes from one place on, to the end of their block or to another place. */
  function piece(from: number, to: number): Buffer {
    const number = Math.floor(from / blockBytes)
    // A copy: it waits in the connection while the next one is made.
    const whole = Buffer.from(block)
    whole.writeUInt32BE(number)
    const start = number * blockBytes
    return whole.subarray(from - start, Math.min(to, start + blockBytes) - start)
  }

  function* pieces(from: number, to: number): Generator<Buffer> {
    for (let at = from; at < to; at = Math.min(to, (Math.floor(at / blockBytes) + 1) * blockBytes))
      yield piece(at, to)
  }

  async function send(response: ServerResponse, from: number, to: number): Promise<void> {
    for (const bytes of pieces(from, to))
      await new Promise<void>((resolve) => {
        // Whoever asked may leave.
        response.once('close', resolve)
        response.write(bytes, () => {
          response.off('close', resolve)
          resolve()
        })
      })
  }

  const server = createServer(async (request, response) => {
    const isPart = request.headers['if-range'] === etag
    const from = isPart ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    starts.push(from)
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'content-type': 'text/csv',
      'content-length': String(sizeBytes - from),
      'accept-ranges': 'bytes',
      ...(isPart && { 'content-range': `bytes ${from}-${sizeBytes - 1}/${sizeBytes}` }),
    })
    const cut = left[0]
    if (cut !== undefined && cut > from) {
      left.shift()
      await send(response, from, cut)
      response.socket?.destroy()
    } else {
      await send(response, from, sizeBytes)
      response.end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const hash = createHash('sha256')
  for (const bytes of pieces(0, sizeBytes)) hash.update(bytes)
  return {
    url: `http://127.0.0.1:${address.port}/large.csv`,
    sha256: hash.digest('hex'),
    starts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
