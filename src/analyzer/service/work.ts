import { isChecked } from '../../lib/checked.ts'
import { AppError, ConflictError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { jobStore } from '../../queue/store.ts'
import { type AnalyzerParts, analyze } from '../analyze.ts'
import { JobMessage, type JobResult } from '../model.ts'
import type { ChildReport } from './report.ts'

/** Ten times a second is enough for people, and costs next to nothing. */
const progressMs = 100
const signOfLifeMs = 1000

/**
 * What a child does with the message that it was sent: it reads the file, with the lease that it was handed, and says
 * how far it is. It never throws.
 * @param open what it works with; closed again by the caller
 */
export async function workOn(
  message: unknown,
  { open, say, log }: { open: () => Promise<AnalyzerParts>; say: (report: ChildReport) => void; log: Logger },
): Promise<JobResult> {
  if (!isChecked(JobMessage, message)) return failure('', 'wrong_message', 'This is no job message.')
  const { import_id } = message
  let rows = 0
  let phase: ChildReport['phase'] = 'reading'
  let saidAt = Number.NEGATIVE_INFINITY
  const live = () => say({ phase, percent: null })
  live()
  const signs = setInterval(live, signOfLifeMs)
  try {
    const parts = await open()
    await analyze(parts, import_id, {
      handed: {
        lease: await leaseOf(parts, message),
        path: message.path,
        sha256: message.sha256,
      },
      // It is ended by force, at any moment: nothing is left to be done then.
      signal: new AbortController().signal,
      onPhase(next) {
        phase = next
        say({ phase, rows, percent: next === 'writing' ? 100 : 0 })
      },
      onProgress(progress) {
        rows = progress.rows
        const now = performance.now()
        if (now - saidAt < progressMs) return
        saidAt = now
        say({ phase, rows, percent: percentOf(progress) })
      },
    })
    return { import_id, status: 'ended', rows, error: null }
  } catch (error) {
    if (error instanceof AppError) return failure(import_id, error.code, error.message)
    log.error('a file could not be read', { importId: import_id, error })
    return failure(import_id, 'internal_error', 'Internal error; the log has the details.')
  } finally {
    clearInterval(signs)
  }
}

async function leaseOf({ db }: AnalyzerParts, { import_id, attempt, lease_token }: JobMessage) {
  const job = await jobStore(db).ofImport(import_id)
  if (job === null)
    throw new ConflictError('lease_lost', `There is no import ${import_id} that could be worked on.`)
  return { jobId: job.id, attempt, token: lease_token }
}

function percentOf({ bytesRead, bytesTotal }: { bytesRead: number; bytesTotal: number }): number | null {
  if (bytesTotal <= 0) return null
  return Math.min(100, Math.max(0, Math.round((bytesRead / bytesTotal) * 1000) / 10))
}

const failure = (importId: string, code: string, message: string): JobResult => ({
  import_id: importId === '' ? 'none' : importId,
  status: 'failed',
  rows: 0,
  error: { code, message },
})
