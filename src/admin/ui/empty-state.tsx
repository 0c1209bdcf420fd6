import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

/** There is nothing here yet, why, and what to do about it. */
export function EmptyState({
  icon = 'items',
  title,
  children,
  action,
}: {
  icon?: IconName
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center px-4 py-12 text-center">
      <span className="mb-3 grid size-12 place-items-center rounded-full bg-hover text-muted">
        <Icon name={icon} size={22} />
      </span>
      <p className="text-lg font-semibold">{title}</p>
      {children && <div className="mt-1 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  )
}
