import { openHealth } from './health.ts'
import { type Ground, openGround, type RoleOptions } from './role.ts'
import { startScheduling } from './scheduling.ts'
import { applyDeclaredSources } from './sources-file.ts'

/** Starts what is due, and does nothing else. */
export interface SchedulerRole extends Pick<Ground, 'db'> {
  /** Begins nothing new, and ends when what is being started has been. */
  stop(): Promise<void>
}

/** Opens a scheduler of its own, beside services that only take lists in. Two of them do no harm. */
export async function openSchedulerRole(options: RoleOptions): Promise<SchedulerRole> {
  const ends = new AsyncDisposableStack()
  try {
    const ground = await openGround(options, ends)
    await applyDeclaredSources(options, ground)
    const scheduler = startScheduling(options, ground)
    ends.defer(() => scheduler.stop())
    openHealth(options, ground, ends)
    return { db: ground.db, stop: () => ends.disposeAsync() }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}
