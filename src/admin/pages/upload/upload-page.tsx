import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { ApiError } from '../../api/api-error.ts'
import { useApi } from '../../api/context.tsx'
import { requestKey } from '../../api/request-key.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useRead } from '../../api/use-read.ts'
import { bytesText } from '../../format/number.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Switch } from '../../ui/checkbox.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Select } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useToast } from '../../ui/toast.tsx'
import { Phases } from '../imports/phases.tsx'
import { SupplierField } from '../suppliers/supplier-field.tsx'
import { type Supplier, useNamedSupplier } from '../suppliers/use-named-supplier.ts'
import { GivenCard } from './given-card.tsx'
import { PreviewCard } from './preview-card.tsx'
import { publish } from './publish.ts'
import { linkName, noReading, type Reading } from './reading.ts'
import { useFileDrop } from './use-file-drop.ts'
import { type Given, usePreview } from './use-preview.ts'

/** From a file or a link to a published list. */
export function UploadPage() {
  const [given, setGiven] = useState<Given | null>(null)
  /** Each that is given is another one, also under the same name. */
  const [no, setNo] = useState(0)
  const isSending = useRef(false)
  const mayUpload = useMay('operator')
  const give = (next: Given | null) => {
    setGiven(next)
    setNo((last) => last + 1)
  }
  // What is being sent is seen through first.
  const isOver = useFileDrop((file) => mayUpload && !isSending.current && give({ kind: 'file', file }))
  if (!mayUpload)
    return (
      <>
        <PageHeader title="Upload a list" />
        <EmptyState icon="upload" title="You may look, but not hand lists in">
          Ask an administrator for the role of an operator.
        </EmptyState>
      </>
    )
  if (given === null)
    return (
      <>
        <PageHeader
          title="Upload a list"
          description="You see how it is read, and can put it right, before anything is published."
        />
        <GivenCard isOver={isOver} onGiven={give} />
      </>
    )
  return (
    <GivenList
      key={no}
      given={given}
      onOther={() => give(null)}
      onSending={(is) => {
        isSending.current = is
      }}
    />
  )
}

function GivenList({
  given,
  onOther,
  onSending,
}: {
  given: Given
  onOther(): void
  onSending(is: boolean): void
}) {
  const api = useApi()
  const [, navigate] = useLocation()
  const [{ supplier: named }] = useAddressState(['supplier'])
  const [supplier, setSupplier] = useState(named ?? '')
  const [listMode, setListMode] = useState<'full' | 'partial'>('partial')
  /** Null: nobody has touched the switch. */
  const [usesAnalyzer, setUsesAnalyzer] = useState<boolean | null>(null)
  const [reading, setReading] = useState<Reading>(noReading)
  /** How much of the file has gone; null: nothing is being sent. */
  const [sent, setSent] = useState<number | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [isAsked, setAsked] = useState(false)
  const toast = useToast()
  const sending = useRef<AbortController | null>(null)
  /** The key stays for as long as the same is handed in, and nobody knows whether it came. */
  const known = useRef<{ said: string; key: string } | null>(null)
  const isHere = useRef(true)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  const owner = useNamedSupplier(supplier)
  // Only a known one has anything to say about how its lists are read; a link is not fetched anew at every letter.
  const state = usePreview(given, reading, owner?.name ?? '')
  const isMissing = supplier.trim() === ''
  const own = useOwnAnalyzer(owner, given)
  const byAnalyzer = usesAnalyzer ?? own ?? true

  const title = given.kind === 'file' ? given.file.name : given.link

  const send = async () => {
    setAsked(true)
    if (isMissing) {
      document.querySelector<HTMLInputElement>('main [role="combobox"]')?.focus()
      return
    }
    setError(null)
    setSent(0)
    onSending(true)
    const said = JSON.stringify({ supplier, listMode, usesAnalyzer, reading })
    if (known.current?.said !== said) known.current = { said, key: requestKey() }
    const leaving = new AbortController()
    sending.current = leaving
    try {
      const handover = { given, supplier, listMode, usesAnalyzer, reading, key: known.current.key }
      const id = await publish(api, handover, setSent, leaving.signal)
      // Whoever has gone elsewhere meanwhile is told, and left there.
      if (isHere.current) navigate(`/imports/${id}`)
      else toast.good(`${title} is handed in.`)
    } catch (caught) {
      const failure = caught instanceof Error ? caught : new Error(String(caught))
      if (failure instanceof ApiError && failure.failure.status !== 0) known.current = null
      setSent(null)
      if (leaving.signal.aborted) return
      if (isHere.current) setError(failure)
      else toast.bad(failure)
    } finally {
      onSending(false)
    }
  }

  return (
    <>
      <PageHeader
        title="Upload a list"
        actions={
          <>
            {sent !== null && sent < 1 && given.kind === 'file' ? (
              <Button onClick={() => sending.current?.abort()}>Cancel</Button>
            ) : (
              <Button onClick={onOther} disabled={sent !== null}>
                Another file
              </Button>
            )}
            <Button look="primary" icon="check" isBusy={sent !== null} onClick={send}>
              Publish
            </Button>
          </>
        }
      />
      <div className="space-y-5">
        {sent !== null && (
          <Phases phase="downloading" share={given.kind === 'file' ? sent : null} rows={null} />
        )}
        <Card>
          <p className="mb-4 flex items-center gap-2 font-medium">
            <Icon name={given.kind === 'file' ? 'file' : 'link'} />
            <span className="min-w-0 break-all">{title}</span>
            {given.kind === 'file' && (
              <span className="font-normal text-muted">{bytesText(given.file.size)}</span>
            )}
          </p>
          <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
            <div>
              <SupplierField
                value={supplier}
                error={isAsked && isMissing ? 'Whose list is it?' : null}
                onChange={setSupplier}
              />
            </div>
            <Select
              label="What it covers"
              value={listMode}
              hint={
                listMode === 'full'
                  ? 'Items that it does not name are marked as gone.'
                  : 'Items that it does not name stay as they are.'
              }
              choices={[
                { value: 'partial', label: 'A part of the range' },
                { value: 'full', label: 'The whole range' },
              ]}
              onChange={(event) => setListMode(event.target.value === 'full' ? 'full' : 'partial')}
            />
            <div className="lg:pt-6">
              <Switch
                label="Process via analyzer (ML)"
                hint={analyzerHint(usesAnalyzer, own)}
                checked={byAnalyzer}
                onChange={(event) => setUsesAnalyzer(event.target.checked)}
              />
            </div>
          </div>
          {error !== null && (
            <div className="mt-4">
              <ErrorLine error={error} />
            </div>
          )}
        </Card>
        <PreviewCard state={state} reading={reading} onChange={setReading} />
      </div>
    </>
  )
}

/** What is known of who reads the lists of a supplier and its source; null: nobody has said. */
function useOwnAnalyzer(owner: Supplier | null | undefined, given: Given): boolean | null {
  const name = given.kind === 'file' ? 'upload' : linkName(given.link)
  const sources = useRead(
    '/api/v1/sources',
    { query: { supplier_id: owner?.id ?? '', name, limit: 1 } },
    { isEnabled: owner !== null && owner !== undefined, everyMs: 60_000 },
  )
  if (owner === null || owner === undefined) return null
  const source = sources.isStale ? undefined : sources.data?.sources[0]
  return source?.uses_analyzer ?? owner.uses_analyzer
}

function analyzerHint(said: boolean | null, own: boolean | null): string {
  const byAnalyzer = 'Read by the analyzer'
  const without = 'Read in this service, without HTTP'
  if (said !== null) return `${said ? byAnalyzer : without}.`
  if (own !== null) return `${own ? byAnalyzer : without}, as this supplier’s lists are.`
  return `${byAnalyzer}, unless the service is set otherwise.`
}
