import { useRead } from '../../api/use-read.ts'
import { Link } from '../../ui/link.tsx'
import { Time } from '../../ui/time.tsx'
import { TaskCard } from '../schedules/task-table.tsx'
import { intervalText } from '../sources/schedule-text.ts'

/** What is cleaned up by itself, how often, and after how long. */
export function CleanUpSection() {
  const { data } = useRead('/api/v1/schedules', {})
  const schedule = data?.schedules.find(({ name }) => name === 'clean-up')
  return (
    <div className="space-y-5">
      <p className="max-w-prose text-muted">
        {schedule?.interval_seconds != null && (
          <>
            They run {intervalText(schedule.interval_seconds)} (TALLYMAN_CLEANUP_INTERVAL), next{' '}
            <Time at={schedule.next_runs[0] ?? null} />; see <Link href="/schedules">Schedules</Link>.{' '}
          </>
        )}
        How long things are kept is set where the service is started; the setting stands below each.
      </p>
      <TaskCard />
    </div>
  )
}
