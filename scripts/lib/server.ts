import { spawn } from 'node:child_process'

/** A private server for one test run. Disposing stops it and deletes what it kept. */
export interface Server extends AsyncDisposable {
  url: string
}

/** One that may fall and get up again, under the same address. */
export interface FallibleServer extends Server {
  /** Stops it at once, and waits until it is gone. */
  crash(): Promise<void>
  /** Starts it again. */
  recover(): Promise<void>
}

export interface User {
  uid: number
  gid: number
}

export interface ServerCommand {
  /** The program and its arguments. Both PostgreSQL and Redis say "ready to accept connections" when they are. */
  command: string[]
  /** Another user to run as; null: whoever we are. */
  user: User | null
  /** Stops the server at once: its data is thrown away. */
  signal: 'QUIT' | 'TERM'
  /** A folder to delete once it has stopped; null: none. */
  directory: string | null
  readyWithinMs: number
}

/**
 * Starts a server that cannot outlive this process, not even when it is killed: a shell between us holds the
 * reading end of a pipe, and when our end closes it stops the server and deletes the folder.
 * @throws Error with the server's own words when it ends before it is ready or is not ready in time
 */
export async function startServer(start: ServerCommand): Promise<AsyncDisposable> {
  const keeper = spawn(
    '/bin/sh',
    ['-c', keep, 'keep', start.signal, start.directory ?? '', ...start.command],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...start.user,
      // A folder that the other user may not enter would be an error for the shell.
      cwd: '/',
    },
  )
  const ended = new Promise<void>((resolve) => keeper.once('close', () => resolve()))
  const stop = async () => {
    keeper.stdin.end()
    await ended
  }
  try {
    await ready(keeper.stdout, start)
  } catch (error) {
    await stop()
    throw error
  }
  // What it says from now on is read and dropped; otherwise a full pipe would stop it.
  keeper.stdout.resume()
  return { [Symbol.asyncDispose]: stop }
}

/**
 * The server's output goes to our pipe and the shell's own copy is closed, so that the pipe ends with the server.
 * The traps are commands, not '', so that the server does not inherit ignored signals; a signal ends `read`. The
 * shell would report how the server ended; that is no news.
 */
const keep = `
signal=$1 directory=$2
shift 2
trap : INT TERM HUP
"$@" 2>&1 &
server=$!
exec >&-
read -r _
{
  kill -"$signal" "$server"
  wait "$server"
} 2>/dev/null
[ -z "$directory" ] || rm -rf "$directory"
`

function ready(output: NodeJS.ReadableStream, { command, readyWithinMs }: ServerCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new Error(`${command[0]} ${why}:\n${said.trim()}`))
    const timer = setTimeout(() => fail(`was not ready within ${readyWithinMs} ms`), readyWithinMs)
    const onData = (chunk: Buffer) => {
      said += chunk.toString()
      if (!said.includes('eady to accept connections')) return
      clearTimeout(timer)
      output.off('data', onData)
      resolve()
    }
    output.on('data', onData)
    output.once('end', () => {
      clearTimeout(timer)
      fail('ended before it was ready')
    })
  })
}

/** A port on the loopback address that nothing listens on. Somebody may take it before we do: try again then. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = listener
  listener.stop(true)
  return port
}

/** Starts on a free port; up to three times, because the port may be taken between looking and listening. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(freePort())
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message)
      if (!isTaken || attempt === 3) throw error
    }
  }
}
