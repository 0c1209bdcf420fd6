import { join } from 'node:path'
import type { TestProgram } from './cli.ts'
import { until } from './until.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** What `serve` logs, one event a line. */
export interface ServeEvent {
  message: string
  url?: string
}

/** A `serve` that is listening. */
export interface Serving {
  child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  url: string
  /** Waits until it has written something to its standard error, and gives the first group of it. */
  printed(pattern: RegExp): Promise<string>
  /** Waits for the end of the process, and gives all that it logged. */
  ended(): Promise<{ code: number; messages: string[]; stderr: string }>
}

/**
 * Starts `serve` in a process of its own and waits until it listens.
 * @throws Error with what it said when it ends before
 */
export async function startServe(
  program: Pick<TestProgram, 'env' | 'folder'>,
  env: Record<string, string> = {},
  command: readonly string[] = [process.execPath, main],
): Promise<Serving> {
  const child = Bun.spawn([...command, 'serve'], {
    cwd: program.folder,
    env: { ...program.env, PORT: '0', TALLYMAN_LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const stderr = (async () => {
    const decoder = new TextDecoder()
    for await (const piece of child.stderr) printed += decoder.decode(piece, { stream: true })
    return printed
  })()
  const listening = Promise.withResolvers<string>()
  const messages: string[] = []
  // Read to the end, so that a full pipe never stops it.
  const read = (async () => {
    for await (const event of eventsOf(child.stdout)) {
      messages.push(event.message)
      if (event.message === 'listening') listening.resolve(event.url ?? '')
    }
    listening.reject(new Error(`It ended: ${await stderr}`))
  })()
  const url = await listening.promise
  return {
    child,
    url,
    printed: (pattern) => until(() => pattern.exec(printed)?.[1]),
    async ended() {
      const code = await child.exited
      await read
      listening.promise.catch(() => {})
      return { code, messages, stderr: await stderr }
    },
  }
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServeEvent> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}
