import { useState } from 'react'
import { Input, Select } from '../../ui/field.tsx'
import { ZoneInput } from '../suppliers/zone-input.tsx'
import { usualSchedules } from './schedule-text.ts'

/** When a source is fetched: one of the usual times, or five cron fields; and by whose clock. */
export function ScheduleField({
  cron,
  zone,
  error,
  onChange,
}: {
  cron: string
  zone: string
  error: { cron: string | null; zone: string | null }
  onChange(cron: string, zone: string): void
}) {
  const isUsual = cron === '' || usualSchedules.some((usual) => usual.cron === cron)
  const [isOwn, setOwn] = useState(!isUsual)
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Select
        label="Fetched"
        value={isOwn ? 'own' : cron}
        choices={[
          { value: '', label: 'Only when asked for' },
          ...usualSchedules.map(({ cron: value, label }) => ({ value, label })),
          { value: 'own', label: 'At times of my own …' },
        ]}
        onChange={({ target: { value } }) => {
          setOwn(value === 'own')
          if (value !== 'own') onChange(value, zone)
        }}
      />
      {(cron !== '' || isOwn) && (
        <ZoneInput
          value={zone}
          hint="Empty: the supplier’s, or the service’s."
          error={error.zone}
          onChange={(value) => onChange(cron, value)}
        />
      )}
      {isOwn && (
        <Input
          label="Schedule"
          hint="Minute, hour, day of the month, month, weekday. For example 30 5 * * 1,4: Mondays and Thursdays at 05:30."
          error={error.cron}
          placeholder="0 6 * * 1"
          spellCheck={false}
          autoComplete="off"
          value={cron}
          onChange={(event) => onChange(event.target.value, zone)}
        />
      )}
    </div>
  )
}
