import { useState } from 'react'
import { useRead } from '../../api/use-read.ts'
import { useSettled } from '../../api/use-settled.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { Field, fieldBox } from '../../ui/field.tsx'
import { useSupplierSearch } from './use-supplier-search.ts'

/** Whose list it is: one of the suppliers, found by typing, or a new one. */
export function SupplierField({
  value,
  error,
  isRequired = false,
  onChange,
}: {
  /** A name. */
  value: string
  error: string | null
  isRequired?: boolean
  onChange(value: string): void
}) {
  const [isOpen, setOpen] = useState(false)
  const found = useSupplierSearch(value, isOpen)
  const name = value.trim()
  const asked = useSettled(name)
  // Not whether it is among those shown: of a short name there may be many before it that have it in theirs.
  const named = useRead(
    '/api/v1/suppliers',
    { query: { name: asked, limit: 1 } },
    { isEnabled: asked !== '', everyMs: 60_000 },
  )
  const isAnswered = name !== '' && asked === name && named.data !== undefined && !named.isStale
  const isKnown = isAnswered && (named.data?.suppliers.length ?? 0) > 0
  const hint = !isAnswered
    ? 'Type a name; a new one makes a new supplier.'
    : isKnown
      ? 'Known supplier.'
      : 'A new supplier is made.'
  return (
    <Field label="Supplier" hint={hint} error={error}>
      {(wiring) => (
        <Combobox
          {...wiring}
          text={value}
          found={found}
          listLabel="Suppliers"
          maxLength={200}
          required={isRequired}
          onText={onChange}
          onChoose={(option) => onChange(option.label)}
          onOpenChange={setOpen}
          className={fieldBox}
        />
      )}
    </Field>
  )
}
