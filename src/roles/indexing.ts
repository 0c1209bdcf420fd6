import { secretNames } from '../config.ts'
import { dependentEnvironment, ownCommand } from '../lib/own-process.ts'
import { pause } from '../lib/pause.ts'
import { relayLog } from '../lib/relay-log.ts'
import { pendingWork } from '../search/store.ts'
import type { Ground, RoleOptions } from './role.ts'

/** How often it is looked whether there is anything to index: one read of a table that is mostly empty. */
const lookMs = 1000
/** How long it is left alone after it has failed. */
const failedMs = 30_000

/**
 * Has the index of words brought up to date whenever somebody has written items, by a process of its own
 * (`tallyman index`), which is started for it and ends with it: for a first list of a million items it computes for
 * half a minute, and requests must not wait for that. Several servers may do so at once.
 * @returns what has to be stopped before the database is closed
 */
export function startIndexing(
  { log, env, cwd }: Pick<RoleOptions, 'log' | 'env' | 'cwd'>,
  { db }: Pick<Ground, 'db'>,
): { stop(): Promise<void> } {
  const own = log.child({ module: 'search' })
  const stopping = new AbortController()
  const { signal } = stopping

  async function index(): Promise<void> {
    const child = Bun.spawn([...ownCommand(), 'index'], {
      cwd,
      env: dependentEnvironment(env, secretNames({ except: ['databaseUrl'] })),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const end = () => child.kill('SIGTERM')
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const startedAt = performance.now()
    await Promise.all([relayLog(child.stderr, own), child.exited])
    signal.removeEventListener('abort', end)
    if (signal.aborted) return
    if (child.exitCode === 0)
      own.debug('items indexed', { durationMs: Math.round(performance.now() - startedAt) })
    else {
      own.warn('items could not be indexed; searches look at them one by one', { exitCode: child.exitCode })
      await pause(failedMs, signal)
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if ((await pendingWork(db, 1)).length > 0) await index()
      } catch (error) {
        own.warn('it could not be looked whether there are items to index', { error })
        await pause(failedMs, signal)
      }
      await pause(lookMs, signal)
    }
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
