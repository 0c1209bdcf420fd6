import type { Logger } from '../../lib/log.ts'
import type { JobMessage } from '../model.ts'
import { Child, type ChildEnd, type ChildLimits, type ChildRun } from './child.ts'
import type { ChildProgress } from './report.ts'

export interface ChildPoolOptions extends ChildLimits {
  /** Whether a child is started ahead of its job, so that a small file is not kept waiting for a process to start. */
  hasSpare: boolean
  log: Logger
}

/** Processes that read one file each. */
export interface ChildPool {
  /** Reads one file in a process of its own; aborted, that process is killed. */
  run(
    job: JobMessage,
    following: { onProgress: (progress: ChildProgress) => void; signal: AbortSignal },
  ): Promise<ChildEnd>
  /** Kills every child. */
  close(): Promise<void>
}

/** How many files are read at the same time is up to the caller. */
export function openChildPool(options: ChildPoolOptions): ChildPool {
  const children = new Set<Child>()
  let spare: Child | null = null
  let isClosed = false

  function start(): Child {
    const child = new Child(options, options.log)
    children.add(child)
    return child
  }

  async function handOver(child: Child, ...given: Parameters<ChildPool['run']>): Promise<ChildRun> {
    try {
      return await child.run(...given)
    } finally {
      children.delete(child)
    }
  }

  function prepare(): void {
    if (isClosed || !options.hasSpare || spare?.isThere === true) return
    if (spare !== null) children.delete(spare)
    try {
      spare = start()
    } catch (error) {
      // The next file says so too, if it cannot be started then.
      options.log.warn('no process could be started ahead', { error })
    }
  }

  prepare()

  return {
    async run(job, following) {
      if (isClosed) return { status: 'cancelled' }
      const child = spare?.isThere === true ? spare : start()
      if (child === spare) spare = null
      prepare()
      const { isMute, ...end } = await handOver(child, job, following)
      // One that waited may have died of anything since it was started; nothing was begun, so once more is no harm.
      if (!isMute || isClosed) return end
      const { isMute: _, ...again } = await handOver(start(), job, following)
      return again
    },
    async close() {
      isClosed = true
      await Promise.all([...children].map((child) => child.end()))
    },
  }
}
