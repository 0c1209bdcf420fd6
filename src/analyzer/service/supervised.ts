import { randomBytes } from 'node:crypto'
import { isChecked } from '../../lib/checked.ts'
import type { Logger } from '../../lib/log.ts'
import { pause } from '../../lib/pause.ts'
import { relayLog } from '../../lib/relay-log.ts'
import { type Static, t } from '../../lib/schema.ts'

/** What an analyzer says to the process that started it, once it listens. */
export const Listening = t.Object({ url: t.String() }, { additionalProperties: false })
export type Listening = Static<typeof Listening>

export interface SupervisedOptions {
  /** The program and its arguments. */
  command: readonly string[]
  /** The secret is added to it. */
  env: Record<string, string>
  /** Absolute. */
  cwd: string
  /** Start it only when somebody asks where it is. */
  isLazy: boolean
  log: Logger
}

/** An analyzer of our own, in a process of its own. */
export interface SupervisedAnalyzer {
  /** Where it listens and what it demands; null when it is not there, and not back within some seconds either. */
  address(): Promise<{ url: URL; secret: string } | null>
  /**
   * Kills the one that has this secret, with all that it was doing; it is started anew. Others who found it hanging
   * have ended it already when there is another one now.
   * @param secret null: the one that was started and never listened
   */
  restart(secret: string | null): Promise<void>
  stop(): Promise<void>
}

const startsWithinMs = 10_000
const firstBackoffMs = 100
const backoffMsMax = 10_000
/** One that lived for so long did not die of its start. */
const isSettledMs = 30_000

/** Starts an analyzer, and starts it again whenever it ends: at once the first time, then after growing pauses. */
export function superviseAnalyzer(options: SupervisedOptions): SupervisedAnalyzer {
  const { log } = options
  const stopping = new AbortController()
  let current: Analyzer | null = null
  let supervising = options.isLazy ? null : supervise()

  async function supervise(): Promise<void> {
    let backoffMs = firstBackoffMs
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      try {
        current = start(options)
        const how = await current.ended
        // Nobody is sent to where it was.
        current = null
        if (stopping.signal.aborted) return
        log.warn('the analyzer ended; starting it again', { how, backoffMs })
      } catch (error) {
        log.error('the analyzer could not be started', { error, backoffMs })
      }
      if (performance.now() - startedAt > isSettledMs) backoffMs = firstBackoffMs
      await pause(backoffMs, stopping.signal)
      backoffMs = Math.min(backoffMs * 2, backoffMsMax)
    }
  }

  return {
    async address() {
      if (!stopping.signal.aborted) supervising ??= supervise()
      const deadline = AbortSignal.timeout(startsWithinMs)
      while (!stopping.signal.aborted && !deadline.aborted) {
        const found = await Promise.race([current?.listening ?? null, pause(startsWithinMs, deadline)])
        if (found !== null && found !== undefined) return found
        await pause(20, deadline)
      }
      return null
    },
    async restart(secret) {
      const ending = current
      if (ending === null || ending.secret() !== secret) return
      log.warn('the analyzer hangs; ending it')
      ending.kill()
      await ending.ended
    },
    async stop() {
      stopping.abort()
      current?.kill()
      await supervising
    },
  }
}

interface Analyzer {
  /** Null: it does not listen yet. */
  secret: () => string | null
  /** Null: it ended before it listened. */
  listening: Promise<{ url: URL; secret: string } | null>
  /** How it ended. */
  ended: Promise<string>
  kill(): void
}

function start({ command, env, cwd, log }: SupervisedOptions): Analyzer {
  const secret = randomBytes(32).toString('base64url')
  let isListening = false
  const { promise, resolve } = Promise.withResolvers<{ url: URL; secret: string } | null>()
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...env, TALLYMAN_ANALYZER_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
    serialization: 'json',
    ipc(message) {
      if (!isChecked(Listening, message)) return
      isListening = true
      resolve({ url: new URL(message.url), secret })
    },
  })
  void relayLog(child.stdout, log)
  void relayLog(child.stderr, log)
  return {
    secret: () => (isListening ? secret : null),
    listening: promise,
    ended: child.exited.then(() => {
      resolve(null)
      return String(child.signalCode ?? child.exitCode)
    }),
    // Its children go with it, and what they leave is cleared up by whoever follows them.
    kill: () => child.kill('SIGKILL'),
  }
}
