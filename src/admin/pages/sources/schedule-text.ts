/** Schedules that people ask for most, as five cron fields, in words. */
export const usualSchedules: readonly { cron: string; label: string }[] = [
  { cron: '0 * * * *', label: 'Every hour' },
  { cron: '0 6 * * *', label: 'Every day at 06:00' },
  { cron: '0 6 * * 1-5', label: 'Monday to Friday at 06:00' },
  { cron: '0 6 * * 1', label: 'Mondays at 06:00' },
  { cron: '0 6 1 * *', label: 'On the first of the month at 06:00' },
]

const weekdays = [
  'Sundays',
  'Mondays',
  'Tuesdays',
  'Wednesdays',
  'Thursdays',
  'Fridays',
  'Saturdays',
  'Sundays',
]

/** A schedule in words where there are short ones, else its five fields. */
export function scheduleText(cron: string | null): string {
  if (cron === null) return 'when asked for'
  const [minute, hour, day, month, weekday] = cron.trim().split(/\s+/)
  const isNumber = (field: string | undefined) => field !== undefined && /^\d{1,2}$/.test(field)
  if (month !== '*' || day !== '*' || !isNumber(minute)) return usualLabel(cron) ?? cron
  const at = `${hour?.padStart(2, '0')}:${minute?.padStart(2, '0')}`
  if (hour === '*' && weekday === '*') return minute === '0' ? 'every hour' : `every hour at minute ${minute}`
  if (!isNumber(hour)) return cron
  if (weekday === '*') return `every day at ${at}`
  if (weekday === '1-5') return `Monday to Friday at ${at}`
  const name = isNumber(weekday) ? weekdays[Number(weekday)] : undefined
  return name === undefined ? cron : `${name} at ${at}`
}

const usualLabel = (cron: string) => usualSchedules.find((usual) => usual.cron === cron)?.label.toLowerCase()

/** Every so many seconds, in words: 3600 → "every hour", 900 → "every 15 minutes". */
export function intervalText(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ]
  for (const [size, name] of units)
    if (seconds % size === 0) return seconds === size ? `every ${name}` : `every ${seconds / size} ${name}s`
  return `every ${seconds} seconds`
}
