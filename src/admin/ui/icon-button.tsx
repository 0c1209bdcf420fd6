import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

/** A button that is only a drawing; `label` is its name, and shows when it is pointed at. */
export function IconButton({
  icon,
  label,
  ...props
}: { icon: IconName; label: string } & Omit<ComponentProps<'button'>, 'className' | 'children'>) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...props}
      className="inline-grid size-9 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-55"
    >
      <Icon name={icon} />
    </button>
  )
}
