import { expect, test } from 'bun:test'
import { jobStateView } from '../../src/queue/view.ts'

const job = {
  id: 'a',
  state: 'running',
  phase: 'analyzing',
  analyzedBy: 'analyzer',
  downloadPercent: 100,
  downloadedBytes: 1,
  itemsProcessed: null,
  itemsTotal: null,
  rowsRead: 0,
  error: null,
  retryCount: 1,
  manualRetryCount: 0,
  finishedAt: null,
} as const

test('the analyzer knows a job from the moment it was handed over until it is put back', () => {
  const idOf = (now: Partial<Parameters<typeof jobStateView>[0]>) =>
    jobStateView({ ...job, ...now }, null).ml_job_id
  expect(idOf({})).toBe('a')
  expect(idOf({ state: 'succeeded', phase: 'complete' })).toBe('a')
  expect(idOf({ state: 'queued', phase: null })).toBeNull()
  expect(idOf({ phase: 'downloading' })).toBeNull()
  expect(idOf({ analyzedBy: 'child' })).toBeNull()
})
