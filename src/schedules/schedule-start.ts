import type { Engine, Tx } from '../db/database.ts'
import type { Due, Schedule, Start, Started } from './schedule.ts'

/** Has sources fetched, in the transaction it is given: see courier/trigger.ts. */
export type TriggerSources = (
  tx: Tx,
  cause: { sources: readonly string[]; trigger: 'schedule'; schedule: string; expiresAt: Date; now: Date },
) => Promise<{
  /** Null: nothing was started. */
  runId: string | null
  started: readonly { jobId: string }[]
  skipped: readonly { message: string }[]
}>

export interface StartParts {
  engine: Engine
  trigger: TriggerSources
  /** Says, after the commit, that there is a job. */
  announce(jobId: string): void
  cleanUp: Beside
  feedCheck: Beside
}

/** What is done beside everything else. */
interface Beside {
  /** Why it cannot begin; null: it can. */
  obstacle(): string | null
  /** Does it by itself, and writes down under the minute what came of it. */
  begin(minute: Date): void
}

/** What schedules do. */
export function scheduleStart(parts: StartParts): Start {
  return async (tx, schedule, due) => {
    const { work } = schedule
    if (work.kind === 'clean-up') return beside(parts.cleanUp, due)
    if (work.kind === 'feed-check') return beside(parts.feedCheck, due)
    return fetchSources(parts, tx, {
      schedule,
      due,
      sources:
        work.kind === 'source'
          ? [work.sourceId]
          : await fetchableSources(parts.engine, tx, { isUnscheduled: true }),
    })
  }
}

/** Every source that can be fetched and is not paused. They are not deleted before the transaction ends. */
export async function fetchableSources(
  engine: Engine,
  tx: Pick<Tx, 'all'>,
  which: { isUnscheduled: boolean },
): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `select id from sources
     where kind <> 'upload' and paused_at is null ${which.isUnscheduled ? 'and schedule is null' : ''}
     order by no ${engine === 'postgres' ? 'for key share' : ''}`,
  )
  return rows.map(({ id }) => id)
}

/** Most sources that a note tells why they were left out. */
const toldMax = 5

async function fetchSources(
  { trigger, announce }: StartParts,
  tx: Tx,
  { schedule, due, sources }: { schedule: Schedule; due: Due; sources: string[] },
): Promise<Started> {
  if (sources.length === 0) return skipped('There is no source that it would fetch.')
  const { expiresAt, now } = due
  const {
    runId,
    started,
    skipped: leftOut,
  } = await trigger(tx, {
    sources,
    trigger: 'schedule',
    schedule: schedule.name,
    expiresAt,
    now,
  })
  const why = leftOut.slice(0, toldMax).map(({ message }) => message)
  if (leftOut.length > toldMax) why.push(`And ${leftOut.length - toldMax} more.`)
  if (runId === null) return skipped(why.join(' '))
  return {
    outcome: 'started',
    runId,
    note: why.length === 0 ? null : `${started.length} of ${sources.length} sources. ${why.join(' ')}`,
    afterwards() {
      for (const { jobId } of started) announce(jobId)
    },
  }
}

function beside({ obstacle, begin }: Beside, { minute }: Due): Started {
  const why = obstacle()
  if (why !== null) return skipped(why)
  return { outcome: 'started', runId: null, note: null, afterwards: () => begin(minute) }
}

const skipped = (note: string): Started => ({ outcome: 'skipped', runId: null, note, afterwards: () => {} })
