import { discardStaging } from '../analyzer/staging/sweep.ts'
import { childReader } from '../courier/child-reader.ts'
import { type Courier, openCourier } from '../courier/courier.ts'
import { openHealth } from './health.ts'
import { openAnalyzer, openChildren } from './readers.ts'
import { type Ground, openGround, patienceDefault, type RoleOptions } from './role.ts'

/** Works on the queue's jobs, and does nothing else. */
export interface Worker extends Pick<Ground, 'db' | 'parts'> {
  /** Nothing new is begun; what is under way may end within the grace, and the rest is put back for other workers. */
  stop(options: { graceMs: number }): Promise<void>
}

/**
 * Opens a worker: it shares the database and the data folder with a service and with any number of other workers.
 * What was left queued or abandoned is taken up.
 */
export async function openWorker(options: RoleOptions): Promise<Worker> {
  const ends = new AsyncDisposableStack()
  try {
    const ground = await openGround(options, ends)
    await ground.sweep()
    const work = startWork(options, ground, ends)
    openHealth(options, ground, ends)
    return {
      db: ground.db,
      parts: ground.parts,
      async stop(stopping) {
        await work.stop(stopping)
        await ends.disposeAsync()
      },
    }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}

/**
 * Starts the processes that read files, and to work on jobs.
 * @param ends what ends the processes is put there
 * @returns what has to be stopped before anything else ends
 */
export function startWork(
  { config, log, env, cwd, patience = patienceDefault }: RoleOptions,
  { db, parts, queue }: Ground,
  ends: AsyncDisposableStack,
): Courier {
  const own = openAnalyzer({ config, log, env, cwd, patience })
  // Beside an analyzer it is the fallback, and need not be quick.
  const children = openChildren({ config, env, cwd, log, hasSpare: !config.usesAnalyzer })
  ends.defer(async () => {
    await Promise.all([own.stop(), children.close()])
  })
  return openCourier({
    ...parts,
    queue,
    log: log.child({ module: 'courier' }),
    concurrency: config.concurrency,
    analyzer: own.analyzer,
    child: childReader(children),
    usesAnalyzer: config.usesAnalyzer,
    hasFallback: config.analyzerFallback,
    retryDelaysMs: patience.retryDelaysMs,
    ...(patience.attemptLimits && { attemptLimits: patience.attemptLimits }),
    clearUp: (area, waitMs) => discardStaging(db, { ...area, folder: parts.stagingFolder }, waitMs),
  })
}
