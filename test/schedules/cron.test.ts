import { describe, expect, test } from 'bun:test'
import { InvalidError } from '../../src/lib/errors.ts'
import { dueBetween, nextRuns, parseCron } from '../../src/schedules/cron.ts'

/** The next runs, in UTC and to the minute. */
function next(text: string, timeZone: string, from: string, n: number): string[] {
  return nextRuns(parseCron(text, timeZone), new Date(from), n).map((time) => time.toISOString().slice(0, 16))
}

describe('a schedule is read', () => {
  const read: [string, string[]][] = [
    ['0 2 * * *', ['2026-01-01T02:00', '2026-01-02T02:00', '2026-01-03T02:00']],
    ['  30   4 * *   * ', ['2026-01-01T04:30', '2026-01-02T04:30', '2026-01-03T04:30']],
    ['*/20 * * * *', ['2026-01-01T00:20', '2026-01-01T00:40', '2026-01-01T01:00']],
    ['0 8-18/5 * * *', ['2026-01-01T08:00', '2026-01-01T13:00', '2026-01-01T18:00']],
    ['15,45 0 * * *', ['2026-01-01T00:15', '2026-01-01T00:45', '2026-01-02T00:15']],
    ['0 0 * * MON-fri', ['2026-01-02T00:00', '2026-01-05T00:00', '2026-01-06T00:00']],
    ['0 0 * * saturday-sun', ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-10T00:00']],
    ['0 0 * * 7', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
    ['0 0 1 feb,december *', ['2026-02-01T00:00', '2026-12-01T00:00', '2027-02-01T00:00']],
    // A day that fits either field of days counts, as in every other cron.
    ['0 0 13 * fri', ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-13T00:00']],
    ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['@daily', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    ['@hourly', ['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00']],
    ['@weekly', ['2026-01-04T00:00', '2026-01-11T00:00', '2026-01-18T00:00']],
  ]
  for (const [text, expected] of read) {
    test(text, () => expect(next(text, 'UTC', '2026-01-01T00:00:00Z', 3)).toEqual(expected))
  }
})

describe('what cannot be meant is refused', () => {
  const example = '"0 2 * * *" is every day at 02:00'
  const refused: [string, string][] = [
    ['', 'has 0 fields'],
    ['0 2 * *', 'has 4 fields'],
    ['0 0 2 * * *', 'has 6 fields, and seconds cannot be said'],
    ['60 * * * *', 'minute: "60" is not within 0–59'],
    ['0 24 * * *', 'hour: "24" is not within 0–23'],
    ['0 0 0 * *', 'day of the month: "0" is not within 1–31'],
    ['0 0 * 13 *', 'month: "13" is not within 1–12'],
    ['0 0 * * 8', 'day of the week: "8" is not within 0–7'],
    ['0 0 * * montag', 'day of the week: "montag" is no day of the week; write sun–sat'],
    ['0 0 * juni *', 'month: "juni" is no month; write jan–dec'],
    ['0 22-2 * * *', 'the range "22-2" runs backwards; write 22-23,0-2'],
    ['*/0 * * * *', 'the step of "*/0" is not within 1–59'],
    ['*/60 * * * *', 'the step of "*/60" is not within 1–59'],
    ['5/15 * * * *', 'the step "5/15" has no range to go through; write 5-59/15'],
    ['1,,2 * * * *', 'it has a comma with nothing beside it'],
    ['0 0 L * *', 'day of the month: "l" is not understood'],
    ['0 0 ? * *', '"?" is not understood'],
    ['-5 * * * *', '"" is not understood'],
    ['1.5 * * * *', '"1.5" is not understood'],
    ['0 0 31 2 *', 'names a date that never comes: day 31 of month 2'],
    ['0 0 31 2,4,6 *', 'names a date that never comes: day 31 of month 2,4,6'],
    ['@reboot', 'is none of @hourly'],
    [`0 2 * * ${'1,'.repeat(200)}1`, 'is longer than 200 characters'],
  ]
  for (const [text, expected] of refused) {
    test(text.slice(0, 30), () => {
      const error = errorOf(() => parseCron(text, 'UTC'))
      expect(error.code).toBe('bad_schedule')
      expect(error.message).toContain(expected)
      expect(error.message).toContain(example)
    })
  }

  const zones: [string, string][] = [
    ['Europe/Berln', 'did you mean Europe/Berlin?'],
    ['', '"" is no time zone. Write'],
    ['+01:00', 'is no time zone. Write'],
    ['Mars/Olympus_Mons', 'such as Europe/Berlin'],
  ]
  for (const [zone, expected] of zones) {
    test(`time zone "${zone}"`, () => {
      const error = errorOf(() => parseCron('0 2 * * *', zone))
      expect(error.code).toBe('unknown_time_zone')
      expect(error.message).toContain(expected)
    })
  }
})

describe('where clocks are changed', () => {
  test('a time of day keeps to the local clock', () => {
    const runs = next('0 9 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2)
    expect(runs).toEqual(['2026-03-28T08:00', '2026-03-29T07:00'])
  })

  test('times that do not exist are made up for at once, right after the gap', () => {
    const runs = next('15,45 2,3 * * *', 'Europe/Berlin', '2026-03-28T23:00:00Z', 3)
    expect(runs).toEqual(['2026-03-29T01:00', '2026-03-29T01:15', '2026-03-29T01:45'])
  })

  test('a gap that ends with the day is made up for on the next one', () => {
    // In Nuuk the clocks go from 23:00 on Saturday to midnight.
    const runs = next('30 23 * * *', 'America/Nuuk', '2026-03-28T02:00:00Z', 2)
    expect(runs).toEqual(['2026-03-29T01:00', '2026-03-30T00:30'])
  })

  test('a gap of half an hour is made up for too', () => {
    const runs = next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)
    expect(runs).toEqual(['2026-10-03T15:30', '2026-10-04T15:15'])
  })

  test('a time that comes twice counts the first time', () => {
    const runs = next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)
    expect(runs).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
  })

  test('what is made up for is found by who asks for that minute alone', () => {
    const gaps: [string, string, string][] = [
      ['30 2 * * *', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
      ['18,47 22,23 * * *', 'America/Nuuk', '2026-03-29T01:00:00Z'],
      ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
    ]
    for (const [text, zone, time] of gaps) {
      const [at, cron] = [new Date(time), parseCron(text, zone)]
      expect([zone, dueBetween(cron, new Date(at.getTime() - 60_000), at)]).toEqual([zone, [at]])
      expect(dueBetween(cron, at, new Date(at.getTime() + 600_000))).toEqual([])
    }
  })

  test('it counts the first time for somebody who asks between the two', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:45:00Z', 1)).toEqual(['2026-10-26T01:30'])
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10:00Z', 1)).toEqual(['2026-10-26T01:30'])
  })

  test('a schedule of each hour or less goes on as real time passes', () => {
    const back = next('30 * * * *', 'Europe/Berlin', '2026-10-24T23:00:00Z', 4)
    expect(back).toEqual(['2026-10-24T23:30', '2026-10-25T00:30', '2026-10-25T01:30', '2026-10-25T02:30'])
    const forward = next('*/30 1-3 * * *', 'Europe/Berlin', '2026-03-28T23:59:00Z', 5)
    expect(forward).toEqual([
      '2026-03-29T00:00',
      '2026-03-29T00:30',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-29T23:00',
    ])
  })
})

test('what is due between two instants is without the first and with the last of them', () => {
  const cron = parseCron('*/10 * * * *', 'UTC')
  const due = (after: string, until: string) =>
    dueBetween(cron, new Date(after), new Date(until)).map((time) => time.toISOString().slice(11, 16))
  expect(due('2026-01-01T00:00:00Z', '2026-01-01T00:20:00Z')).toEqual(['00:10', '00:20'])
  expect(due('2026-01-01T00:00:59.999Z', '2026-01-01T00:09:59.999Z')).toEqual([])
  expect(due('2026-01-01T02:00:00Z', '2026-01-01T01:00:00Z')).toEqual([])
})

function errorOf(work: () => unknown): InvalidError {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error('It was taken.')
}
