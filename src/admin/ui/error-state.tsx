import { ApiError } from '../api/api-error.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { Icon } from './icon.tsx'

/** What went wrong, where, and what to do; the code is what a person is asked for who wants help. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const failure = error instanceof ApiError ? error.failure : null
  return (
    <div role="alert" className="rounded-lg border border-bad/40 bg-bad-soft p-4">
      <p className="flex items-center gap-2 font-semibold text-bad">
        <Icon name="warning" />
        {failure?.title ?? 'This page has a fault'}
      </p>
      <p className="mt-1 max-w-prose break-words">{failure?.detail ?? error.message}</p>
      <p className="mt-2 font-mono text-xs text-muted">
        {failure === null
          ? error.name
          : [failure.request, ...(failure.status === 0 ? [] : [failure.status]), failure.code].join(' · ')}
        <RequestId error={error} />
      </p>
      {onRetry && canHelp(failure?.status ?? 0) && (
        <div className="mt-3">
          <Button size="sm" icon="retry" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}

/** What is not there, not allowed or not valid stays so, however often it is asked for. */
const canHelp = (status: number) => ![403, 404, 410, 422].includes(status)

/** The same in one line, for forms and dialogs. */
export function ErrorLine({ error }: { error: Error | null }) {
  if (error === null) return null
  return (
    <p role="alert" className="flex items-start gap-1.5 text-bad">
      <span className="mt-0.5">
        <Icon name="warning" size={16} />
      </span>
      <span className="min-w-0 break-words">
        {error instanceof ApiError ? error.failure.detail : error.message}
        <RequestId error={error} />
      </span>
    </p>
  )
}

/** Where the service's log tells more of an error, for whoever looks there; nothing where it does not. */
export function RequestId({ error }: { error: Error }) {
  const id = error instanceof ApiError ? error.failure.requestId : null
  if (id === null) return null
  return (
    <span className="font-mono text-xs whitespace-nowrap text-muted">
      {' '}
      · request {id} <CopyButton text={id} label="request id" />
    </span>
  )
}
