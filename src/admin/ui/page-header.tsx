import { type ReactNode, useEffect } from 'react'
import { Link as RouteLink } from 'wouter'
import { Icon } from './icon.tsx'

/** The head of every page: its name (the tab's too), where it lies, and what can be done there. */
export function PageHeader({
  title,
  back,
  description,
  actions,
}: {
  title: string
  back?: { href: string; label: string }
  description?: ReactNode
  actions?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Tallyman`
  }, [title])
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back && (
          <RouteLink
            href={back.href}
            className="mb-1 inline-flex items-center gap-0.5 text-sm text-muted hover:text-ink hover:underline"
          >
            <Icon name="left" size={14} />
            {back.label}
          </RouteLink>
        )}
        <h1 className="text-xl font-semibold wrap-anywhere sm:text-2xl">{title}</h1>
        {description && <div className="mt-1 max-w-3xl text-muted">{description}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}
