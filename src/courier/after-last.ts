/**
 * When a list came that came after another one of its source: by the clock, but never before that one, since what was
 * fetched before another list is refused as stale. A clock may be put back, and those of two machines differ.
 * @param last when the latest list came that was recorded before this one was asked for; null: there is none
 */
export function afterLast(last: Date | null, at: Date): Date {
  return last !== null && last >= at ? new Date(last.getTime() + 1) : at
}
