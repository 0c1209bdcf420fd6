import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useAddressState } from '../../api/use-address-state.ts'
import { useChange } from '../../api/use-change.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { additionOf, newDraft } from './source-draft.ts'
import { SourceFields } from './source-fields.tsx'
import { type TestResult, TestResultCard } from './test-result.tsx'

/** A source that is yet to be: it can be tried before it is added. */
export function NewSourcePage() {
  const mayOperate = useMay('operator')
  const [, navigate] = useLocation()
  const [{ supplier }] = useAddressState(['supplier'])
  const [draft, setDraft] = useState(() => newDraft(supplier ?? ''))
  const [result, setResult] = useState<TestResult | null>(null)
  const add = useChange('POST', '/api/v1/sources', {
    done: 'The source is added.',
    showsErrors: true,
    isKeyed: true,
    onDone: ({ id }) => navigate(`/sources/${id}`),
  })
  const test = useChange('POST', '/api/v1/sources/test', { showsErrors: true, onDone: setResult })
  const back = { href: '/suppliers?tab=sources', label: 'Sources' }
  if (!mayOperate)
    return (
      <>
        <PageHeader title="Add a source" back={back} />
        <EmptyState icon="key" title="Only operators add sources">
          Ask an administrator if you should.
        </EmptyState>
      </>
    )
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    test.reset()
    add.run({ body: additionOf(draft) })
  }
  const isNamed = draft.supplier.trim() !== '' && draft.name.trim() !== ''
  return (
    <>
      <PageHeader
        title="Add a source"
        back={back}
        description="Where a supplier’s lists come from. Nothing is fetched until it is due, or you ask for it."
      />
      <div className="space-y-5">
        <Card>
          <form onSubmit={send} className="max-w-3xl">
            <SourceFields draft={draft} isNew error={add.error ?? test.error} onChange={setDraft} />
            <div className="mt-6 flex flex-wrap gap-2">
              <Button look="primary" type="submit" isBusy={add.isRunning}>
                Add source
              </Button>
              {draft.kind !== 'upload' && (
                <Button
                  icon="play"
                  isBusy={test.isRunning}
                  disabled={!isNamed}
                  onClick={() => {
                    add.reset()
                    test.run({ body: additionOf(draft) })
                  }}
                >
                  Test
                </Button>
              )}
            </div>
          </form>
        </Card>
        {result !== null && <TestResultCard result={result} onClose={() => setResult(null)} />}
      </div>
    </>
  )
}
