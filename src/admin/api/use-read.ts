import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'
import type { Answered, ReadRequest } from './client.ts'
import { useApi } from './context.tsx'
import type { Answer, ReadPath } from './routes.ts'

/** How old anything on screen may get; a little less than the ten seconds that are promised. */
export const refreshMs = 8000

export interface ReadOptions {
  /** False: it is not asked for. */
  isEnabled?: boolean
  /** False: it never changes, so it is asked for until it is there, and then no more. */
  isLive?: boolean
  /** How often it is asked for again, if not every eight seconds. */
  everyMs?: number
}

/** What a read gives: its data and tag, how it stands, and itself as a command line. */
export interface Read<Data> {
  /** Undefined: it is not there yet. */
  data: Data | undefined
  etag: string | undefined
  error: Error | null
  isLoading: boolean
  /** What is shown is of the question before; the answer to this one is on its way. */
  isStale: boolean
  retry(): void
  curl: string
}

/** The key of what an address answers, for `invalidateQueries` and `setQueryData`. */
export const readKey = (
  path: ReadPath,
  request: { params?: object | undefined; query?: object | undefined } = {},
) => [path, request.params ?? {}, request.query ?? {}] as const

/** Whether a question that failed may be answered a moment later: nothing answered, or the service could not. */
const mayPass = (error: Error | null) =>
  error instanceof TypeError ||
  (error instanceof ApiError && (error.failure.status === 0 || error.failure.status >= 500))

/** Asks for something, and again every few seconds for as long as it is looked at. */
export function useRead<Path extends ReadPath>(
  path: Path,
  request: ReadRequest<Path>,
  { isEnabled = true, isLive = true, everyMs = refreshMs }: ReadOptions = {},
): Read<Answer<Path>> {
  const api = useApi()
  const query: UseQueryResult<Answered<Answer<Path>>> = useQuery({
    queryKey: readKey(path, request),
    queryFn: ({ signal }) => api.read(path, request, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    ...(isLive
      ? { refetchInterval: everyMs }
      : {
          refetchInterval: ({ state }: { state: { error: Error | null } }) => mayPass(state.error) && everyMs,
          staleTime: Number.POSITIVE_INFINITY,
        }),
  })
  return {
    data: query.data?.data,
    etag: query.data?.etag ?? undefined,
    error: query.error,
    isLoading: query.isPending && isEnabled,
    isStale: query.isPlaceholderData,
    retry: () => void query.refetch(),
    curl: api.curl(path, request),
  }
}
