import { useState } from 'react'
import type { Field } from '../../../analyzer/table/decision.ts'
import { pageText } from '../../format/advice.ts'
import { countText } from '../../format/number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorLine, ErrorState } from '../../ui/error-state.tsx'
import { ChoiceFilter } from '../../ui/filter-bar.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Link } from '../../ui/link.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { PreviewTable } from './preview-table.tsx'
import { type Preview, type Reading, withColumn } from './reading.ts'
import { ReadingOptions } from './reading-options.tsx'
import type { PreviewState } from './use-preview.ts'

/** How a list would be read, and what a person says about that. */
export function PreviewCard({
  state,
  reading,
  onChange,
}: {
  state: PreviewState
  reading: Reading
  onChange(reading: Reading): void
}) {
  const { preview, error, isRunning, isTooLarge } = state
  if (isTooLarge)
    return (
      <Card title="Preview">
        This file is too large to be shown before it is handed in. It is read when you publish it, and held if
        anything about it is in doubt.
      </Card>
    )
  if (preview === null)
    return (
      <Card title="Preview">
        {error === null ? (
          <>
            <p className="mb-4 flex items-center gap-2 text-muted">
              <Spinner /> Reading the list …
            </p>
            <Skeleton lines={8} />
          </>
        ) : (
          <ErrorState error={error} />
        )}
      </Card>
    )
  const correction = /import ([0-9a-f-]{20,}|\S+);/.exec(preview.problem?.message ?? '')?.[1]
  if (preview.problem?.code === 'corrects_import')
    return (
      <Card title="Corrected rows">
        <p>
          These are the corrected rows of{' '}
          {correction ? <Link href={`/imports/${correction}`}>an earlier import</Link> : 'an earlier import'}.
          Publish them: they are read as that list was, and only they are brought in.
        </p>
      </Card>
    )
  return (
    <ReadCard state={state} preview={preview} reading={reading} onChange={onChange} isRunning={isRunning} />
  )
}

function ReadCard({
  state: { error, isPart },
  preview,
  reading,
  isRunning,
  onChange,
}: {
  state: PreviewState
  preview: Preview
  reading: Reading
  isRunning: boolean
  onChange(reading: Reading): void
}) {
  const { decision, tables, problem } = preview
  const firstRead = Math.max(
    0,
    tables.findIndex(({ is_read }) => is_read),
  )
  const [chosen, setChosen] = useState<number | null>(null)
  const at = chosen !== null && chosen < tables.length ? chosen : firstRead
  const table = tables[at]
  const decided = decision?.tables[at]
  const pick = (column: number, before: Field | null, picked: Field | null) =>
    onChange({ ...reading, map: withColumn(reading.map, { column, before, picked }) })
  const isSaid = JSON.stringify(reading) !== '{"map":{},"currency":"","decimal":"","headerRow":"","sheet":""}'
  return (
    <Card
      title="How it is read"
      isFlush
      actions={
        <>
          {isRunning && <Spinner />}
          {isSaid && (
            <button
              type="button"
              className="text-sm text-accent hover:underline"
              onClick={() => onChange({ map: {}, currency: '', decimal: '', headerRow: '', sheet: '' })}
            >
              Forget my corrections
            </button>
          )}
        </>
      }
    >
      <div className="space-y-4 p-4">
        <Summary preview={preview} isPart={isPart} />
        <ErrorLine error={error} />
        {problem !== null && <ErrorLine error={new Error(pageText(problem.message))} />}
        {decided?.reasons.map((reason) => (
          <Doubt key={reason} text={reason} />
        ))}
        {decided?.left_aside && <Doubt text={decided.left_aside} />}
        <ReadingOptions reading={reading} preview={preview} decision={decided} onChange={onChange} />
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="text-sm text-muted">
            Is a column wrong? Pick what it is in its header. The source remembers it for its next lists.
          </p>
          {tables.length > 1 && (
            <ChoiceFilter
              label="Table shown"
              value={String(at)}
              choices={tables.map(({ sheet, is_read }, index) => ({
                value: String(index),
                label: `${sheet ?? `Table ${index + 1}`}${is_read ? '' : ' (left aside)'}`,
              }))}
              onChange={(value) => setChosen(Number(value))}
            />
          )}
        </div>
      </div>
      {table !== undefined && (
        <div className="border-t border-line">
          <PreviewTable table={table} decision={decided} isStale={isRunning} onPick={pick} />
        </div>
      )}
    </Card>
  )
}

function Summary({ preview: { decision, counts }, isPart }: { preview: Preview; isPart: boolean }) {
  if (decision === null || counts === null) return null
  const verdicts: Record<string, ['good' | 'warn' | 'bad', string]> = {
    'price-list': ['good', 'A price list'],
    review: ['warn', 'Needs a look'],
    'not-a-price-list': ['bad', 'No price list'],
  }
  const [tone, text] = verdicts[decision.verdict] ?? ['warn', decision.verdict]
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1" role="status">
      <Badge tone={tone}>{text}</Badge>
      <span>
        <strong>{countText(counts.accepted)}</strong> items
      </span>
      <span className={counts.rejected > 0 ? 'text-bad' : 'text-muted'}>
        <strong>{countText(counts.rejected)}</strong> rejected
      </span>
      <span className="text-muted">
        {countText(counts.ignored)} ignored (titles, blank rows) of {countText(counts.read)} rows
        {isPart && ' in the part that was looked at'}
      </span>
    </p>
  )
}

function Doubt({ text }: { text: string }) {
  return (
    <p className="flex items-start gap-1.5 text-warn">
      <Icon name="warning" size={16} />
      <span className="min-w-0">{text}</span>
    </p>
  )
}
