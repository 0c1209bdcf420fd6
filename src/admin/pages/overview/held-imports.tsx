import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { useMay } from '../../session/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ButtonLink, Link } from '../../ui/link.tsx'
import { Time } from '../../ui/time.tsx'

const shownMax = 5

/** What waits for a person before it changes any price; nothing where nothing waits. */
export function HeldImports() {
  const mayDecide = useMay('operator')
  const { data, error, retry } = useRead('/api/v1/imports', {
    query: { status: 'held', limit: shownMax + 1 },
  })
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={retry} />
  const held = data?.imports.slice(0, shownMax) ?? []
  if (held.length === 0) return null
  return (
    <Card
      title={mayDecide ? 'Waiting for you' : 'Waiting for approval'}
      isFlush
      actions={
        (data?.imports.length ?? 0) > shownMax && <Link href="/imports?status=held">All that are held</Link>
      }
    >
      <ul className="divide-y divide-line">
        {held.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-64">
              <p className="break-words">
                <span className="font-semibold">{each.supplier}</span>{' '}
                <span className="text-muted">{each.file_name}</span>
              </p>
              <ul className="mt-1 space-y-0.5 text-sm">
                {each.hold_reasons.map(({ code, message }) => (
                  <li key={code}>{pageText(message)}</li>
                ))}
              </ul>
            </div>
            <div className="flex items-center gap-3">
              <span className="text-sm text-muted">
                <Time at={each.created_at} />
              </span>
              <Badge tone="warn">Held</Badge>
              <ButtonLink href={`/imports/${each.id}`} size="sm">
                {mayDecide ? 'Review' : 'Look'}
              </ButtonLink>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
