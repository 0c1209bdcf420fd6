import type { Queued } from '../queue/store.ts'
import type { Source } from '../sources/store.ts'

/**
 * Pauses before a job is tried again by itself, for whoever queues it: those of its source count most. A command's job
 * is not tried again, since its end is told to a person.
 * @param given those that hold where the source says nothing; left out: the usual ones
 */
export function retryDelaysOf(
  source: Pick<Source, 'retryDelaysMs'> | null,
  { worker, retryDelaysMs: given }: Pick<Queued, 'worker' | 'retryDelaysMs'>,
): Pick<Queued, 'retryDelaysMs'> {
  const delays = worker === null ? (source?.retryDelaysMs ?? given) : given
  return delays === undefined ? {} : { retryDelaysMs: delays }
}
