import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { useApi } from '../../api/context.tsx'
import { countOf } from '../../format/number.ts'
import { useToast } from '../../ui/toast.tsx'

export type JobAction = 'retry' | 'cancel' | 'discard'

const done: Record<JobAction, string> = {
  retry: 'will be tried again',
  cancel: 'cancelled',
  discard: 'given up',
}

/** The same done to several jobs, one after the other; what is refused does not keep the others from it. */
export function useBulk() {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  const [running, setRunning] = useState<JobAction | null>(null)

  /** @returns once all of them were asked for */
  async function run(action: JobAction, ids: readonly string[]): Promise<void> {
    setRunning(action)
    const refused: string[] = []
    for (const id of ids) {
      try {
        await api.change('POST', `/api/v1/jobs/:id/${action}`, { params: { id } })
      } catch (error) {
        refused.push(error instanceof ApiError ? error.failure.detail : String(error))
      }
    }
    setRunning(null)
    await queries.invalidateQueries()
    const made = ids.length - refused.length
    if (made > 0) toast.good(`${countOf(made, 'job')} ${done[action]}.`)
    const [first] = refused
    if (first !== undefined)
      toast.bad(
        refused.length === 1 ? first : `${countOf(refused.length, 'job')} refused. The first: ${first}`,
      )
  }
  return { run, running }
}
