import { useMemo, useState } from 'react'
import { useLocation, useParams } from 'wouter'
import type { ChangeBody } from '../../api/routes.ts'
import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorLine, ErrorState } from '../../ui/error-state.tsx'
import { ButtonLink, Link } from '../../ui/link.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { PreviewCard } from '../upload/preview-card.tsx'
import { noReading, type Reading, readingQuery } from '../upload/reading.ts'
import { usePreview } from '../upload/use-preview.ts'
import { canCorrect } from './correct-link.tsx'
import type { Import } from './import-page.tsx'

/** A list that is held or failed, with the columns as they were taken, to be put right. */
export function CorrectPage() {
  const { id = '' } = useParams()
  const mayCorrect = useMay('operator')
  const { data, error, retry } = useRead('/api/v1/imports/:id', { params: { id } })
  const back = { href: `/imports/${id}`, label: 'The import' }
  if (data === undefined)
    return (
      <>
        <PageHeader title="Correct the columns" back={back} />
        {error === null ? <Skeleton lines={8} /> : <ErrorState error={error} onRetry={retry} />}
      </>
    )
  if (!mayCorrect || !canCorrect(data))
    return (
      <>
        <PageHeader title="Correct the columns" back={back} />
        <EmptyState
          icon="file"
          title="There is nothing to correct"
          action={<ButtonLink href={`/imports/${id}`}>See the import</ButtonLink>}
        >
          {mayCorrect
            ? 'Only a list that is held or has failed can be read another way. Hand others in again.'
            : 'Ask an operator: they say how lists are read.'}
        </EmptyState>
      </>
    )
  return <Editor found={data} />
}

function Editor({ found: { id, file_name: name, supplier, supplier_id: supplierId } }: { found: Import }) {
  const [, navigate] = useLocation()
  const [reading, setReading] = useState<Reading>(noReading)
  const looked = useMemo(() => ({ kind: 'import', id }) as const, [id])
  const state = usePreview(looked, reading, supplier)
  const correct = useChange('POST', '/api/v1/imports/:id/correct', {
    done: 'It is read again.',
    showsErrors: true,
    onDone: () => navigate(`/imports/${id}`),
  })
  const said = readingQuery(reading)
  return (
    <>
      <PageHeader
        title="Correct the columns"
        back={{ href: `/imports/${id}`, label: name }}
        description={
          <>
            {name} of <Link href={`/suppliers/${supplierId}`}>{supplier}</Link>, as it lies in the archive.
            Nothing changes until you have it read again.
          </>
        }
        actions={
          <Button
            look="primary"
            icon="check"
            isBusy={correct.isRunning}
            disabled={Object.keys(said).length === 0}
            onClick={() =>
              // Options of a preview are fields of a correction.
              correct.run({
                params: { id },
                body: said as ChangeBody<'POST', '/api/v1/imports/:id/correct'>,
              })
            }
          >
            Read it so
          </Button>
        }
      />
      <div className="space-y-5">
        {correct.error !== null && (
          <Card>
            <ErrorLine error={correct.error} />
          </Card>
        )}
        <PreviewCard state={state} reading={reading} onChange={setReading} />
      </div>
    </>
  )
}
