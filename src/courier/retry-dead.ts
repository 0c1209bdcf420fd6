import type { jobFinder } from '../queue/find.ts'
import { type Retry, type RetryRefusal, retryJobs } from './operate.ts'

/** Most of those without a try left that are named. */
const refusedMax = 100

/**
 * Has the dead letters of one cause tried again, the newest first; one that cannot be keeps no other from it. Those
 * that were tried too often already are refused beside the others, so that however many they are the rest has its
 * turn. Tell the queue afterwards.
 * @param which.max most that are tried again
 */
export async function retryDeadLetters(
  parts: Retry,
  finder: Pick<ReturnType<typeof jobFinder>, 'jobs'>,
  { cause, max }: { cause: string; max: number },
): Promise<{ retried: string[]; refused: RetryRefusal[]; hasMore: boolean }> {
  const dead = { state: 'dead', isDiscarded: false, cause } as const
  const ids = await finder.jobs({ ...dead, hasRetriesLeft: true }, max + 1)
  const spent = await finder.jobs({ ...dead, hasRetriesLeft: false }, refusedMax)
  return { ...(await retryJobs(parts, [...ids.slice(0, max), ...spent])), hasMore: ids.length > max }
}
