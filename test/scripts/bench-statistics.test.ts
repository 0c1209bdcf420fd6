import { expect, test } from 'bun:test'
import { LatencyHistogram } from '../../scripts/lib/bench/latency.ts'
import { inverse, median, percentile, ratioOf } from '../../scripts/lib/bench/statistics.ts'

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([10, 1, 3, 2])).toBe(2.5)
  expect(median([100, 9, 10])).toBe(10)
  expect(() => median([])).toThrow('no values')
})

test('a percentile is the smallest value that the share of all values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(values, 0.99)).toBe(99)
  expect(percentile(values, 0.5)).toBe(50)
  expect(percentile(values, 1)).toBe(100)
  expect(percentile([7], 0.01)).toBe(7)
  expect(() => percentile(values, 0)).toThrow('share')
})

test('a ratio is that of the medians; its spread that of the rounds', () => {
  expect(ratioOf([2, 6, 4], [1, 2, 2])).toEqual({ ratio: 2, min: 2, max: 3, rounds: 3 })
})

test('only rounds that both have run are compared', () => {
  expect(ratioOf([4, 100, 100], [2])).toEqual({ ratio: 2, min: 2, max: 2, rounds: 1 })
})

test('turned round, the smallest becomes the largest', () => {
  expect(inverse({ ratio: 0.5, min: 0.25, max: 1, rounds: 3 })).toEqual({
    ratio: 2,
    min: 1,
    max: 4,
    rounds: 3,
  })
})

test('a histogram gives percentiles within one percent, and the exact maximum', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_000) / 100 + 0.01)
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.add(value)
  for (const share of [0.5, 0.9, 0.99, 0.999]) {
    const exact = percentile(values, share)
    expect(histogram.percentile(share)).toBeGreaterThanOrEqual(exact)
    expect(histogram.percentile(share)).toBeLessThanOrEqual(exact * 1.011)
  }
  expect(histogram.summary()).toMatchObject({ count: 10_000, errors: 0, max: Math.max(...values) })
})

test('a histogram without times says zero', () => {
  expect(new LatencyHistogram().summary()).toEqual({ count: 0, errors: 0, p50: 0, p99: 0, max: 0 })
})
