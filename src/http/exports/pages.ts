type Row = Record<string, unknown>

/** How often a further page is asked for, and how long is waited in between at most, whatever the answer says. */
const triesMax = 5
const pauseMaxSeconds = 10

/** A list as an export sees it. */
export interface PagedList {
  /** Its address, with the filters and without `limit` and `cursor`. */
  url: URL
  /** Where its answer has the rows. */
  rows: string
  /** Rows a page; null: it has no pages. */
  limit: number | null
}

/** The first page of a list, or why there is none; and what asks for the others. */
export type OpenedList = { refused: Response } | { first: Row[]; further: AsyncGenerator<Row[], void> }

/**
 * Reads a list page after page, each when it is asked for, so that there is never more than one in memory.
 *
 * There is no snapshot: it would be held open for as long as the reader takes. Each page is the list as it is then,
 * and goes on behind the last row of the page before: what is there all the time comes exactly once, what comes or
 * goes meanwhile may be in it or not, and each row is as it was when its page was read.
 * @param ask answers a request as the API would
 */
export async function openList(
  { url, rows, limit }: PagedList,
  ask: (url: URL) => Promise<Response>,
): Promise<OpenedList> {
  const page = async (cursor: string | null) => {
    const address = new URL(url)
    if (limit !== null) address.searchParams.set('limit', String(limit))
    if (cursor !== null) address.searchParams.set('cursor', cursor)
    const response = await ask(address)
    if (!response.ok) return { response }
    // Its response was checked against its schema just now.
    const body = (await response.json()) as Record<string, Row[]> & { next_cursor?: string | null }
    return { found: body[rows] ?? [], next: body.next_cursor ?? null }
  }
  /** What there was no time for is asked for again: a file that breaks off in its middle helps nobody. */
  const pageInTime: typeof page = async (cursor) => {
    for (let tries = 1; ; tries++) {
      const answer = await page(cursor)
      if (answer.response?.status !== 503 || tries === triesMax) return answer
      const seconds = Number(answer.response.headers.get('retry-after') ?? 1)
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(seconds, pauseMaxSeconds)))
    }
  }
  const first = await page(null)
  if (first.response !== undefined) return { refused: first.response }

  async function* further(from: string | null): AsyncGenerator<Row[], void> {
    for (let cursor = from; cursor !== null; ) {
      // Everybody else has a turn, also where nothing had to be waited for.
      await new Promise((resolve) => setImmediate(resolve))
      const { response, found, next } = await pageInTime(cursor)
      if (response !== undefined)
        throw new Error(`A further page was refused with ${response.status}: ${await response.text()}`)
      yield found
      cursor = next
    }
  }
  return { first: first.found, further: further(first.next) }
}
