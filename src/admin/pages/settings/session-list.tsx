import { useState } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RowsExport } from '../../ui/rows-export.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { deviceText } from './device-text.ts'

type Session = Answer<'/api/v1/sessions'>['sessions'][number]

/** Where you are signed in, and a way out of all of it. */
export function SessionList() {
  const [isAsked, setAsked] = useState(false)
  const read = useRead('/api/v1/sessions', {})
  const end = useChange('DELETE', '/api/v1/sessions/:id', { done: 'The session has ended.' })
  // Whoever has left is shown the entrance by the next answer.
  const endAll = useChange('DELETE', '/api/v1/sessions', { onDone: () => location.assign('/sign-in') })
  const sessions = read.data?.sessions
  return (
    <Card
      title="Where you are signed in"
      isFlush
      actions={
        <>
          <RowsExport rows={sessions ?? []} name="sessions" curl={read.curl} />
          <Button size="sm" look="danger" icon="leave" onClick={() => setAsked(true)}>
            Sign out everywhere
          </Button>
        </>
      }
    >
      {sessions === undefined ? (
        <div className="p-4">
          {read.error === null ? (
            <Skeleton lines={3} />
          ) : (
            <ErrorState error={read.error} onRetry={read.retry} />
          )}
        </div>
      ) : (
        <Table
          caption="Your sessions"
          rows={sessions}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'device',
              header: 'With',
              width: 'min-w-36',
              cell: ({ user_agent: agent, is_current: isCurrent }: Session) => (
                <>
                  {deviceText(agent)} {isCurrent && <Badge tone="good">This one</Badge>}
                </>
              ),
            },
            { key: 'address', header: 'From', hide: 'phone', cell: ({ address }: Session) => address ?? '–' },
            { key: 'seen', header: 'Last used', cell: ({ last_seen_at: at }: Session) => <Time at={at} /> },
            {
              key: 'begun',
              header: 'Signed in',
              hide: 'phone',
              cell: ({ created_at: at }: Session) => <Time at={at} look="instant" />,
            },
            {
              key: 'ends',
              header: 'Ends',
              hide: 'tablet',
              cell: ({ expires_at: at }: Session) => <Time at={at} look="date" />,
            },
            {
              key: 'end',
              header: <span className="sr-only">End</span>,
              align: 'end',
              cell: ({ id, is_current: isCurrent, user_agent: agent }: Session) =>
                isCurrent ? null : (
                  <Button
                    size="sm"
                    aria-label={`End the session with ${deviceText(agent)}`}
                    onClick={() => end.run({ params: { id } })}
                  >
                    End
                  </Button>
                ),
            },
          ]}
        />
      )}
      <ConfirmDialog
        isOpen={isAsked}
        title="Sign out everywhere?"
        action="Sign out everywhere"
        isDangerous
        isBusy={endAll.isRunning}
        onConfirm={() => endAll.run({})}
        onClose={() => setAsked(false)}
      >
        All your sessions end, this one too. API tokens stay.
      </ConfirmDialog>
    </Card>
  )
}
