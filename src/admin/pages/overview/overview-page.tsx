import { useRead } from '../../api/use-read.ts'
import { useMay } from '../../session/session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { ButtonLink } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { HealthStats } from './health-stats.tsx'
import { HeldImports } from './held-imports.tsx'
import { SupplierTable } from './supplier-table.tsx'
import { SyncNow } from './sync-now.tsx'
import { Troubles } from './troubles.tsx'

/** What arrived, what changed, what is wrong; what waits for a person comes first. */
export function OverviewPage() {
  const health = useRead('/api/v1/ingestion/health', {})
  const mayChange = useMay('operator')
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          mayChange && (
            <>
              <SyncNow />
              <ButtonLink href="/upload" icon="upload" look="primary">
                Upload a list
              </ButtonLink>
            </>
          )
        }
      />
      <div className="space-y-5">
        {health.error && <ErrorState error={health.error} onRetry={health.retry} />}
        {health.data ? <HealthStats health={health.data} /> : !health.error && <Skeleton lines={3} />}
        <HeldImports />
        <Troubles health={health.data} />
        <SupplierTable />
      </div>
    </>
  )
}
