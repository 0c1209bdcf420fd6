import type { Tx } from '../db/database.ts'
import { type Cron, dueBetween, nextRuns } from './cron.ts'

/** Something that is done again and again by itself. */
export interface Schedule {
  /** `source/ID`, or what is done: see `schedules.ts`. */
  name: string
  /** What it is for, for people. */
  title: string
  work: Work
  when: When
  /** Since when it is not done; null: it is not paused. */
  pausedAt: Date | null
  /** Since when it is there, so that it has missed nothing before; null: always. */
  since: Date | null
}

/**
 * What it does: fetches one source, fetches every one that has no schedule of its own, looks whether watched ones have
 * something new, or cleans up.
 */
export type Work =
  | { kind: 'source'; sourceId: string }
  | { kind: 'daily-run' }
  | { kind: 'feed-check' }
  | { kind: 'clean-up' }

/** By a clock, or each so many minutes, counted from 1970 so that all nodes agree. */
export type When = { kind: 'cron'; cron: Cron } | { kind: 'every'; minutes: number }

/** The minute that something is done for. */
export interface Due {
  minute: Date
  /** What it starts is not begun any more after that. */
  expiresAt: Date
  now: Date
}

/** What came of it. */
export interface Started {
  outcome: 'started' | 'skipped'
  runId: string | null
  note: string | null
  /** What is to be done as soon as it is committed. */
  afterwards(): void
}

/** Starts what a schedule is for, in the transaction that claims its minute; what it throws undoes both. */
export type Start = (tx: Tx, schedule: Schedule, due: Due) => Promise<Started>

/** Every minute after an instant up to another one, which is included; ascending. */
export function dueMinutes(when: When, after: Date, until: Date): Date[] {
  if (when.kind === 'cron') return dueBetween(when.cron, after, until)
  const stepMs = when.minutes * minuteMs
  const due: Date[] = []
  for (let time = next(stepMs, after); time <= until.getTime(); time += stepMs) due.push(new Date(time))
  return due
}

/** The next minutes after an instant. */
export function nextMinutes(when: When, from: Date, n: number): Date[] {
  if (when.kind === 'cron') return nextRuns(when.cron, from, n)
  const stepMs = when.minutes * minuteMs
  return Array.from({ length: n }, (_, index) => new Date(next(stepMs, from) + index * stepMs))
}

export const minuteMs = 60_000

const next = (stepMs: number, after: Date) => (Math.floor(after.getTime() / stepMs) + 1) * stepMs
