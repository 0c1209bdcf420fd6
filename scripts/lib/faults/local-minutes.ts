const minuteMs = 60_000
/** Clocks are changed at quarters of an hour, and never twice within so many of them. */
const quarterMs = 15 * minuteMs
const quarters = 24

/**
 * What the clocks of a zone show at every minute of a time, in minutes since 1970 as if they showed UTC. It asks the
 * platform's calendar, and shares nothing with what schedules go by.
 */
export function localMinutes(timeZone: string, from: number, until: number): Int32Array {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  /** Minutes that the clocks are ahead of UTC. */
  const aheadAt = (instant: number): number => {
    const [month, day, year, hour, minute] = format.format(instant).match(/\d+/g)!.map(Number)
    return (Date.UTC(year!, month! - 1, day, hour, minute) - instant) / minuteMs
  }
  const first = from / minuteMs
  const minutes = new Int32Array(Math.floor((until - from) / minuteMs) + 1)
  const stepMs = quarters * quarterMs
  let next = aheadAt(Math.floor(from / stepMs) * stepMs)
  for (let start = Math.floor(from / stepMs) * stepMs; start <= until; start += stepMs) {
    const ahead = next
    next = aheadAt(start + stepMs)
    for (let quarter = 0; quarter < quarters; quarter++) {
      const instant = start + quarter * quarterMs
      const now = ahead === next ? ahead : aheadAt(instant)
      for (let n = 0; n < 15; n++) {
        const index = instant / minuteMs + n - first
        if (index >= 0 && index < minutes.length) minutes[index] = first + index + now
      }
    }
  }
  return minutes
}
