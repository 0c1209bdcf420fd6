import { useRead } from '../../api/use-read.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'

/** What a schedule did, newest first. @param name as the API calls it */
export function TicksDialog({ name, title, onClose }: { name: string; title: string; onClose(): void }) {
  const read = useRead('/api/v1/schedules/:name/ticks', { params: { name }, query: { limit: 50 } })
  const ticks = read.data?.ticks
  return (
    <Dialog isOpen isWide title={`What “${title}” did`} onClose={onClose}>
      {read.error !== null && <ErrorState error={read.error} onRetry={read.retry} />}
      {ticks === undefined && read.error === null && <Skeleton lines={5} />}
      {ticks?.length === 0 && <EmptyState icon="schedules" title="It has not been due yet" />}
      {ticks !== undefined && ticks.length > 0 && (
        <>
          <div className="mb-3 flex justify-end">
            <ExportMenu
              size="sm"
              address={{ path: '/api/v1/exports/schedules/:name/ticks', params: { name }, query: {} }}
              curl={read.curl}
            />
          </div>
          <Table
            caption={`What ${title} did`}
            rows={ticks}
            rowKey={({ minute }) => minute}
            columns={[
              { key: 'due', header: 'Due', cell: ({ minute }) => <Time at={minute} look="instant" /> },
              {
                key: 'outcome',
                header: 'What came of it',
                cell: ({ outcome }) => <StateBadge state={outcome} />,
              },
              { key: 'note', header: 'Note', width: 'min-w-40', cell: ({ note }) => note ?? '' },
            ]}
          />
        </>
      )}
    </Dialog>
  )
}
