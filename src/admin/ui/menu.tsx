import { type ReactNode, useId, useRef } from 'react'
import { buttonClasses } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Spinner } from './spinner.tsx'

/**
 * A button that opens a few more, in the browser's own popover: it lies above everything, and Escape or a press
 * elsewhere closes it.
 */
export function Menu({
  label,
  icon,
  isIconOnly = false,
  size = 'md',
  isBusy = false,
  children,
}: {
  label: string
  icon?: IconName
  isIconOnly?: boolean
  size?: 'md' | 'sm'
  /** What was chosen is still being done. */
  isBusy?: boolean
  /** MenuItem, MenuLink */
  children: ReactNode
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  /** Below the button, and within the window. */
  const place = () => {
    const at = button.current?.getBoundingClientRect()
    const { current } = list
    if (!at || !current) return
    const right = Math.max(8, window.innerWidth - at.right)
    current.style.right = `${right}px`
    const isBelow =
      at.bottom + current.offsetHeight + 8 < window.innerHeight || at.top < current.offsetHeight + 8
    current.style.top = `${isBelow ? at.bottom + 4 : at.top - current.offsetHeight - 4}px`
    if (current.offsetWidth + right > window.innerWidth - 8) current.style.right = '8px'
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          list.current?.showPopover()
          step(list.current, 1)
        }}
        aria-busy={isBusy || undefined}
        {...(isIconOnly && { 'aria-label': label, title: label })}
        className={
          isIconOnly
            ? 'inline-grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink'
            : buttonClasses('plain', size)
        }
      >
        {isBusy ? <Spinner /> : icon && <Icon name={icon} size={isIconOnly ? 18 : 16} />}
        {!isIconOnly && label}
        {!isIconOnly && <Icon name="down" size={14} />}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons are what is pressed, arrows go between them */}
      <div
        ref={list}
        id={id}
        popover="auto"
        onToggle={place}
        onKeyDown={(event) => {
          const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
          if (way === undefined) return
          event.preventDefault()
          step(list.current, way)
        }}
        className="inset-auto m-0 min-w-44 rounded-md border border-line bg-raised p-1 text-ink shadow-raised"
      >
        {children}
      </div>
    </>
  )
}

/** Focus goes from one of its entries to the next, round and round. */
function step(list: HTMLElement | null, way: number): void {
  const entries = [...(list?.querySelectorAll<HTMLElement>('button:not(:disabled), a') ?? [])]
  const { activeElement: active } = document
  const at = active instanceof HTMLElement ? entries.indexOf(active) : -1
  const next = at < 0 && way < 0 ? entries.length - 1 : (at + way + entries.length) % entries.length
  entries[next]?.focus()
}

const item =
  'flex w-full items-center gap-2 rounded-sm px-2.5 py-1.5 text-left whitespace-nowrap hover:bg-hover disabled:opacity-55'

export function MenuItem({
  icon,
  isDisabled = false,
  onChoose,
  children,
}: {
  icon?: IconName
  isDisabled?: boolean
  onChoose(): void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      disabled={isDisabled}
      onClick={(event) => {
        // What is chosen closes it.
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
        onChoose()
      }}
      className={item}
    >
      {icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  )
}
