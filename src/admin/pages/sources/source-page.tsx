import { useState } from 'react'
import { useLocation, useParams } from 'wouter'
import { useChange } from '../../api/use-change.ts'
import { useList } from '../../api/use-list.ts'
import { useRead } from '../../api/use-read.ts'
import { useMay } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Switch } from '../../ui/checkbox.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorLine, ErrorState } from '../../ui/error-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Link } from '../../ui/link.tsx'
import { MenuItem } from '../../ui/menu.tsx'
import { MoreMenu } from '../../ui/more-menu.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ListTable } from '../../ui/table.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import type { Source } from '../suppliers/supplier.ts'
import { importColumns } from '../suppliers/supplier-page.tsx'
import { DeleteSourceDialog } from './delete-source-dialog.tsx'
import { NewSourcePage } from './new-source-page.tsx'
import { RunProgress } from './run-progress.tsx'
import { scheduleText } from './schedule-text.ts'
import { kindNames } from './source-fields.tsx'
import { SourceSettings } from './source-settings.tsx'
import { type TestResult, TestResultCard } from './test-result.tsx'

/** A source: when it is fetched, what came of it, and its settings. At `/sources/new`, one that is yet to be. */
export function SourcePage() {
  const { id = '' } = useParams()
  return id === 'new' ? <NewSourcePage /> : <KnownSource id={id} />
}

function KnownSource({ id }: { id: string }) {
  const read = useRead('/api/v1/sources/:id', { params: { id } })
  if (read.data !== undefined)
    return (
      <>
        {read.error !== null && (
          <div className="mb-4">
            <ErrorState error={read.error} onRetry={read.retry} />
          </div>
        )}
        <SourceView source={read.data} etag={read.etag} curl={read.curl} />
      </>
    )
  return (
    <>
      <PageHeader title="Source" back={{ href: '/suppliers?tab=sources', label: 'Sources' }} />
      {read.error === null ? <Skeleton lines={8} /> : <ErrorState error={read.error} onRetry={read.retry} />}
    </>
  )
}

function SourceView({ source, etag, curl }: { source: Source; etag: string | undefined; curl: string }) {
  const { id } = source
  const params = { id }
  const mayOperate = useMay('operator')
  const [, navigate] = useLocation()
  const [isDeleting, setDeleting] = useState(false)
  const [jobId, setJobId] = useState<string | null>(null)
  const [result, setResult] = useState<TestResult | null>(null)
  const isFetched = source.kind !== 'upload'
  const trigger = useChange('POST', '/api/v1/sources/:id/trigger', {
    isKeyed: true,
    onDone: ({ started: [first] }) => setJobId(first?.job_id ?? null),
  })
  const pause = useChange('POST', '/api/v1/sources/:id/pause', { done: 'The source is paused.' })
  const resume = useChange('POST', '/api/v1/sources/:id/resume', { done: 'The source goes on.' })
  const test = useChange('POST', '/api/v1/sources/:id/test', { showsErrors: true, onDone: setResult })
  return (
    <>
      <PageHeader
        title={source.name}
        back={{ href: `/suppliers/${source.supplier_id}`, label: source.supplier }}
        description={
          <>
            {kindNames[source.kind] ?? source.kind}
            {source.paused_at !== null && (
              <span className="ml-2">
                <Badge tone="warn">Paused</Badge>
              </span>
            )}
          </>
        }
        actions={
          <>
            {mayOperate && isFetched && (
              <Button icon="play" isBusy={test.isRunning} onClick={() => test.run({ params })}>
                Test
              </Button>
            )}
            {mayOperate && (
              <>
                {source.paused_at === null ? (
                  <Button icon="pause" isBusy={pause.isRunning} onClick={() => pause.run({ params })}>
                    Pause
                  </Button>
                ) : (
                  <Button icon="play" isBusy={resume.isRunning} onClick={() => resume.run({ params })}>
                    Resume
                  </Button>
                )}
                {isFetched && (
                  <Button
                    look="primary"
                    icon="download"
                    disabled={source.paused_at !== null}
                    isBusy={trigger.isRunning}
                    onClick={() => trigger.run({ params })}
                  >
                    Fetch now
                  </Button>
                )}
              </>
            )}
            <MoreMenu curl={curl}>
              {mayOperate && (
                <MenuItem icon="trash" onChoose={() => setDeleting(true)}>
                  Delete source …
                </MenuItem>
              )}
            </MoreMenu>
          </>
        }
      />
      <div className="space-y-5">
        {source.declared_in !== null && (
          <p className="rounded-lg border border-line bg-info-soft p-3">
            It is declared in <code>{source.declared_in}</code>: what is said there counts, so change it
            there.
          </p>
        )}
        {jobId !== null && <RunProgress jobId={jobId} />}
        {test.error !== null && <ErrorLine error={test.error} />}
        {result !== null && test.error === null && (
          <TestResultCard result={result} onClose={() => setResult(null)} />
        )}
        <Tabs
          label={source.name}
          tabs={[
            { name: 'overview', label: 'Overview' },
            ...(mayOperate ? [{ name: 'settings', label: 'Settings' }] : []),
          ]}
        >
          {(current) =>
            current === 'settings' ? (
              <SourceSettings source={source} etag={etag} />
            ) : (
              <Overview source={source} etag={etag} mayOperate={mayOperate} />
            )
          }
        </Tabs>
      </div>
      {isDeleting && (
        <DeleteSourceDialog
          source={source}
          onClose={() => setDeleting(false)}
          onDone={() => navigate(`/suppliers/${source.supplier_id}`)}
        />
      )}
    </>
  )
}

function Overview({
  source,
  etag,
  mayOperate,
}: {
  source: Source
  etag: string | undefined
  mayOperate: boolean
}) {
  const imports = useList(
    '/api/v1/imports',
    'imports',
    { query: { source_id: source.id } },
    { limit: 10, cursorName: 'imports_cursor' },
  )
  const edit = useChange('PATCH', '/api/v1/sources/:id', { done: 'Saved.' })
  const supplier = useRead('/api/v1/suppliers/:id', { params: { id: source.supplier_id } })
  const analyzer = source.uses_analyzer ?? supplier.data?.uses_analyzer ?? true
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[1fr_2fr]">
      <div className="space-y-5">
        <Card title="When it is fetched">
          {source.kind === 'upload' ? (
            <p>
              Its lists are handed in:{' '}
              <Link href={`/upload?supplier=${encodeURIComponent(source.supplier)}`}>upload one</Link>.
            </p>
          ) : (
            <>
              <p>
                {source.schedule === null
                  ? 'Only when asked for.'
                  : `Fetched ${scheduleText(source.schedule)}`}
                {source.schedule !== null && source.time_zone !== null && ` (${source.time_zone})`}
              </p>
              {source.next_runs.length > 0 && (
                <>
                  <h3 className="mt-3 mb-1 font-semibold">Next times</h3>
                  <ol className="space-y-1">
                    {source.next_runs.map((at) => (
                      <li key={at}>
                        <Time at={at} look="instant" />
                      </li>
                    ))}
                  </ol>
                </>
              )}
              {source.paused_at !== null && (
                <p className="mt-3 text-warn">
                  Paused since <Time at={source.paused_at} />: they are skipped.
                </p>
              )}
            </>
          )}
        </Card>
        <Card title="Reading">
          <Switch
            label="Process via analyzer (ML)"
            hint={source.uses_analyzer === null ? 'As the supplier’s lists are.' : 'Set for this source.'}
            checked={analyzer}
            disabled={!mayOperate || edit.isRunning}
            onChange={(event) =>
              edit.run(
                { params: { id: source.id }, body: { uses_analyzer: event.target.checked } },
                { ifMatch: etag },
              )
            }
          />
          <p className="mt-3 text-muted">
            {source.list_mode === 'full'
              ? 'Its lists are full: what they do not name is marked as gone.'
              : 'Its lists are partial: they speak only for the items they name.'}
          </p>
          <Remembered remembered={source.remembered} />
        </Card>
      </div>
      <Card
        title="Last imports"
        isFlush
        actions={<ExportMenu size="sm" address={imports.exportAddress} curl={imports.read.curl} />}
      >
        <ListTable
          list={imports}
          what="import"
          caption={`Last imports of ${source.name}`}
          columns={importColumns}
          rowKey={(row) => row.id}
          rowHref={(row) => `/imports/${row.id}`}
          empty={<EmptyState icon="imports" title="Nothing has come in yet" />}
        />
      </Card>
    </div>
  )
}

/** What people have said about how its lists are read. */
function Remembered({ remembered }: { remembered: Source['remembered'] }) {
  const columns = Object.entries(remembered.map)
  if (columns.length === 0) return null
  return (
    <>
      <h3 className="mt-3 mb-1 font-semibold">Columns that people said</h3>
      <ul className="space-y-0.5 text-sm">
        {columns.map(([field, column]) => (
          <li key={field}>
            <span className="text-muted">{field} ←</span> {column ?? 'none'}
          </li>
        ))}
      </ul>
    </>
  )
}
