import type { Answer } from '../../api/routes.ts'
import { countOf, countText } from '../../format/number.ts'
import { Stat } from '../../ui/card.tsx'
import { Link } from '../../ui/link.tsx'
import { Time } from '../../ui/time.tsx'

export type Health = Answer<'/api/v1/ingestion/health'>

/** How much is under way, and how much of it needs a person. */
export function HealthStats({ health }: { health: Health }) {
  const { queue, dead_letters: letters, sources } = health
  const dead = letters.reduce((sum, { count }) => sum + count, 0)
  const held = queue.jobs.held ?? 0
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label="Waiting for approval"
        value={countText(held)}
        tone={held > 0 ? 'warn' : 'ink'}
        hint={held > 0 ? <Link href="/imports?status=held">Look at them</Link> : 'Nothing is held'}
      />
      <Stat
        label="In the queue"
        value={countText(queue.waiting + queue.put_off + queue.running)}
        tone={queue.paused_since === null ? 'ink' : 'warn'}
        hint={
          queue.paused_since === null ? (
            <Link href="/jobs">{`${countText(queue.running)} running, ${countText(queue.waiting)} waiting`}</Link>
          ) : (
            <>
              Paused <Time at={queue.paused_since} />
            </>
          )
        }
      />
      <Stat
        label="Dead letters"
        value={countText(dead)}
        tone={dead > 0 ? 'bad' : 'ink'}
        hint={
          dead > 0 ? (
            <Link href="/dead-letters">{countOf(letters.length, 'cause')}</Link>
          ) : (
            'Every job was seen through'
          )
        }
      />
      <Stat
        label="Stale sources"
        value={countText(sources.stale_count)}
        tone={sources.stale_count > 0 ? 'warn' : 'ink'}
        hint={sources.stale_count > 0 ? 'A list was due and did not come' : 'All lists came in time'}
      />
    </dl>
  )
}
