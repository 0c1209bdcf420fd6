import { connect, createServer, type Socket } from 'node:net'

/** PostgreSQL behind a proxy that cuts connections. */
export interface CuttingProxy extends AsyncDisposable {
  /** The server's, with the proxy's address. */
  url: string
  /**
   * Cuts from now on: when the server has committed and before anybody is told, and when it has carried out a
   * statement within a transaction. Shares of 0 to 1; the first commit is cut in any case, however few there are.
   */
  cut(shares: { commits: number; statements: number }): void
  /** What was cut so far. */
  counts(): { commits: number; statements: number }
}

/** A message of the server: one letter, its length without the letter, and that many bytes less four. */
const headBytes = 5
const commandComplete = 'C'.charCodeAt(0)

/**
 * Opens a proxy before a server.
 * @param random 0 to 1: decides what is cut
 */
export async function openCuttingProxy(serverUrl: string, random: () => number): Promise<CuttingProxy> {
  const target = new URL(serverUrl)
  const open = new Set<Socket>()
  const counts = { commits: 0, statements: 0 }
  let shares = { commits: 0, statements: 0 }

  function isCut(tag: string): boolean {
    const kind = tag === 'COMMIT' ? 'commits' : /^(INSERT|UPDATE)/.test(tag) ? 'statements' : null
    if (kind === null || shares[kind] === 0) return false
    const isFirstCommit = kind === 'commits' && counts.commits === 0
    if (!isFirstCommit && random() >= shares[kind]) return false
    counts[kind]++
    return true
  }

  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    const cut = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', cut)
      socket.on('close', () => {
        open.delete(socket)
        cut()
      })
    }
    const tags = tagReader()
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes: Buffer) => {
      if (tags(bytes).some(isCut)) cut()
      else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const url = new URL(serverUrl)
  // A port that was listened on, no path.
  url.port = String((listener.address() as { port: number }).port)
  return {
    url: url.href,
    cut(wanted) {
      shares = wanted
    },
    counts: () => ({ ...counts }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

/** Finds what the server says that it has carried out: `COMMIT`, `INSERT 0 1`, … */
function tagReader(): (bytes: Buffer) => string[] {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const tags: string[] = []
    while (rest.length >= headBytes) {
      const end = 1 + rest.readUInt32BE(1)
      if (rest.length < end) break
      // The text ends with a NUL.
      if (rest[0] === commandComplete) tags.push(rest.toString('latin1', headBytes, end - 1))
      rest = rest.subarray(end)
    }
    return tags
  }
}
