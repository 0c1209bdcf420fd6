import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/api-error.ts'
import type { Api } from '../api/client.ts'
import { useApi } from '../api/context.tsx'
import type { Answer } from '../api/routes.ts'

export type Identity = Answer<'/api/v1/session'>

/** Under which the identity is kept; null: somebody has to sign in. */
export const identityKey = ['/api/v1/session', {}, {}] as const

/** Who looks at the page; null: somebody has to sign in first; undefined: not known yet. */
export function useIdentity(): { identity: Identity | null | undefined; error: Error | null; retry(): void } {
  const api = useApi()
  const query = useQuery({
    queryKey: identityKey,
    queryFn: () => askIdentity(api),
    staleTime: 60_000,
    retry: 1,
  })
  return { identity: query.data, error: query.error, retry: () => void query.refetch() }
}

/** What only some may do is not offered to others; the service says no in any case. */
export function useMay(role: 'operator' | 'admin'): boolean {
  const { identity } = useIdentity()
  return identity?.role === 'admin' || (role === 'operator' && identity?.role === 'operator')
}

/** What signing in and out do. */
export function useSession() {
  const api = useApi()
  const queries = useQueryClient()
  /** Nothing that one person was shown is left for the next. */
  const become = (identity: Identity | null) => {
    api.credentials.setCsrf(identity?.csrf_token ?? null)
    queries.removeQueries({ predicate: ({ queryKey: [path] }) => path !== identityKey[0] })
    queries.setQueryData(identityKey, identity)
  }
  return {
    async signIn(name: string, password: string) {
      const { data } = await api.change('POST', '/api/v1/session', { body: { name, password } })
      become(data as Identity)
    },
    async setUp(token: string, name: string, password: string) {
      const { data } = await api.change('POST', '/api/v1/setup', { body: { token, name, password } })
      become(data as Identity)
    },
    /** @throws ApiError when the service does not know the token */
    async showToken(token: string) {
      api.credentials.setToken(token)
      const identity = await askIdentity(api)
      if (identity === null) {
        api.credentials.setToken(null)
        throw new ApiError({
          request: 'GET /api/v1/session',
          status: 401,
          code: 'wrong_token',
          title: 'Unauthorized',
          detail: 'The token is wrong, or has ended. Check that all of it was copied.',
          retryAfter: null,
          requestId: null,
        })
      }
      become(identity)
    },
    async signOut() {
      if (api.credentials.read().token === null) await api.change('DELETE', '/api/v1/session', {})
      api.credentials.setToken(null)
      become(null)
    },
  }
}

async function askIdentity(api: Api): Promise<Identity | null> {
  try {
    const { data } = await api.read('/api/v1/session', {})
    api.credentials.setCsrf(data.csrf_token)
    return data
  } catch (error) {
    if (error instanceof ApiError && error.failure.status === 401) return null
    throw error
  }
}
