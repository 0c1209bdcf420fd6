import { useQueryClient } from '@tanstack/react-query'
import { type ComponentType, useEffect, useState } from 'react'
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter'
import { useApi } from './api/context.tsx'
import { followEvents, type LiveState } from './api/live.ts'
import { CorrectPage } from './pages/imports/correct-page.tsx'
import { ImportPage } from './pages/imports/import-page.tsx'
import { ImportsPage } from './pages/imports/imports-page.tsx'
import { ItemPage } from './pages/items/item-page.tsx'
import { ItemsPage } from './pages/items/items-page.tsx'
import { DeadLettersPage } from './pages/jobs/dead-letters-page.tsx'
import { JobPage } from './pages/jobs/job-page.tsx'
import { JobsPage } from './pages/jobs/jobs-page.tsx'
import { NotFoundPage } from './pages/not-found-page.tsx'
import { OverviewPage } from './pages/overview/overview-page.tsx'
import { SchedulesPage } from './pages/schedules/schedules-page.tsx'
import { SettingsPage } from './pages/settings/settings-page.tsx'
import { SourcePage } from './pages/sources/source-page.tsx'
import { SupplierPage } from './pages/suppliers/supplier-page.tsx'
import { SuppliersPage } from './pages/suppliers/suppliers-page.tsx'
import { UploadPage } from './pages/upload/upload-page.tsx'
import type { PagePath } from './pages.ts'
import { useIdentity } from './session/session.ts'
import { SetupPage } from './session/setup-page.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import { ErrorState } from './ui/error-state.tsx'
import { Shell } from './ui/shell.tsx'
import { Skeleton } from './ui/skeleton.tsx'

/** What is shown at each address; every address of pages.ts has one. */
const pages: Record<Exclude<PagePath, '/sign-in' | '/setup'>, ComponentType> = {
  '/': OverviewPage,
  '/upload': UploadPage,
  '/imports': ImportsPage,
  '/imports/:id': ImportPage,
  '/imports/:id/correct': CorrectPage,
  '/suppliers': SuppliersPage,
  '/suppliers/:id': SupplierPage,
  '/sources/:id': SourcePage,
  '/items': ItemsPage,
  '/items/:id': ItemPage,
  '/jobs': JobsPage,
  '/jobs/:id': JobPage,
  '/dead-letters': DeadLettersPage,
  '/schedules': SchedulesPage,
  '/settings': SettingsPage,
  '/settings/:section': SettingsPage,
}

/** Everything: who is let in, and which page they see. */
export function App() {
  return (
    <Switch>
      <Route path="/sign-in" component={SignInPage} />
      <Route path="/setup" component={SetupPage} />
      <Route component={Inside} />
    </Switch>
  )
}

/** The pages behind the entrance. */
function Inside() {
  const { identity, error, retry } = useIdentity()
  const [path] = useLocation()
  const search = useSearch()
  if (identity === undefined)
    return (
      <main className="mx-auto max-w-xl p-6">
        {error ? <ErrorState error={error} onRetry={retry} /> : <Skeleton lines={6} />}
      </main>
    )
  if (identity === null) {
    const here = search === '' ? path : `${path}?${search}`
    return <Redirect to={here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`} replace />
  }
  return <LivePages path={path} />
}

function LivePages({ path }: { path: string }) {
  const api = useApi()
  const queries = useQueryClient()
  const [live, setLive] = useState<LiveState>('connecting')
  useEffect(() => followEvents(api, queries, setLive), [api, queries])
  return (
    <Shell live={live}>
      <ErrorBoundary key={path}>
        <Switch>
          {Object.entries(pages).map(([page, Page]) => (
            <Route key={page} path={page}>
              <Page />
            </Route>
          ))}
          <Route component={NotFoundPage} />
        </Switch>
      </ErrorBoundary>
    </Shell>
  )
}
