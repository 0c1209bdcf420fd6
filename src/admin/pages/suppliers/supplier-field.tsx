import { useState } from 'react'
import { Combobox } from '../../ui/combobox.tsx'
import { Field, fieldBox } from '../../ui/field.tsx'
import { useNamedSupplier } from './use-named-supplier.ts'
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
  // Not whether it is among those shown: of a short name there may be many before it that have it in theirs.
  const named = useNamedSupplier(value)
  const hint =
    named === undefined
      ? 'Type a name; a new one makes a new supplier.'
      : named === null
        ? 'A new supplier is made.'
        : 'Known supplier.'
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
