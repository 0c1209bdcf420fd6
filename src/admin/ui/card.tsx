import type { ReactNode } from 'react'

/** A part of a page with a title of its own. */
export function Card({
  title,
  actions,
  isFlush = false,
  children,
}: {
  title?: string
  actions?: ReactNode
  /** True: what is in it reaches its edges, as a table does. */
  isFlush?: boolean
  children: ReactNode
}) {
  return (
    <section className="overflow-clip rounded-lg border border-line bg-surface">
      {(title !== undefined || actions) && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
          {title !== undefined && <h2 className="text-lg font-semibold">{title}</h2>}
          {actions && (
            <div className="flex flex-wrap items-center gap-2 has-[>search]:max-sm:grow">{actions}</div>
          )}
        </header>
      )}
      <div className={isFlush ? '' : 'p-4'}>{children}</div>
    </section>
  )
}

/** One figure with its name. */
export function Stat({
  label,
  value,
  hint,
  tone = 'ink',
}: {
  label: string
  value: ReactNode
  hint?: ReactNode
  tone?: 'ink' | 'good' | 'warn' | 'bad'
}) {
  const colours = { ink: 'text-ink', good: 'text-good', warn: 'text-warn', bad: 'text-bad' }
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2 sm:px-4 sm:py-3">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className={`text-xl font-semibold sm:mt-0.5 sm:text-2xl ${colours[tone]}`}>{value}</dd>
      {hint !== undefined && <dd className="text-sm text-muted sm:mt-0.5">{hint}</dd>}
    </div>
  )
}

/** Names with what they are, as a list of facts. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[fit-content(45%)_minmax(0,1fr)] gap-x-6 gap-y-2">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="min-w-0 text-muted wrap-anywhere">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
