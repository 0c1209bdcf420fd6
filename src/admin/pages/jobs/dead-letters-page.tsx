import { useState } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { countOf, countText } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import { useMay } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Link } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Time } from '../../ui/time.tsx'
import { useToast } from '../../ui/toast.tsx'
import { adviceFor } from './advice.ts'

type Group = Answer<'/api/v1/dead-letters'>['dead_letters'][number]

/** Jobs that are not tried again by themselves, by why. */
export function DeadLettersPage() {
  const read = useRead('/api/v1/dead-letters', {})
  const groups = read.data?.dead_letters
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="Jobs that failed and are not tried again by themselves. Mend what is wrong, then retry all of one cause at once."
        actions={
          <ExportMenu
            address={{
              path: '/api/v1/exports/jobs',
              params: {},
              query: { status: 'dead', discarded: false },
            }}
            curl={read.curl}
          />
        }
      />
      {read.error !== null && <ErrorState error={read.error} onRetry={read.retry} />}
      {groups === undefined && read.error === null && <Skeleton lines={6} />}
      {groups?.length === 0 && (
        <Card isFlush>
          <EmptyState icon="check" title="No dead letters">
            Everything that failed was tried again, or given up by a person.
          </EmptyState>
        </Card>
      )}
      <div className="space-y-5">
        {groups?.map((group) => (
          <DeadLetterCard key={group.cause} group={group} />
        ))}
      </div>
    </>
  )
}

function DeadLetterCard({ group }: { group: Group }) {
  const mayOperate = useMay('operator')
  const toast = useToast()
  const [isAsked, setAsked] = useState(false)
  const body = { cause: group.cause }
  const retry = useChange('POST', '/api/v1/dead-letters/retry', {
    onDone({ retried, refused, has_more: hasMore }) {
      if (retried > 0)
        toast.good(
          `${countOf(retried, 'job')} will be tried again.${hasMore ? ' There are more: press once more.' : ''}`,
        )
      const [first] = refused
      if (first !== undefined)
        toast.bad(`${countOf(refused.length, 'job')} refused. The first: ${first.message}`)
    },
  })
  const discard = useChange('POST', '/api/v1/dead-letters/discard', {
    done: ({ discarded }) => `${countOf(discarded, 'dead letter')} given up.`,
    onDone: () => setAsked(false),
  })
  const jobs = `/jobs?${new URLSearchParams({ status: 'dead', cause: group.cause, discarded: 'false' })}`
  return (
    <section className="rounded-lg border border-line bg-surface" aria-label={group.cause}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3">
        <p className="text-2xl font-semibold text-bad">{countText(group.count)}</p>
        <div className="mr-auto min-w-0">
          <h2 className="text-lg font-semibold">{sentenceCase(group.code)}</h2>
          <p className="text-sm text-muted">
            last <Time at={group.last_at} />, first <Time at={group.first_at} />
          </p>
        </div>
        <Badge tone="bad">{sentenceCase(group.kind)}</Badge>
        {mayOperate && (
          <div className="flex gap-2">
            <Button icon="trash" onClick={() => setAsked(true)}>
              Discard {group.count > 1 ? 'all' : ''}
            </Button>
            <Button look="primary" icon="retry" isBusy={retry.isRunning} onClick={() => retry.run({ body })}>
              Retry {group.count > 1 ? 'all' : ''}
            </Button>
          </div>
        )}
      </header>
      <div className="space-y-3 p-4">
        <p className="max-w-prose break-words">
          {group.example.error && pageText(group.example.error.message)}{' '}
          <span className="text-muted">
            (<Link href={`/jobs/${group.example.job_id}`}>{group.example.supplier}</Link>)
          </span>
        </p>
        <p className="max-w-prose text-muted">{adviceFor(group.kind)}</p>
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          {group.kind === 'validation' && (
            <Link href={`/imports/${group.example.import_id}`}>
              {group.count === 1 ? 'Correct how it is read' : 'Correct how the last one is read'}
            </Link>
          )}
          <Link href={jobs}>
            {group.count === 1 ? 'Show it in the list of jobs' : `Show all ${countText(group.count)}`}
          </Link>
        </p>
      </div>
      <ConfirmDialog
        isOpen={isAsked}
        title={`Discard ${countOf(group.count, 'dead letter')}?`}
        action="Discard"
        isDangerous
        isBusy={discard.isRunning}
        onConfirm={() => discard.run({ body })}
        onClose={() => setAsked(false)}
      >
        They are marked as given up and no longer counted. Nothing is deleted: each can still be tried again.
      </ConfirmDialog>
    </section>
  )
}
