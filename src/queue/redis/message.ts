/** What processes tell each other over Redis. */
export interface RedisMessage {
  /** The queue that says it, which has told itself already; null: a command, which has none and has announced nothing. */
  from: string | null
  /** Where ids were added. */
  shelves: string[]
  /** Jobs that have changed; null: nobody knows which. */
  jobs: string[] | null
}

/** What an installation has on Redis: all of it begins with its own id, so that several may share one. */
export function redisNames(installationId: string) {
  const prefix = `tallyman:${installationId}`
  return {
    prefix,
    /** Where messages are told. */
    channel: `${prefix}:changes`,
    /** A sign that is there for as long as Redis has lost nothing. */
    keptKey: `${prefix}:kept`,
  }
}

/** What others say is theirs; what is none of ours is not heard: null. */
export function redisMessageOf(text: string): RedisMessage | null {
  try {
    const said: unknown = JSON.parse(text)
    if (typeof said !== 'object' || said === null) return null
    // Each field is looked at below.
    const { from, shelves, jobs } = said as Partial<Record<keyof RedisMessage, unknown>>
    const isTexts = (list: unknown): list is string[] =>
      Array.isArray(list) && list.every((each) => typeof each === 'string')
    const isFrom = (value: unknown): value is string | null => value === null || typeof value === 'string'
    return isFrom(from) && isTexts(shelves) && (jobs === null || isTexts(jobs))
      ? { from, shelves, jobs }
      : null
  } catch {
    return null
  }
}
