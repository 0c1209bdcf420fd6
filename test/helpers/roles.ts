import { join } from 'node:path'
import type { TestProgram } from './cli.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** What a role logs, one event a line. */
export interface RoleEvent {
  message: string
  [field: string]: unknown
}

/** A process of ours that goes on running. */
export interface RunningRole extends AsyncDisposable {
  child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  /** What it has logged so far. */
  events: readonly RoleEvent[]
  /** The event that said that it is ready. */
  ready: RoleEvent
  /** Waits for the end of the process. */
  ended(): Promise<{ code: number; stderr: string }>
}

/**
 * Starts a role in a process of its own, and waits until it says that it is ready. Disposing kills it.
 *
 *     await using worker = await startRole(program, ['worker'], 'working')
 *
 * @throws Error with what it said when it ends before
 */
export async function startRole(
  program: Pick<TestProgram, 'env' | 'folder'>,
  args: readonly string[],
  readyMessage: string,
  env: Record<string, string> = {},
): Promise<RunningRole> {
  const child = Bun.spawn([process.execPath, main, ...args], {
    cwd: program.folder,
    env: { ...program.env, PORT: '0', TALLYMAN_LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stderr = new Response(child.stderr).text()
  const ready = Promise.withResolvers<RoleEvent>()
  const events: RoleEvent[] = []
  // Read to the end, so that a full pipe never stops it.
  const read = (async () => {
    for await (const event of eventsOf(child.stdout)) {
      events.push(event)
      if (event.message === readyMessage) ready.resolve(event)
    }
    ready.reject(new Error(`It ended: ${await stderr}`))
  })()
  // Nobody waits for it any more.
  ready.promise.catch(() => {})
  return {
    child,
    events,
    ready: await ready.promise,
    async ended() {
      const code = await child.exited
      await read
      return { code, stderr: await stderr }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
      await read
    },
  }
}

async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<RoleEvent> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}
