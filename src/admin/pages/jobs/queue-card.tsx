import { useChange } from '../../api/use-change.ts'
import { useRead } from '../../api/use-read.ts'
import { countText } from '../../format/number.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Stat } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Time } from '../../ui/time.tsx'

/** How full the queue is; and while it is paused, that, in words that cannot be missed. */
export function QueueCard() {
  const { data, error, retry } = useRead('/api/v1/queue', {})
  if (data === undefined) return error === null ? null : <ErrorState error={error} onRetry={retry} />
  const { jobs, dead_letters: dead, next_at: nextAt, paused_at: pausedAt } = data
  const of = (state: string) => countText(jobs[state] ?? 0)
  return (
    <div className="mb-5 space-y-3">
      {pausedAt !== null && (
        <div className="flex items-start gap-2 rounded-lg border border-warn/50 bg-warn-soft p-3">
          <span className="mt-0.5 text-warn">
            <Icon name="pause" size={18} />
          </span>
          <p>
            <strong>The queue is paused</strong> since <Time at={pausedAt} />. What runs goes on, lists are
            still taken in, and nothing new is begun.
          </p>
        </div>
      )}
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Stat
          label="Waiting"
          value={of('queued')}
          hint={
            nextAt === null ? (
              'nothing is due'
            ) : (
              <>
                next <Time at={nextAt} />
              </>
            )
          }
        />
        <Stat label="Running" value={of('running')} />
        <Stat label="Held for approval" value={of('held')} tone={jobs.held ? 'warn' : 'ink'} />
        <Stat label="Dead letters" value={countText(dead)} tone={dead > 0 ? 'bad' : 'ink'} />
      </dl>
    </div>
  )
}

/** Pauses the queue and has it go on. */
export function QueueSwitch() {
  const mayOperate = useMay('operator')
  const { data } = useRead('/api/v1/queue', {})
  const pause = useChange('POST', '/api/v1/queue/pause', { done: 'The queue is paused.' })
  const resume = useChange('POST', '/api/v1/queue/resume', { done: 'The queue goes on.' })
  if (!mayOperate || data === undefined) return null
  return data.paused_at === null ? (
    <Button icon="pause" isBusy={pause.isRunning} onClick={() => pause.run({})}>
      Pause the queue
    </Button>
  ) : (
    <Button look="primary" icon="play" isBusy={resume.isRunning} onClick={() => resume.run({})}>
      Resume the queue
    </Button>
  )
}
