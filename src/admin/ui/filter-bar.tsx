import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from './button.tsx'
import type { Choice } from './field.tsx'
import { Icon } from './icon.tsx'

/**
 * What narrows a list, above it. The filters live in the address: `const [filter, setFilter] = useAddressState([…])`.
 * @param onClear takes them all away; null: none is set
 */
export function FilterBar({ children, onClear }: { children: ReactNode; onClear: (() => void) | null }) {
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      {children}
      {onClear && (
        <Button look="quiet" size="sm" icon="close" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </search>
  )
}

const box = 'h-9 rounded-md border border-edge bg-surface text-base text-ink'
/** Typing on waits for its end. */
const settleMs = 250

/** Words to look for, taken over as they are typed. */
export function SearchFilter({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange(value: string): void
}) {
  const id = useId()
  const [text, setText] = useState(value)
  const told = useRef(value)
  // The address may change by itself: a way back, a filter cleared.
  useEffect(() => {
    if (value !== told.current) setText(value)
    told.current = value
  }, [value])
  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      onChange(text)
    }, settleMs)
    return () => clearTimeout(timer)
  }, [text, onChange])
  return (
    <div className="relative w-full sm:w-72">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <span className="pointer-events-none absolute inset-y-0 left-2.5 grid place-items-center text-muted">
        <Icon name="search" size={16} />
      </span>
      <input
        id={id}
        type="search"
        value={text}
        placeholder={label}
        onChange={(event) => setText(event.target.value)}
        className={`${box} w-full pr-2 pl-9 placeholder:text-muted`}
      />
    </div>
  )
}

/** One of a few; the first choice, '', is "all of them". */
export function ChoiceFilter({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: string
  choices: readonly Choice[]
  onChange(value: string): void
}) {
  const id = useId()
  return (
    <div className="max-sm:flex-1 max-sm:basis-36">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={`${box} w-full px-2.5 sm:max-w-56 ${value === '' ? '' : 'border-accent bg-accent-soft'}`}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  )
}
