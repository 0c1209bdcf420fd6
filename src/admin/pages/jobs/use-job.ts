import { type Read, useRead } from '../../api/use-read.ts'
import { isUnderWay, type Job } from './job.ts'

/** While something goes on, nobody waits eight seconds to see it. */
const followMs = 1000

/** A job as it goes on. @param id null: there is none to follow */
export function useJob(id: string | null): Read<Job> {
  const request = { params: { id: id ?? '' } }
  const job = useRead('/api/v1/jobs/:id', request, { isEnabled: id !== null })
  useRead('/api/v1/jobs/:id', request, {
    isEnabled: id !== null && job.data !== undefined && isUnderWay(job.data),
    everyMs: followMs,
  })
  return job
}
