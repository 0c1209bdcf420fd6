import './styles.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/api-error.ts'
import { openApi } from './api/client.ts'
import { ApiProvider } from './api/context.tsx'
import { openCredentials } from './api/credentials.ts'
import { openEarlyAnswers } from './api/early-answers.ts'
import { App } from './app.tsx'
import { identityKey } from './session/session.ts'
import { ToastProvider } from './ui/toast.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused is refused again; what did not get through may do so a moment later.
      retry: (count, error) =>
        count < 1 && !(error instanceof ApiError && error.failure.code !== 'unreachable'),
      staleTime: 2000,
      // Asked in any case: whether a browser thinks it is online says nothing of a service on the same machine.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

const api = openApi({
  credentials: openCredentials(),
  onUnauthorized: () => queries.setQueryData(identityKey, null),
  async onOtherSession() {
    await queries.invalidateQueries({ queryKey: identityKey })
    void queries.invalidateQueries()
  },
  early: openEarlyAnswers(),
})

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no root.')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ApiProvider api={api}>
        <ToastProvider>
          <App />
        </ToastProvider>
      </ApiProvider>
    </QueryClientProvider>
  </StrictMode>,
)
