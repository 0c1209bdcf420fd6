import type { ReactNode } from 'react'
import { sourceKinds } from '../../../sources/model.ts'
import { useRead } from '../../api/use-read.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ErrorLine, ErrorState } from '../../ui/error-state.tsx'
import { Input, Select } from '../../ui/field.tsx'
import { fieldOfMessage, type JsonSchema } from '../../ui/schema-fields.ts'
import { formError, SchemaForm } from '../../ui/schema-form.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { SupplierField } from '../suppliers/supplier-field.tsx'
import { ScheduleField } from './schedule-field.tsx'
import type { SourceDraft } from './source-draft.ts'

/** What the kinds are, in words; one that is not here goes by its name. */
export const kindNames: Readonly<Record<string, string>> = {
  http: 'A link (HTTP)',
  ftp: 'An FTP server',
  sftp: 'An SFTP server',
  local: 'A folder of the service’s machine',
  'google-sheets': 'A Google sheet',
  upload: 'People hand lists in',
  salling: 'Salling Group (stores)',
  'cmp-feed': 'A CMP feed',
}

const ownNames = ['supplier', 'name', 'schedule', 'time_zone', 'currency'] as const

/** The fields of a source: where its lists come from, when they are fetched, and how they count. */
export function SourceFields({
  draft,
  isNew,
  error,
  onChange,
}: {
  draft: SourceDraft
  isNew: boolean
  /** What the service said of it. */
  error: Error | null
  onChange(draft: SourceDraft): void
}) {
  const kinds = useRead('/api/v1/source-kinds', {}, { isLive: false })
  const kind = kinds.data?.kinds.find((each) => each.kind === draft.kind)
  // A JSON schema, as the route says in words.
  const schema: JsonSchema = kind?.config ?? {}
  const own = error === null ? null : fieldOfMessage(error.message, ownNames)
  const wrong = (name: string) => (own === name && error !== null ? error.message : null)
  if (kinds.data === undefined)
    return kinds.error === null ? (
      <Skeleton lines={8} />
    ) : (
      <ErrorState error={kinds.error} onRetry={kinds.retry} />
    )
  return (
    <div className="space-y-6">
      <Section title="Whose list">
        {isNew && (
          <SupplierField
            isRequired
            error={wrong('supplier')}
            value={draft.supplier}
            onChange={(supplier) => onChange({ ...draft, supplier })}
          />
        )}
        <Input
          label="Name"
          required
          hint="Which of the supplier’s lists it is."
          error={wrong('name')}
          placeholder="weekly list"
          autoComplete="off"
          value={draft.name}
          onChange={(event) => onChange({ ...draft, name: event.target.value })}
        />
      </Section>
      <Section title="Where it comes from">
        <div className="sm:col-span-2">
          <Select
            label="Kind"
            value={draft.kind}
            choices={kinds.data.kinds.map((each) => ({
              value: each.kind,
              label: kindNames[each.kind] ?? each.kind,
            }))}
            // Each kind's settings are its own.
            onChange={(event) =>
              onChange({
                ...draft,
                kind: sourceKinds.find((each) => each === event.target.value) ?? draft.kind,
                config: {},
              })
            }
          />
        </div>
        <div className="sm:col-span-2">
          <SchemaForm
            key={draft.kind}
            schema={schema}
            value={draft.config}
            error={own === null ? error : null}
            onChange={(config) => onChange({ ...draft, config })}
          />
        </div>
      </Section>
      {kind?.is_fetchable && (
        <Section title="When">
          <div className="sm:col-span-2">
            <ScheduleField
              cron={draft.schedule}
              zone={draft.zone}
              error={{ cron: wrong('schedule'), zone: wrong('time_zone') }}
              onChange={(schedule, zone) => onChange({ ...draft, schedule, zone })}
            />
          </div>
          <div className="sm:col-span-2">
            <Checkbox
              label="Look for updates in between"
              hint="It is fetched early when the other side says that something has changed."
              checked={draft.isWatched}
              onChange={(event) => onChange({ ...draft, isWatched: event.target.checked })}
            />
          </div>
        </Section>
      )}
      <Section title="How it counts">
        <Select
          label="What a list covers"
          hint={
            draft.listMode === 'full'
              ? 'Items that it does not name are marked as gone.'
              : 'Items that it does not name stay as they are.'
          }
          value={draft.listMode}
          choices={[
            { value: 'full', label: 'The whole range' },
            { value: 'partial', label: 'A part of the range' },
          ]}
          onChange={(event) =>
            onChange({ ...draft, listMode: event.target.value === 'full' ? 'full' : 'partial' })
          }
        />
        <Input
          label="Currency"
          isOptional
          hint="Where its lists do not say."
          error={wrong('currency')}
          placeholder="EUR"
          maxLength={3}
          value={draft.currency}
          onChange={(event) => onChange({ ...draft, currency: event.target.value })}
        />
        <Select
          label="Process via analyzer (ML)"
          value={draft.analyzer}
          choices={[
            { value: 'usual', label: 'As the supplier’s lists are' },
            { value: 'yes', label: 'On' },
            { value: 'no', label: 'Off' },
          ]}
          onChange={(event) => onChange({ ...draft, analyzer: event.target.value })}
        />
      </Section>
      {own === null && <ErrorLine error={formError(error, schema)} />}
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-3 text-lg font-semibold">{title}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 sm:grid-cols-2">{children}</div>
    </fieldset>
  )
}
