import { Icon } from './icon.tsx'

/** How far something is; without a share it is only known that it goes on. @param share 0 to 1 */
export function Progress({ label, share }: { label: string; share: number | null }) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent !== null && { 'aria-valuenow': percent })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={`h-full rounded-full bg-accent transition-[width] duration-300 ${percent === null ? 'w-1/3 animate-pulse' : ''}`}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  )
}

/** Steps of some work, the current one marked. @param absent a step that is named, and not a part of this work */
export function Steps({
  steps,
  current,
  absent = null,
}: {
  steps: readonly string[]
  current: number
  absent?: number | null
}) {
  return (
    <ol className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? 'step' : undefined}
          className={`inline-flex items-center gap-1 ${
            index === current ? 'font-semibold text-accent' : index < current ? 'text-ink' : 'text-muted'
          }`}
        >
          {index > 0 && <Icon name="right" size={12} />}
          {index < current && index !== absent && <Icon name="check" size={14} />}
          {step}
          {index === absent && <span className="text-xs font-normal">(not part of this import)</span>}
        </li>
      ))}
    </ol>
  )
}
