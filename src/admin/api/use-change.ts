import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useToast } from '../ui/toast.tsx'
import { ApiError } from './api-error.ts'
import type { Answered, ChangeRequest } from './client.ts'
import { useApi } from './context.tsx'
import { requestKey } from './request-key.ts'
import type { Changed, ChangeMethod, ChangePath } from './routes.ts'

export interface ChangeHookOptions<Data> {
  /** Said when it is done; null: nothing is. */
  done?: string | ((data: Data) => string) | null
  /** True: the form says itself what went wrong; otherwise a message does. */
  showsErrors?: boolean
  /** It takes an Idempotency-Key: sent again after a lost answer it is still made once. */
  isKeyed?: boolean
  onDone?(data: Data): void
}

export interface Change<Request, Data> {
  run(request: Request, options?: { ifMatch?: string | undefined }): void
  /** The same for whoever waits for it; null: it failed, which has been said. */
  ask(request: Request, options?: { ifMatch?: string | undefined }): Promise<Data | null>
  isRunning: boolean
  error: Error | null
  reset(): void
}

/**
 * A change by the API; all that is on screen is asked for again behind it.
 *
 *     const approve = useChange('POST', '/api/v1/imports/:id/approve', { done: 'Published.' })
 *     approve.run({ params: { id } })
 */
export function useChange<Method extends ChangeMethod, Path extends ChangePath<Method>>(
  method: Method,
  path: Path,
  {
    done = null,
    showsErrors = false,
    isKeyed = false,
    onDone,
  }: ChangeHookOptions<Changed<Method, Path>> = {},
): Change<ChangeRequest<Method, Path>, Changed<Method, Path>> {
  const api = useApi()
  const queries = useQueryClient()
  const toast = useToast()
  /** The key stays as long as the request does, and it is not known whether it was made. */
  const key = useRef<{ request: string; key: string } | null>(null)

  type Asked = { request: ChangeRequest<Method, Path>; ifMatch?: string | undefined }
  const mutation = useMutation<Answered<Changed<Method, Path>>, Error, Asked>({
    mutationFn: async ({ request, ifMatch }) => {
      const text = JSON.stringify(request)
      if (key.current?.request !== text) key.current = { request: text, key: requestKey() }
      const answer = await api.change(method, path, request, {
        ifMatch,
        ...(isKeyed && { idempotencyKey: key.current.key }),
      })
      key.current = null
      return answer
    },
    onSuccess: ({ data }, { request }) => {
      if (done !== null)
        toast.good(typeof done === 'string' ? done : done(data), api.curl(path, request, method))
      void queries.invalidateQueries()
      onDone?.(data)
    },
    onError: (error) => {
      // Refused is refused: asked again it is another request.
      if (error instanceof ApiError && error.failure.status !== 0) key.current = null
      // What is on screen is not what is there.
      if (error instanceof ApiError && error.failure.status === 412) void queries.invalidateQueries()
      if (!showsErrors) toast.bad(error)
    },
  })
  return {
    run: (request, options) => mutation.mutate({ request, ...options }),
    ask: async (request, options) => {
      try {
        return (await mutation.mutateAsync({ request, ...options })).data
      } catch {
        return null
      }
    },
    isRunning: mutation.isPending,
    error: mutation.error,
    reset: mutation.reset,
  }
}
