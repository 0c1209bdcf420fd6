import { type ComponentProps, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { classes } from './classes.ts'
import type { Choice } from './field.tsx'
import { Icon } from './icon.tsx'

/** What a text has found. */
export interface Found {
  /** Undefined: they are yet to come. */
  options: readonly Choice[] | undefined
  /** They are those of a text before. */
  isStale: boolean
  /** There are more of them than these. */
  hasMore: boolean
  error: Error | null
}

export interface ComboboxProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'list' | 'role'> {
  /** What stands in it. */
  text: string
  found: Found
  /** What they are, for readers of the screen: "Suppliers". */
  listLabel: string
  /** The value of the option that is chosen; null: none is. */
  chosen?: string | null
  /** Only an option will do: Enter takes the first one. Otherwise any text will, and the options are suggestions. */
  isStrict?: boolean
  onText(text: string): void
  onChoose(option: Choice): void
  /** Told when the options come into view, and when they are put away. */
  onOpenChange?(isOpen: boolean): void
}

/**
 * A field that finds what is typed into it, out of more than anybody wants to scroll through. Whoever uses it does the
 * search. Arrows walk through what was found, Enter takes it, Escape puts the list away.
 *
 * Made as the ARIA Authoring Practices describe a combobox with a list that is found by typing; the list lies in the
 * browser's own popover, so that neither a dialog nor the edge of a card cuts it off.
 */
export function Combobox({
  text,
  found,
  listLabel,
  chosen = null,
  isStrict = false,
  className,
  onText,
  onChoose,
  onOpenChange,
  ...props
}: ComboboxProps) {
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  const popup = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  /** The value of the option that somebody has walked to; null: none yet. What is found may change meanwhile. */
  const [walked, setWalked] = useState<string | null>(null)
  /** Enter came before what it is to take. */
  const [isAwaited, setAwaited] = useState(false)
  const options = found.options ?? []
  const at = options.findIndex(({ value }) => value === walked)
  const active = at < 0 && isStrict && options.length > 0 ? 0 : at
  const optionId = (index: number) => `${listId}-${index}`

  const open = (is: boolean) => {
    if (is === isOpen) return
    setOpen(is)
    setWalked(null)
    setAwaited(false)
    onOpenChange?.(is)
  }
  const choose = (option: Choice) => {
    onChoose(option)
    open(false)
  }

  useEffect(() => {
    const { current } = popup
    current?.togglePopover(isOpen)
    if (!isOpen) return
    const follow = () => place(input.current, current)
    follow()
    window.addEventListener('resize', follow)
    window.addEventListener('scroll', follow, true)
    return () => {
      window.removeEventListener('resize', follow)
      window.removeEventListener('scroll', follow, true)
    }
  }, [isOpen])
  // What was found changes how high the list is.
  useEffect(() => {
    if (isOpen && found.options !== undefined) place(input.current, popup.current)
  }, [isOpen, found.options])
  useEffect(() => {
    if (active >= 0) document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, listId])
  useEffect(() => {
    if (!isAwaited || found.isStale || found.options === undefined) return
    setAwaited(false)
    const [first] = found.options
    if (first === undefined) return
    setOpen(false)
    onOpenChange?.(false)
    onChoose(first)
  }, [isAwaited, found, onChoose, onOpenChange])

  const onKeyDown = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 } as const
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) return open(true)
      const from = active < 0 && event.key === 'ArrowUp' ? 0 : active
      const next = options[(from + steps[event.key] + options.length) % options.length]
      if (next !== undefined && !event.altKey) setWalked(next.value)
    } else if (event.key === 'Escape' && isOpen) {
      // The dialog around it stays.
      event.preventDefault()
      event.stopPropagation()
      open(false)
    } else if (event.key === 'Enter' && isOpen) {
      const option = options[active]
      if (isStrict || option !== undefined) event.preventDefault()
      if (isStrict && at < 0 && (found.isStale || found.options === undefined)) setAwaited(true)
      else if (option !== undefined) choose(option)
      else if (!isStrict) open(false)
    }
  }

  return (
    <>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        {...props}
        ref={input}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={isOpen && active >= 0 ? optionId(active) : undefined}
        value={text}
        className={className}
        onChange={(event) => {
          open(true)
          setWalked(null)
          setAwaited(false)
          onText(event.target.value)
        }}
        onClick={() => open(true)}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          open(false)
          props.onBlur?.(event)
        }}
      />
      {/* It takes presses only to leave the keyboard where it is. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        ref={popup}
        popover="manual"
        className="inset-auto m-0 rounded-md border border-line bg-raised p-1 text-ink shadow-raised"
        onMouseDown={(event) => event.preventDefault()}
      >
        {/* Options are reached from the input, which keeps the keyboard: aria-activedescendant. */}
        <div
          id={listId}
          role="listbox"
          aria-label={listLabel}
          aria-busy={found.isStale || undefined}
          hidden={options.length === 0}
          className="max-h-64 overflow-y-auto"
        >
          {options.map((option, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
            <div
              key={option.value}
              id={optionId(index)}
              role="option"
              aria-selected={option.value === chosen}
              onClick={() => choose(option)}
              className={classes(
                'flex cursor-pointer items-center gap-2 rounded-sm px-2.5 py-1.5 break-words',
                index === active ? 'bg-accent-soft text-accent' : 'hover:bg-hover',
              )}
            >
              <span className="min-w-0 grow">{option.label}</span>
              {option.value === chosen && <Icon name="check" size={16} />}
            </div>
          ))}
        </div>
        <p role="status" className="px-2.5 py-1 text-sm text-muted empty:hidden">
          {isOpen && wordsFor(found, text)}
        </p>
      </div>
    </>
  )
}

/** What is to be said besides the options themselves; null: nothing. */
function wordsFor({ options, hasMore, error }: Found, text: string): string | null {
  if (error !== null) return error.message
  if (options === undefined) return 'Looking …'
  if (options.length === 0) return text.trim() === '' ? 'There is none yet.' : 'None is called like that.'
  return hasMore ? 'There are more; type a part of the name.' : null
}

/** Below the input, or above it where there is more room, and as wide. */
function place(input: HTMLInputElement | null, popup: HTMLDivElement | null): void {
  if (input === null || popup === null) return
  const at = input.getBoundingClientRect()
  const { style } = popup
  style.left = `${at.left}px`
  style.minWidth = `${at.width}px`
  style.maxWidth = `${Math.max(at.width, Math.min(384, window.innerWidth - at.left - 8))}px`
  const height = popup.offsetHeight
  const isBelow = at.bottom + height + 8 < window.innerHeight || at.top < height + 8
  style.top = `${isBelow ? at.bottom + 4 : at.top - height - 4}px`
}
