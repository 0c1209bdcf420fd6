import { useEffect, useState } from 'react'
import { dateText, instantText, utcText, whenText } from '../format/time.ts'

/**
 * An instant of the API in the zone of whoever looks, with the UTC when it is pointed at.
 * @param look `when`: "3 min ago" while that says more than the date; `instant`: day and minute; `date`: the day
 */
export function Time({ at, look = 'when' }: { at: string | null; look?: 'when' | 'instant' | 'date' }) {
  const now = useNow(look === 'when' && at !== null)
  if (at === null) return <span className="text-muted">–</span>
  const date = new Date(at)
  const text = look === 'when' ? whenText(date, now) : look === 'date' ? dateText(date) : instantText(date)
  const title = `${instantText(date, { hasZone: true })} · ${utcText(date)}`
  return (
    <time dateTime={at} title={title} className="whitespace-nowrap">
      {text}
    </time>
  )
}

/** The time, anew every ten seconds. */
function useNow(isUsed: boolean): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (!isUsed) return
    const timer = setInterval(() => setNow(new Date()), 10_000)
    return () => clearInterval(timer)
  }, [isUsed])
  return now
}
