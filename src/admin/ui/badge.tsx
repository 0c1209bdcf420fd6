import type { ReactNode } from 'react'
import { sentenceCase } from '../format/words.ts'

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info'

const tones: Record<Tone, string> = {
  neutral: 'bg-hover text-muted',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
}

/** A word or two that stand out. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  )
}

/** States of imports, jobs, runs and schedules, and how each is to be felt. */
const states: Record<string, Tone> = {
  pending: 'info',
  queued: 'info',
  running: 'info',
  downloading: 'info',
  analyzing: 'info',
  matching: 'info',
  held: 'warn',
  partial_success: 'warn',
  degraded: 'warn',
  expired: 'warn',
  skipped: 'warn',
  paused: 'warn',
  completed: 'good',
  complete: 'good',
  succeeded: 'good',
  started: 'good',
  ok: 'good',
  healthy: 'good',
  unchanged: 'good',
  failed: 'bad',
  failing: 'bad',
  dead: 'bad',
}

/** A state of the API in words, with its colour. */
export function StateBadge({ state }: { state: string }) {
  return <Badge tone={states[state] ?? 'neutral'}>{sentenceCase(state)}</Badge>
}
