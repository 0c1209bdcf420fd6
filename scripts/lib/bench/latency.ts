/** What a histogram says. Times are in milliseconds. */
export interface LatencySummary {
  count: number
  /** Answers other than 200, and requests that got none. */
  errors: number
  p50: number
  p99: number
  max: number
}

/** Every bucket is 1 % wider than the one before it, from a microsecond on; so is the error of a percentile. */
const growth = 1.01
const smallestMs = 0.001

/** Counts times without keeping them: any number of requests takes the same memory. */
export class LatencyHistogram {
  errors = 0
  #count = 0
  #max = 0
  readonly #buckets = new Map<number, number>()

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(ms / smallestMs) / Math.log(growth)))
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    this.#count++
    this.#max = Math.max(this.#max, ms)
  }

  /** The upper bound of the bucket in which the percentile lies; 0 without times. */
  percentile(share: number): number {
    let left = Math.ceil(share * this.#count)
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count
      if (left <= 0) return Math.min(this.#max, smallestMs * growth ** bucket)
    }
    return this.#max
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      errors: this.errors,
      p50: this.percentile(0.5),
      p99: this.percentile(0.99),
      max: this.#max,
    }
  }
}
