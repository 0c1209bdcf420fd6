import { createContext, type ReactNode, use } from 'react'
import type { Api } from './client.ts'

const Context = createContext<Api | null>(null)

/** Hands the service to everything below. */
export function ApiProvider({ api, children }: { api: Api; children: ReactNode }) {
  return <Context value={api}>{children}</Context>
}

/** The service. */
export function useApi(): Api {
  const api = use(Context)
  if (api === null) throw new Error('There is no ApiProvider above.')
  return api
}
