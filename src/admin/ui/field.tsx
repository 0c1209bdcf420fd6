import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes.ts'
import { Icon } from './icon.tsx'

/** What every field of a form says about itself. */
export interface FieldProps {
  label: string
  hint?: ReactNode
  /** What is wrong with it; null: nothing is known to be. */
  error?: string | null | undefined
  isOptional?: boolean
}

interface Wiring {
  id: string
  'aria-describedby'?: string
  'aria-invalid'?: true
}

/** The frame around an input: its label, hint and error, tied to it for readers of the screen. */
export function Field({
  label,
  hint,
  error = null,
  isOptional = false,
  children,
}: FieldProps & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ')
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
        {isOptional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children({
        id,
        ...(described !== '' && { 'aria-describedby': described }),
        ...(error && { 'aria-invalid': true as const }),
      })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm wrap-anywhere text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1 flex items-center gap-1 text-sm text-bad">
          <Icon name="warning" size={14} />
          <span className="min-w-0 wrap-anywhere">{error}</span>
        </p>
      )}
    </div>
  )
}

const box =
  'w-full rounded-md border border-edge bg-surface px-3 text-base text-ink placeholder:text-muted aria-invalid:border-bad disabled:opacity-60'

/** How a field of one line is drawn. */
export const fieldBox = classes(box, 'h-9')

/** One line of text: any `type` of an input that holds text. */
export function Input({
  label,
  hint,
  error,
  isOptional,
  ...props
}: FieldProps & Omit<ComponentProps<'input'>, 'className' | 'id'>) {
  return (
    <Field label={label} hint={hint} error={error} {...(isOptional && { isOptional })}>
      {(wiring) => <input type="text" {...props} {...wiring} className={fieldBox} />}
    </Field>
  )
}

/** Several lines of text. */
export function Textarea({
  label,
  hint,
  error,
  isOptional,
  ...props
}: FieldProps & Omit<ComponentProps<'textarea'>, 'className' | 'id'>) {
  return (
    <Field label={label} hint={hint} error={error} {...(isOptional && { isOptional })}>
      {(wiring) => <textarea rows={4} {...props} {...wiring} className={classes(box, 'py-2')} />}
    </Field>
  )
}

export interface Choice {
  value: string
  label: string
}

/** One of a few. @param choices in the order in which they are shown */
export function Select({
  label,
  hint,
  error,
  isOptional,
  choices,
  ...props
}: FieldProps & { choices: readonly Choice[] } & Omit<
    ComponentProps<'select'>,
    'className' | 'id' | 'children'
  >) {
  return (
    <Field label={label} hint={hint} error={error} {...(isOptional && { isOptional })}>
      {(wiring) => (
        <select {...props} {...wiring} className={fieldBox}>
          {choices.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
