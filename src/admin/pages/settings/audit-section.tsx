import { useCallback } from 'react'
import type { Answer } from '../../api/routes.ts'
import { useAddressState } from '../../api/use-address-state.ts'
import { useList } from '../../api/use-list.ts'
import { sentenceCase } from '../../format/words.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { ChoiceFilter, FilterBar, SearchFilter } from '../../ui/filter-bar.tsx'
import { type Column, ListTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Toolbar } from '../../ui/toolbar.tsx'

type Entry = Answer<'/api/v1/audit'>['entries'][number]

const kinds = [
  'item',
  'import',
  'source',
  'supplier',
  'job',
  'queue',
  'user',
  'token',
  'session',
  'task',
] as const

/** Who changed what, and when. */
export function AuditSection() {
  const [filter, setFilter] = useAddressState(['actor', 'action', 'from'])
  const { actor, action, from } = filter
  const list = useList('/api/v1/audit', 'entries', {
    query: {
      ...(actor !== undefined && { actor }),
      ...(action !== undefined && { action }),
      ...(from !== undefined && { from: since(from) }),
    },
  })
  const isFiltered = actor !== undefined || action !== undefined || from !== undefined
  const searchActor = useCallback(
    (text: string) => setFilter({ actor: text }, { isReplacing: true }),
    [setFilter],
  )
  return (
    <>
      <Toolbar actions={<ExportMenu address={list.exportAddress} curl={list.read.curl} />}>
        <FilterBar onClear={isFiltered ? () => setFilter({ actor: null, action: null, from: null }) : null}>
          <SearchFilter label="By whom (whole name)" value={actor ?? ''} onChange={searchActor} />
          <ChoiceFilter
            label="What was done to"
            value={action ?? ''}
            choices={[
              { value: '', label: 'Everything' },
              ...kinds.map((value) => ({
                value,
                label: value === 'queue' ? 'The queue' : `${sentenceCase(value)}s`,
              })),
            ]}
            onChange={(value) => setFilter({ action: value })}
          />
          <ChoiceFilter
            label="Since"
            value={from ?? ''}
            choices={[
              { value: '', label: 'Since the beginning' },
              { value: '1', label: 'Since yesterday' },
              { value: '7', label: 'The last 7 days' },
              { value: '30', label: 'The last 30 days' },
            ]}
            onChange={(value) => setFilter({ from: value })}
          />
        </FilterBar>
      </Toolbar>
      <Card isFlush>
        <ListTable
          list={list}
          what="change"
          caption="Audit log"
          columns={columns}
          rowKey={({ id }) => id}
          empty={
            <EmptyState
              icon="history"
              title={isFiltered ? 'No change is like that' : 'Nothing was changed yet'}
            />
          }
        />
      </Card>
    </>
  )
}

/** So many days ago, as a day; the same all day long, so that pages fit together. */
function since(days: string): string {
  const count = Number(days)
  if (!Number.isInteger(count)) return days
  return new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10)
}

const columns: readonly Column<Entry>[] = [
  {
    key: 'at',
    header: 'When',
    cell: ({ at, actor }) => (
      <>
        <Time at={at} look="instant" />
        <p className="text-sm text-muted sm:hidden">{actor.name}</p>
      </>
    ),
  },
  {
    key: 'actor',
    header: 'Who',
    hide: 'phone',
    cell: ({ actor }) => (
      <>
        {actor.name}
        <p className="text-sm text-muted">
          {actor.kind === 'user'
            ? (actor.address ?? '')
            : `${actor.kind}${actor.address === null ? '' : `, ${actor.address}`}`}
        </p>
      </>
    ),
  },
  {
    key: 'action',
    header: 'What',
    cell: ({ action, subject }) => (
      <>
        <code className="text-sm">{action}</code>
        {subject !== null && (
          <p className="text-sm break-words text-muted sm:hidden">{subject.name ?? subject.id}</p>
        )}
      </>
    ),
  },
  {
    key: 'subject',
    header: 'To what',
    hide: 'phone',
    width: 'max-w-64 break-words',
    cell: ({ subject }) => (subject === null ? '–' : (subject.name ?? subject.id)),
  },
  {
    key: 'change',
    header: 'Before → after',
    hide: 'tablet',
    width: 'max-w-md',
    cell: (entry) => <ChangedFields entry={entry} />,
  },
]

function ChangedFields({ entry: { before, after } }: { entry: Entry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return <span className="text-muted">–</span>
  return (
    <ul className="space-y-0.5 text-sm break-words">
      {names.slice(0, shownFields).map((name) => (
        <li key={name}>
          <span className="text-muted">{sentenceCase(name)}:</span>{' '}
          {before !== null && name in before && (
            <>
              <del className="text-muted">{valueText(before[name])}</del> →{' '}
            </>
          )}
          {after === null ? <span className="text-muted">gone</span> : valueText(after[name])}
        </li>
      ))}
      {names.length > shownFields && <li className="text-muted">and {names.length - shownFields} more</li>}
    </ul>
  )
}

const shownFields = 6

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value) && value.every((each) => typeof each === 'string')
        ? value.join(', ') || 'none'
        : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
