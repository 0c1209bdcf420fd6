import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RejectsSource } from '../analyzer/rejects/rejects-process.ts'
import { makeFolder, readLimits } from '../app.ts'
import type { Courier } from '../courier/courier.ts'
import { lockFolder } from '../files/folder-lock.ts'
import { openSourceTests, type SourceTests } from '../trials/source-tests.ts'
import { openRejects, openSamples } from './readers.ts'
import { type Ground, openGround, type RoleOptions } from './role.ts'
import { startScheduling } from './scheduling.ts'
import { applyDeclaredSources } from './sources-file.ts'
import { startWork } from './worker.ts'

/** The parts of the program that take files in and answer. */
export interface Service extends Pick<Ground, 'db' | 'parts' | 'queue' | 'redis' | 'cleanups'> {
  /** Has imports seen through that `takeIn` and `approve` have queued, here or by other workers. */
  courier: Pick<Courier, 'wake' | 'progressOf'>
  /** Gives rejected rows back. */
  rejects: RejectsSource
  /** Tests sources. */
  tests: SourceTests
  /** Says where it can be reached, to whoever starts a second one. */
  announce(url: string): void
  /** Ends everything; what is under way may end within the grace, and the rest is put back for others or the next start. */
  stop(options: { graceMs: number }): Promise<void>
}

/**
 * Opens a service: it is the only one in its data folder, which workers may share. What was left queued or abandoned
 * is taken up.
 * @param options.only `api`: it works on no job, so there have to be workers
 * @throws ConflictError `already_served`
 */
export async function openService(options: RoleOptions & { only?: 'api' | null }): Promise<Service> {
  const { config, clock, log, env, cwd, only = null } = options
  const ends = new AsyncDisposableStack()
  try {
    makeFolder(config.dataDirectory)
    const lock = lockFolder(config.dataDirectory, {
      pid: process.pid,
      host: hostname(),
      since: clock.now().toISOString(),
    })
    ends.defer(() => lock.release())
    const ground = await openGround(options, ends)
    const { db, parts, queue, redis } = ground
    await applyDeclaredSources(options, ground)
    await ground.sweep()
    const work = only === null ? startWork(options, ground, ends) : null
    const scheduler = only === null ? startScheduling(options, ground) : null
    return {
      db,
      parts,
      queue,
      redis,
      courier: work ?? { wake: (jobId) => queue.announce(jobId ?? null), progressOf: () => null },
      cleanups: ground.cleanups,
      rejects: openRejects({ config, log, env, cwd }),
      tests: openSourceTests({
        ...parts,
        limits: readLimits(config),
        // Where there is room for lists; the system's own folder may lie in memory.
        temporaryFolder: join(config.dataDirectory, 'trials'),
        read: openSamples({ config, env, cwd }),
      }),
      announce: lock.announce,
      async stop(stopping) {
        await Promise.all([scheduler?.stop(), work?.stop(stopping)])
        await ends.disposeAsync()
      },
    }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}
