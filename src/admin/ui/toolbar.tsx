import type { ReactNode } from 'react'

/** Filters of a list at the left, what can be done with it at the right; on phones below each other. */
export function Toolbar({ children, actions }: { children: ReactNode; actions: ReactNode }) {
  return (
    <div className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2 [&>search]:mb-0 [&>search]:max-sm:grow [&>search]:max-sm:basis-44 [&>search:has(>:nth-child(3))]:max-sm:basis-full">
      {children}
      <div className="flex flex-wrap gap-2">{actions}</div>
    </div>
  )
}
