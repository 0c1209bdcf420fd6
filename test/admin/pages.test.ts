import { describe, expect, test } from 'bun:test'
import { canDiscard, shareOf, stepOf, tookMs } from '../../src/admin/pages/jobs/job.ts'
import { deviceText } from '../../src/admin/pages/settings/device-text.ts'
import { madePassword } from '../../src/admin/pages/settings/made-password.ts'
import { intervalText, scheduleText } from '../../src/admin/pages/sources/schedule-text.ts'

const waiting = { status: 'running', phase: null, download_progress: null, analysis_progress: null } as const

describe('a job on a page', () => {
  test('is at the step of its phase, at none while it waits, and through when it is done', () => {
    expect(stepOf(waiting)).toBe(0)
    expect(stepOf({ ...waiting, phase: 'matching' })).toBe(2)
    expect(stepOf({ ...waiting, status: 'succeeded', phase: 'complete' })).toBe(4)
    expect(stepOf({ ...waiting, status: 'queued' })).toBeNull()
    expect(stepOf({ ...waiting, status: 'dead', phase: 'failed' })).toBeNull()
  })

  test('says how far it is where that is known', () => {
    const download = { percentage: 25, bytes_downloaded: 10 }
    expect(shareOf({ ...waiting, phase: 'downloading', download_progress: download })).toBe(0.25)
    const unknown = { percentage: null, bytes_downloaded: 10 }
    expect(shareOf({ ...waiting, phase: 'downloading', download_progress: unknown })).toBeNull()
    const rows = { items_processed: 30, items_total: 40 }
    expect(shareOf({ ...waiting, phase: 'analyzing', analysis_progress: rows })).toBe(0.75)
    const noTotal = { items_processed: 30, items_total: null }
    expect(shareOf({ ...waiting, phase: 'analyzing', analysis_progress: noTotal })).toBeNull()
  })

  test('can be given up once, and only when it is dead', () => {
    expect(canDiscard({ status: 'dead', discarded_at: null })).toBe(true)
    expect(canDiscard({ status: 'dead', discarded_at: '2026-11-23T00:00:00Z' })).toBe(false)
    expect(canDiscard({ status: 'failed', discarded_at: null })).toBe(false)
  })

  test('took from its beginning to its end, or until now', () => {
    const begun = { started_at: '2026-11-23T00:00:00Z', finished_at: null }
    expect(tookMs(begun, new Date('2026-11-23T00:00:05Z'))).toBe(5000)
    expect(tookMs({ ...begun, finished_at: '2026-11-23T00:00:02Z' }, new Date())).toBe(2000)
    expect(tookMs({ started_at: null, finished_at: null }, new Date())).toBeNull()
  })
})

describe('a schedule in words', () => {
  test.each([
    [null, 'when asked for'],
    ['0 6 * * 1', 'Mondays at 06:00'],
    ['30 5 * * 1-5', 'Monday to Friday at 05:30'],
    ['5 22 * * *', 'every day at 22:05'],
    ['0 * * * *', 'every hour'],
    ['15 * * * *', 'every hour at minute 15'],
    ['0 6 1 * *', 'on the first of the month at 06:00'],
    ['*/5 * * * *', '*/5 * * * *'],
    ['0 6 * * 1,4', '0 6 * * 1,4'],
    ['0 6,18 * * *', '0 6,18 * * *'],
  ])('%p is %p', (cron, words) => {
    expect(scheduleText(cron)).toBe(words)
  })

  test('an interval is said in its largest whole unit', () => {
    expect([3600, 900, 172_800, 61].map(intervalText)).toEqual([
      'every hour',
      'every 15 minutes',
      'every 2 days',
      'every 61 seconds',
    ])
  })
})

describe('settings', () => {
  test('a browser goes by the name that people know', () => {
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
    expect(deviceText(chrome)).toBe('Chrome on Linux')
    expect(deviceText('curl/8.5.0')).toBe('curl/8.5.0')
    expect(deviceText(null)).toBe('Unknown')
  })

  test('a made-up password is long, another one each time, and has no sign that is taken for another', () => {
    const made = Array.from({ length: 50 }, madePassword)
    expect(new Set(made).size).toBe(50)
    for (const each of made)
      expect(each).toMatch(/^([a-km-np-zA-HJ-NP-Z2-9]{5}-){3}[a-km-np-zA-HJ-NP-Z2-9]{5}$/)
  })
})
