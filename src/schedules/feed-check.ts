import type { Database } from '../db/database.ts'
import type { Logger } from '../lib/log.ts'
import type { StartParts } from './schedule-start.ts'
import { feedCheckName } from './schedules.ts'
import { settleTick } from './ticks.ts'

/** A source that is looked at. */
export interface WatchedSource {
  id: string
  supplierId: string
}

/** What came of a look: nothing is new, the source is fetched, or it is under way already. */
export type Checked = 'same' | 'fetched' | 'left'

export interface FeedCheckParts {
  db: Pick<Database, 'run'>
  log: Logger
  /** Those that are looked at now. */
  watched(): Promise<WatchedSource[]>
  /** Looks at one, and has it fetched if there is something new. What it throws is this source's own affair. */
  check(source: WatchedSource, options: { now: Date; signal: AbortSignal }): Promise<Checked>
  clock: { now(): Date }
}

export interface FeedCheck {
  start: StartParts['feedCheck']
  /** Ends the looks that are under way, and waits for them. */
  stop(): Promise<void>
}

/** How many are looked at at the same time. */
const looksMax = 8
/** How long one look may take: a server that does not answer keeps its source from being seen, and no other one. */
const lookMsMax = 60_000

/** Looks at watched sources between the times of their schedules, beside everything else. */
export function openFeedCheck({ db, log, watched, check, clock }: FeedCheckParts): FeedCheck {
  const stopping = new AbortController()
  let underWay: { since: Date; ended: Promise<void> } | null = null

  async function lookAt(source: WatchedSource): Promise<Checked | 'failed'> {
    const startedAt = performance.now()
    const limit = new AbortController()
    const end = () => limit.abort(stopping.signal.reason)
    const timer = setTimeout(() => limit.abort(tookTooLong()), lookMsMax)
    stopping.signal.addEventListener('abort', end)
    try {
      return await check(source, { now: clock.now(), signal: limit.signal })
    } catch (error) {
      const { id: sourceId, supplierId } = source
      const durationMs = Math.round(performance.now() - startedAt)
      if (!stopping.signal.aborted)
        log.warn('a source could not be looked at', { sourceId, supplierId, durationMs, error })
      return 'failed'
    } finally {
      clearTimeout(timer)
      stopping.signal.removeEventListener('abort', end)
    }
  }

  async function work(minute: Date): Promise<void> {
    const left = await watched()
    const counts = { same: 0, fetched: 0, left: 0, failed: 0 }
    const all = left.length
    const lookOn = async () => {
      for (let next = left.shift(); next !== undefined && !stopping.signal.aborted; next = left.shift())
        counts[await lookAt(next)]++
    }
    await Promise.all(Array.from({ length: looksMax }, lookOn))
    const outcome = 'started'
    await settleTick(db, { schedule: feedCheckName, minute, outcome, runId: null, note: noteOf(all, counts) })
  }

  return {
    start: {
      obstacle: () =>
        underWay === null ? null : `The one of ${underWay.since.toISOString()} is still under way.`,
      begin(minute) {
        const ended = work(minute)
          .catch((error) => log.error('a feed check could not be recorded', { error }))
          .finally(() => {
            underWay = null
          })
        underWay = { since: minute, ended }
      },
    },
    async stop() {
      stopping.abort()
      await underWay?.ended
    },
  }
}

function noteOf(all: number, { fetched, failed }: Record<'fetched' | 'failed', number>): string {
  if (all === 0) return 'No source is watched, or could be looked at now.'
  const parts = [`${all} looked at`]
  if (fetched > 0) parts.push(`${fetched} fetched`)
  if (failed > 0) parts.push(`${failed} could not be looked at; the log has the details`)
  return parts.join(', ')
}

const tookTooLong = () => new DOMException(`The look took longer than ${lookMsMax / 1000} s.`, 'TimeoutError')
