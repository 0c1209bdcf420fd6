import type { JobFailure } from '../queue/model.ts'
import { type AfterFailure, jobStore, type Lease } from '../queue/store.ts'
import { type ImportChange, importStore } from './store.ts'

/**
 * Ends an attempt with a failure: the import waits for its next try, or has failed. In one transaction, and nothing
 * of it when the lease is lost.
 * @param more what is recorded of a failed import besides
 * @returns what becomes of the job
 * @throws ConflictError `lease_lost`
 */
export async function failImport(
  stores: Parameters<typeof importStore>[0],
  failed: { importId: string; lease: Lease; error: JobFailure; now: Date; more?: ImportChange },
): Promise<AfterFailure> {
  const { importId, lease, error, now, more = {} } = failed
  const jobs = jobStore(stores)
  const next = await jobs.afterFailure(lease, error)
  // Whoever writes both writes the import first: two that each held one and wanted the other would wait for ever.
  await importStore(stores).change(importId, {
    ...more,
    ...(next.state === 'queued'
      ? { status: 'pending', error: null, finishedAt: null }
      : { status: 'failed', error: { code: error.code, message: error.message }, finishedAt: now }),
  })
  await jobs.fail(lease, error, next)
  return next
}
