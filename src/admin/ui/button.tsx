import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'
import { Icon, type IconName } from './icon.tsx'
import { Spinner } from './spinner.tsx'

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  plain: 'bg-surface text-ink border-edge/60 hover:bg-hover',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-hover',
  danger: 'bg-surface text-bad border-bad/50 hover:bg-bad-soft',
}

/** How buttons, and links that look like buttons, are drawn. */
export function buttonClasses(look: ButtonLook, size: 'md' | 'sm' = 'md'): string {
  return classes(
    'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:opacity-55 disabled:pointer-events-none',
    size === 'md' ? 'h-9 px-3.5 text-base' : 'h-7 px-2.5 text-sm',
    looks[look],
  )
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  look?: ButtonLook
  size?: 'md' | 'sm'
  icon?: IconName
  /** It works; it can not be pressed meanwhile, and says so. */
  isBusy?: boolean
  children: ReactNode
}

/** At most one of a group is primary: what most people want to do there. */
export function Button({
  look = 'plain',
  size = 'md',
  icon,
  isBusy = false,
  children,
  ...props
}: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      disabled={props.disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={buttonClasses(look, size)}
    >
      {isBusy ? <Spinner /> : icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  )
}
