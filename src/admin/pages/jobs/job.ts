import type { Answer } from '../../api/routes.ts'

/** A job as the API shows it. */
export type Job = Answer<'/api/v1/jobs/:id'>

type JobStanding = Pick<Job, 'status' | 'phase' | 'download_progress' | 'analysis_progress'>

/** The phases that every job goes through, in words for people. */
export const phaseSteps = ['Downloading', 'Analyzing', 'Matching', 'Complete'] as const
const places: Record<string, number> = { downloading: 0, analyzing: 1, matching: 2, complete: 3 }

/** Which of the steps a job is at; null: it waits, or has ended without getting through. */
export function stepOf({ status, phase }: JobStanding): number | null {
  if (status === 'succeeded' || status === 'held') return phaseSteps.length
  return status === 'running' ? (places[phase ?? ''] ?? 0) : null
}

/** How far the step is that a job is at, 0 to 1; null: that is not known. */
export function shareOf({ phase, download_progress: download, analysis_progress: rows }: JobStanding) {
  if (phase === 'downloading')
    return download?.percentage === null || download === null ? null : download.percentage / 100
  if (phase === 'analyzing' && rows !== null && rows.items_total !== null && rows.items_total > 0)
    return Math.min(1, rows.items_processed / rows.items_total)
  return phase === 'complete' ? 1 : null
}

/** Whether it goes on by itself. */
export const isUnderWay = ({ status }: Pick<Job, 'status'>): boolean =>
  status === 'queued' || status === 'running'

/** Whether it can be ended. */
export const canCancel = ({ status }: Pick<Job, 'status'>): boolean =>
  status === 'queued' || status === 'running' || status === 'held'

/** Whether it is a dead letter that nobody has given up. */
export const canDiscard = ({ status, discarded_at: discardedAt }: Pick<Job, 'status' | 'discarded_at'>) =>
  status === 'dead' && discardedAt === null

/** How long it has taken, or takes so far, in milliseconds; null: nobody has taken it yet. */
export function tookMs(job: Pick<Job, 'started_at' | 'finished_at'>, now: Date): number | null {
  if (job.started_at === null) return null
  const end = job.finished_at === null ? now.getTime() : Date.parse(job.finished_at)
  return Math.max(0, end - Date.parse(job.started_at))
}
