import { useId, useState } from 'react'
import { useRead } from '../../api/use-read.ts'
import { classes } from '../../ui/classes.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useSupplierSearch } from './use-supplier-search.ts'

const all = { value: '', label: 'All suppliers' }

/** Narrows a list to one supplier, found by typing. @param value its id; '': all of them */
export function SupplierFilter({ value, onChange }: { value: string; onChange(id: string): void }) {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  /** What is being typed; null: nothing, so the name of the chosen one stands there. */
  const [typed, setTyped] = useState<string | null>(null)
  const found = useSupplierSearch(typed ?? '', isOpen)
  const chosen = useRead(
    '/api/v1/suppliers/:id',
    { params: { id: value } },
    { isEnabled: value !== '', everyMs: 60_000 },
  )
  const isKnown = chosen.data !== undefined && !chosen.isStale
  const name = value === '' ? '' : isKnown ? chosen.data?.name : chosen.error ? 'An unknown supplier' : '…'
  const isEmpty = (typed ?? '').trim() === ''
  return (
    <div className="relative max-sm:flex-1 max-sm:basis-36 sm:w-52">
      <label htmlFor={id} className="sr-only">
        Supplier
      </label>
      <Combobox
        id={id}
        text={typed ?? name ?? ''}
        // All of them is the first choice until a name is typed.
        found={isEmpty ? { ...found, options: found.options && [all, ...found.options] } : found}
        listLabel="Suppliers"
        chosen={value}
        isStrict
        placeholder={all.label}
        onText={setTyped}
        onChoose={(option) => {
          setTyped(null)
          if (option.value !== value) onChange(option.value)
        }}
        onOpenChange={setOpen}
        onFocus={(event) => event.target.select()}
        onBlur={() => {
          // What was emptied is meant to be all; what was begun and not chosen is nothing.
          if (typed !== null && isEmpty && value !== '') onChange('')
          setTyped(null)
        }}
        className={classes(
          'h-9 w-full truncate rounded-md border pr-8 pl-2.5 text-base text-ink placeholder:text-ink',
          value === '' ? 'border-edge bg-surface' : 'border-accent bg-accent-soft',
        )}
      />
      <span className="pointer-events-none absolute inset-y-0 right-2 grid place-items-center text-muted">
        <Icon name="down" size={14} />
      </span>
    </div>
  )
}
