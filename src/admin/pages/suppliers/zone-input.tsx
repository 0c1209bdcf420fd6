import { useId } from 'react'
import { Input } from '../../ui/field.tsx'

/** A time zone, with the names that the browser knows as suggestions. */
export function ZoneInput({
  value,
  hint,
  error,
  onChange,
}: {
  value: string
  hint: string
  error?: string | null
  onChange(value: string): void
}) {
  const id = useId()
  return (
    <>
      <Input
        label="Time zone"
        isOptional
        hint={hint}
        error={error}
        list={id}
        placeholder="Europe/Berlin"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  )
}
