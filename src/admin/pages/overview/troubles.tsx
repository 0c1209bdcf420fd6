import type { ReactNode } from 'react'
import { useRead } from '../../api/use-read.ts'
import { pageText } from '../../format/advice.ts'
import { countText } from '../../format/number.ts'
import { sentenceCase } from '../../format/words.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { Link } from '../../ui/link.tsx'
import { Time } from '../../ui/time.tsx'
import type { Health } from './health-stats.tsx'

const shownMax = 5

/** What went wrong and is not mended by itself: dead letters, lists that did not come, imports that failed lately. */
export function Troubles({ health }: { health: Health | undefined }) {
  const failed = useRead('/api/v1/imports', { query: { status: 'failed', limit: shownMax, from: weekAgo() } })
  if (health === undefined) return null
  const { dead_letters: letters, sources } = health
  const imports = failed.data?.imports ?? []
  if (letters.length === 0 && sources.stale.length === 0 && imports.length === 0) return null
  return (
    <Card title="Needs a look" isFlush>
      <ul className="divide-y divide-line">
        {letters.slice(0, shownMax).map(({ cause, count, last_at: at }) => (
          <Trouble key={cause} tone="bad" kind="Dead letters" at={at}>
            <Link href={`/dead-letters?cause=${encodeURIComponent(cause)}`}>{countText(count)} ×</Link>{' '}
            <span title={cause}>{sentenceCase(cause.split('/').at(-1) ?? cause)}</span>
          </Trouble>
        ))}
        {imports.map((each) => (
          <Trouble key={each.id} tone="bad" kind="Failed" at={each.finished_at ?? each.created_at}>
            <Link href={`/imports/${each.id}`}>
              {each.supplier}: {each.file_name}
            </Link>
            {each.error && <p className="text-sm text-muted">{pageText(each.error.message)}</p>}
          </Trouble>
        ))}
        {sources.stale.slice(0, shownMax).map((each) => (
          <Trouble key={each.source_id} tone="warn" kind="Stale" at={each.due_at}>
            <Link href={`/sources/${each.source_id}`}>
              {each.supplier}: {each.source}
            </Link>{' '}
            <span className="text-muted">
              brought no good list since it was due
              {each.last_good_at !== null && (
                <>
                  ; the last one came <Time at={each.last_good_at} />
                </>
              )}
            </span>
          </Trouble>
        ))}
      </ul>
    </Card>
  )
}

function Trouble({
  tone,
  kind,
  at,
  children,
}: {
  tone: 'warn' | 'bad'
  kind: string
  at: string
  children: ReactNode
}) {
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5">
      <span className="w-28 shrink-0">
        <Badge tone={tone}>{kind}</Badge>
      </span>
      <div className="min-w-0 flex-1 basis-56 break-words">{children}</div>
      <span className="text-sm text-muted">
        <Time at={at} />
      </span>
    </li>
  )
}

/** A day, so that the question stays the same all day. */
const weekAgo = () => new Date(Date.now() - 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
