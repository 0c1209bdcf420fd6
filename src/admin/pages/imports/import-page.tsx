import type { ReactNode } from 'react'
import { useParams } from 'wouter'
import type { Answer } from '../../api/routes.ts'
import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { countText } from '../../format/number.ts'
import { durationText } from '../../format/time.ts'
import { useMay } from '../../session/session.ts'
import { StateBadge } from '../../ui/badge.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { Hash } from '../../ui/copy.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Link } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import { ChangesTab } from './changes-tab.tsx'
import { CorrectLink, canCorrect } from './correct-link.tsx'
import { Counts } from './counts.tsx'
import { DecisionTab } from './decision-tab.tsx'
import { HeldCard } from './held-card.tsx'
import { ImportActions } from './import-actions.tsx'
import { Phases } from './phases.tsx'
import { RejectsTab } from './rejects-tab.tsx'

export type Import = Answer<'/api/v1/imports/:id'>

const underWayMs = 1000

/** What became of one list. */
export function ImportPage() {
  const { id = '' } = useParams()
  const read = useRead('/api/v1/imports/:id', { params: { id } })
  const isUnderWay = read.data?.status === 'pending' || read.data?.status === 'running'
  // It moves on by the second; events tell of its states only.
  useRead('/api/v1/imports/:id', { params: { id } }, { everyMs: underWayMs, isEnabled: isUnderWay })
  const { data, error } = read
  if (data === undefined)
    return (
      <>
        <PageHeader title="Import" back={back} />
        {error === null ? <Skeleton lines={8} /> : <ErrorState error={error} onRetry={read.retry} />}
      </>
    )
  return (
    <>
      <PageHeader
        title={data.file_name}
        back={back}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <StateBadge state={data.status} />
            <Link href={`/suppliers/${data.supplier_id}`}>{data.supplier}</Link>
            <Time at={data.created_at} />
          </span>
        }
        actions={<ImportActions found={data} curl={read.curl} />}
      />
      {read.error !== null && (
        <div className="mb-4">
          <ErrorState error={read.error} onRetry={read.retry} />
        </div>
      )}
      <div className="space-y-5">
        <Told found={data} etag={read.etag} />
        {data.status !== 'pending' && data.counts.read > 0 && <Counts found={data} />}
        {!isUnderWay && data.status !== 'unchanged' && <Details found={data} />}
        <Origin found={data} />
      </div>
    </>
  )
}

const back = { href: '/imports', label: 'Imports' }

/** What a person should know first. @param etag of what they look at */
function Told({ found, etag }: { found: Import; etag: string | undefined }) {
  const mayCorrect = useMay('operator')
  const { status, progress, error, same_as_import_id: same, corrects, corrected_by: correctedBy } = found
  if (status === 'pending' || status === 'running') {
    const percent = progress?.percentage ?? null
    return (
      <Phases
        phase={progress?.phase ?? 'waiting'}
        share={percent === null ? null : percent / 100}
        rows={progress?.rows ?? null}
      />
    )
  }
  return (
    <>
      {status === 'held' && <HeldCard found={found} etag={etag} />}
      {error !== null && (
        <div role="alert" className="rounded-lg border border-bad/40 bg-bad-soft p-4">
          <p className="flex items-center gap-2 font-semibold text-bad">
            <Icon name="warning" />
            This list could not be taken
          </p>
          <p className="mt-1 max-w-prose break-words">{pageText(error.message)}</p>
          <p className="mt-2 font-mono text-xs text-muted">{error.code}</p>
          {mayCorrect && canCorrect(found) && (
            <div className="mt-3">
              <CorrectLink id={found.id} />
            </div>
          )}
        </div>
      )}
      {status === 'unchanged' && (
        <Card>
          Nothing has changed: it is the same list as{' '}
          {same === null ? 'the last one' : <Link href={`/imports/${same}`}>the last one</Link>}.
        </Card>
      )}
      {corrects !== null && (
        <Card>
          It brings corrected rows of <Link href={`/imports/${corrects}`}>another import</Link>, and nothing
          else.
        </Card>
      )}
      {correctedBy.map((id) => (
        <Card key={id}>
          Rejected rows of it came in later, corrected: <Link href={`/imports/${id}`}>see that import</Link>.
        </Card>
      ))}
    </>
  )
}

function Details({ found }: { found: Import }) {
  const { rejected } = found.counts
  return (
    <Tabs
      label="About this import"
      tabs={[
        { name: 'changes', label: found.status === 'held' ? 'What it would change' : 'Changes' },
        { name: 'rejected', label: `Rejected (${countText(rejected)})` },
        { name: 'reading', label: 'How it was read' },
      ]}
    >
      {(current) =>
        current === 'rejected' ? (
          <RejectsTab found={found} />
        ) : current === 'reading' ? (
          <DecisionTab found={found} />
        ) : (
          <ChangesTab found={found} />
        )
      }
    </Tabs>
  )
}

const readers = {
  command: 'the command line',
  analyzer: 'the analyzer',
  child: 'this service, without HTTP',
  remote: 'another analyzer',
}

function Origin({ found }: { found: Import }) {
  const { finished_at: finished, created_at: created, analyzed_by: by, sha256 } = found
  const took = finished === null ? null : new Date(finished).getTime() - new Date(created).getTime()
  return (
    <Card title="Where it comes from">
      <Facts
        facts={[
          [
            'Supplier',
            <Link key="supplier" href={`/suppliers/${found.supplier_id}`}>
              {found.supplier}
            </Link>,
          ],
          [
            'Source',
            <Link key="source" href={`/sources/${found.source_id}`}>
              {found.source}
            </Link>,
          ],
          [
            'Covers',
            found.list_mode === 'full'
              ? 'The whole range: what it does not name is gone'
              : 'A part of the range',
          ],
          ['Arrived', <Time key="came" at={created} look="instant" />],
          ...(found.published_at === null
            ? []
            : [
                ['Published', <Time key="published" at={found.published_at} look="instant" />] as [
                  string,
                  ReactNode,
                ],
              ]),
          ...(took === null ? [] : [['Took', durationText(took)] as [string, string]]),
          ...(by === null ? [] : [['Read by', readers[by]] as [string, string]]),
          ...(found.fallback_reason === null
            ? []
            : [['Why not otherwise', found.fallback_reason] as [string, string]]),
          ...(sha256 === null
            ? []
            : [['File’s SHA-256', <Hash key="sha" value={sha256} label="SHA-256" />] as [string, ReactNode]]),
        ]}
      />
    </Card>
  )
}
