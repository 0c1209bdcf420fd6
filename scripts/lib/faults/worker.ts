import { join } from 'node:path'

/** What a worker process is told. */
export interface WorkerOptions {
  url: string
  redisUrl: string | null
  /** `busy`: works for a while on each job. `waiting`: says that it has taken one, and goes on when it is told. */
  kind: 'busy' | 'waiting'
  /** Jobs at a time. */
  concurrency: number
  /** Most milliseconds of work on a job, where it is busy. */
  workMs?: number
  /** Left out: as usual. */
  leaseMs?: number
  lookMs?: number
}

export interface WorkerProcess extends AsyncDisposable {
  pid: number
  /** Kept when it begins to work; broken when it ends before. */
  ready: Promise<void>
  /** The next line that it says, from then on. */
  said(): Promise<string>
  tell(): void
  /** Whether it has ended, by itself or not. */
  hasEnded(): boolean
  kill(): Promise<void>
}

const program = join(import.meta.dir, 'children/worker.ts')

/** Starts a process that carries jobs out; it works as soon as it is there. */
export const startWorker = (options: WorkerOptions): WorkerProcess =>
  startProcess([process.execPath, program, JSON.stringify(options)], { env: process.env, cwd: '/' })

/** Starts a process that says `ready` once it is at work. */
export function startProcess(
  command: string[],
  { env, cwd }: { env: Record<string, string | undefined>; cwd: string },
): WorkerProcess {
  const child = Bun.spawn(command, {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
    // It ends with this process, however that ends.
    env: { ...env, BUN_OPTIONS: '--no-orphans' },
  })
  const lines = linesOf(child.stdout)
  const said = async () => (await lines.next()).value ?? 'ended'
  const ready = said().then((line) => {
    if (line !== 'ready') throw new Error(`The worker said "${line}" before it was ready.`)
  })
  // Whoever kills it does not wait for it.
  ready.catch(() => {})
  const kill = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  return {
    pid: child.pid,
    ready,
    said: async () => {
      await ready
      return said()
    },
    tell() {
      child.stdin.write('go\n')
      child.stdin.flush()
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
