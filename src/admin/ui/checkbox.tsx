import { type ComponentProps, type ReactNode, useId } from 'react'

interface CheckProps {
  label: ReactNode
  hint?: ReactNode
}
type InputProps = Omit<ComponentProps<'input'>, 'className' | 'type' | 'id'>

/** Yes or no, taken over when the form is sent. */
export function Checkbox({ label, hint, ...props }: CheckProps & InputProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        {...props}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

/** On or off, taken over at once. */
export function Switch({ label, hint, ...props }: CheckProps & InputProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <span className="relative mt-0.5 inline-block h-5 w-9 shrink-0">
        <input
          {...props}
          id={id}
          type="checkbox"
          // The browser says itself whether it is on.
          // biome-ignore lint/a11y/useAriaPropsForRole: see above
          role="switch"
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="peer size-full appearance-none rounded-full bg-edge transition-colors checked:bg-accent disabled:opacity-55"
        />
        <span
          aria-hidden="true"
          className="pointer-events-none absolute top-0.5 left-0.5 size-4 rounded-full bg-surface transition-transform peer-checked:translate-x-4"
        />
      </span>
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}
