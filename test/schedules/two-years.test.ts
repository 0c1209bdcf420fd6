import { describe, expect, test } from 'bun:test'
import {
  dueOverTwoYears,
  type ScheduleFigures,
  schedulesOverTwoYears,
} from '../../scripts/lib/faults/schedules.ts'

// scripts/faults has 200 schedules started over two years; here are slices of that.
const seed = Math.floor(Math.random() * 2 ** 31)
const right = { zones: 12, missed: 0, doubled: 0, uncalledFor: 0, examples: [] }

describe(`schedules drawn with seed ${seed}`, () => {
  test('over two years in twelve zones they are due when a model of them says', () => {
    const { due, schedules, ...found }: ScheduleFigures = dueOverTwoYears({ schedules: 48, seed })
    expect(found).toEqual(right)
    expect(due).toBeGreaterThan(1000)
  }, 60_000)

  // Clocks are changed in most of the zones: in March and April, and in October and November.
  for (const [from, until] of [
    ['2026-03-27', '2026-04-06'],
    ['2027-10-02', '2027-10-04'],
    ['2026-10-23', '2026-11-02'],
  ])
    test(`two nodes start them so, each of them once, from ${from} on`, async () => {
      const { due, schedules, ...found } = await schedulesOverTwoYears({
        schedules: 48,
        seed,
        from: new Date(`${from}T00:00:00Z`),
        until: new Date(`${until}T23:59:00Z`),
      })
      expect(found).toEqual(right)
      expect(due).toBeGreaterThan(50)
    }, 60_000)
})
