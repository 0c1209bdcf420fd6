import { ApiError } from '../api/api-error.ts'
import { Checkbox } from './checkbox.tsx'
import { Input, Select, Textarea } from './field.tsx'
import { JsonField } from './json-field.tsx'
import { PairsField } from './pairs-field.tsx'
import {
  fieldOfMessage,
  type JsonSchema,
  keptSecret,
  type SchemaField,
  schemaFields,
} from './schema-fields.ts'

export type FormValue = Record<string, unknown>

export interface SchemaFormProps {
  /** A JSON schema of an object, as `/api/v1/source-kinds` gives it. */
  schema: JsonSchema
  value: FormValue
  onChange(value: FormValue): void
  /** What the service said: shown at the field that it names. */
  error?: Error | null
}

/**
 * The fields of a schema, as inputs: what must be said first, the rest folded away. What is left empty is left out of
 * the value. Use `formError` for what no field shows.
 */
export function SchemaForm({ schema, value, onChange, error = null }: SchemaFormProps) {
  const fields = schemaFields(schema)
  const wrong = wrongField(error, fields)
  const isMain = (field: SchemaField) => field.isRequired || value[field.name] !== undefined
  const main = fields.filter(isMain)
  const further = fields.filter((field) => !isMain(field))
  const shown = (list: readonly SchemaField[]) =>
    list.map((field) => (
      <SchemaInputField
        key={field.name}
        field={field}
        value={value[field.name]}
        error={wrong?.name === field.name ? wrong.message : null}
        onChange={(next) => onChange(withField(value, field.name, next))}
      />
    ))
  if (main.length === 0) return <div className="space-y-4">{shown(further)}</div>
  return (
    <div className="space-y-4">
      {shown(main)}
      {further.length > 0 && (
        <details open={further.some(({ name }) => name === wrong?.name) || undefined}>
          <summary className="font-medium text-accent">Further settings</summary>
          <div className="mt-4 space-y-4">{shown(further)}</div>
        </details>
      )}
    </div>
  )
}

/** What is wrong and at no field of this form: to be shown below it. */
export function formError(error: Error | null, schema: JsonSchema): Error | null {
  return wrongField(error, schemaFields(schema)) === null ? error : null
}

function wrongField(
  error: Error | null,
  fields: readonly SchemaField[],
): { name: string; message: string } | null {
  if (!(error instanceof ApiError) || error.failure.status !== 422) return null
  const name = fieldOfMessage(
    error.failure.detail,
    fields.map((field) => field.name),
  )
  return name === null ? null : { name, message: error.failure.detail }
}

function withField(value: FormValue, name: string, next: unknown): FormValue {
  const { [name]: _, ...others } = value
  return next === undefined || next === '' ? others : { ...others, [name]: next }
}

function SchemaInputField({
  field,
  value,
  error,
  onChange,
}: {
  field: SchemaField
  value: unknown
  error: string | null
  onChange(value: unknown): void
}) {
  const { input, label, hint, isRequired } = field
  const common = { label, hint, error, isOptional: !isRequired }
  switch (input.kind) {
    case 'text':
      return input.isLong ? (
        <Textarea
          {...common}
          required={isRequired}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          {...common}
          required={isRequired}
          type={input.isSecret ? 'password' : 'text'}
          autoComplete={input.isSecret ? 'new-password' : 'off'}
          spellCheck={false}
          value={String(value ?? '')}
          onFocus={(event) => value === keptSecret && event.target.select()}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    case 'number':
      return (
        <Input
          {...common}
          required={isRequired}
          type="number"
          inputMode={input.isInteger ? 'numeric' : 'decimal'}
          step={input.isInteger ? 1 : 'any'}
          min={input.min ?? undefined}
          max={input.max ?? undefined}
          value={value === undefined || value === null ? '' : String(value)}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        />
      )
    case 'flag':
      return (
        <Checkbox
          label={label}
          hint={hint}
          checked={value === true}
          onChange={(event) => onChange(event.target.checked || undefined)}
        />
      )
    case 'choice':
      return (
        <Select
          {...common}
          required={isRequired}
          value={String(value ?? '')}
          choices={[
            { value: '', label: isRequired ? 'Choose …' : 'As usual' },
            ...input.choices.map((word) => ({ value: word, label: word })),
          ]}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    case 'texts':
      return (
        <Textarea
          {...common}
          hint={hint === null ? 'One a line.' : `${hint} One a line.`}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={(event) =>
            onChange(event.target.value === '' ? undefined : event.target.value.split('\n'))
          }
        />
      )
    case 'pairs':
      return <PairsField {...common} value={value} onChange={onChange} />
    case 'object':
      return (
        <fieldset className="rounded-md border border-line p-4">
          <legend className="px-1 font-medium">{label}</legend>
          {hint && <p className="mb-3 text-sm text-muted">{hint}</p>}
          <div className="space-y-4">
            {input.fields.map((inner) => {
              const object: FormValue = Object(value)
              return (
                <SchemaInputField
                  key={inner.name}
                  field={inner}
                  value={object[inner.name]}
                  error={null}
                  onChange={(next) => onChange(withField(object, inner.name, next))}
                />
              )
            })}
          </div>
        </fieldset>
      )
    case 'json':
      return <JsonField {...common} value={value} onChange={onChange} />
  }
}
