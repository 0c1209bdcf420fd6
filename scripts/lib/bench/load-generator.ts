import { setTimeout as delay } from 'node:timers/promises'
import { LatencyHistogram, type LatencySummary } from './latency.ts'

/** How a service is loaded. Its JSON is the only argument of this program. */
export interface LoadPlan {
  /** "http://127.0.0.1:8420". */
  origin: string
  /** Requests at a fixed rate, whether or not earlier ones were answered; 0: none. */
  ratePerSecond: number
  /** Connections that send the next request as soon as they have the answer to the last. */
  closedLoops: number
  itemsPerPage: number
}

/** Phase → kind of request → what it took. A request belongs to the phase in which it was sent. */
export type LoadReport = Record<string, Record<RequestKind, LatencySummary>>

/** `items`: pages of the catalog at the fixed rate; `livez` likewise; `loop`: pages in the closed loops. */
export type RequestKind = 'items' | 'livez' | 'loop'

/** How many pages are read before it starts with the first again. */
const pagesMax = 50
/** So many requests may wait for an answer; more would measure this program. */
const outstandingMax = 500
/** One request in so many goes to /livez. */
const livezEvery = 5

interface LoadGenerator {
  begin(phase: string): void
  end(): Promise<LoadReport>
}

/** Nothing is counted before the first phase begins, so that connections are open and the service is warm. */
export function generateLoad(plan: LoadPlan): LoadGenerator {
  const phases = new Map<string, Record<RequestKind, LatencyHistogram>>()
  let phase: string | null = null
  let isEnding = false
  const record = async (kind: RequestKind, send: () => Promise<boolean>) => {
    const sentIn = phase === null ? null : phases.get(phase)!
    const sentAt = performance.now()
    const isAnswered = await send().catch(() => false)
    if (sentIn === null) return
    sentIn[kind].add(performance.now() - sentAt)
    if (!isAnswered) sentIn[kind].errors++
  }
  const loops = [
    ...(plan.ratePerSecond === 0 ? [] : [fixedRate(plan, record, () => isEnding)]),
    ...Array.from({ length: plan.closedLoops }, () => closedLoop(plan, record, () => isEnding)),
  ]
  return {
    begin(name) {
      if (!phases.has(name)) phases.set(name, histograms())
      phase = name
    },
    async end() {
      isEnding = true
      await Promise.all(loops)
      return Object.fromEntries(
        [...phases].map(([name, { items, livez, loop }]) => [
          name,
          { items: items.summary(), livez: livez.summary(), loop: loop.summary() },
        ]),
      )
    },
  }
}

const histograms = (): Record<RequestKind, LatencyHistogram> => ({
  items: new LatencyHistogram(),
  livez: new LatencyHistogram(),
  loop: new LatencyHistogram(),
})

type Recorder = (kind: RequestKind, send: () => Promise<boolean>) => Promise<void>

async function fixedRate(plan: LoadPlan, record: Recorder, isEnding: () => boolean): Promise<void> {
  const outstanding = new Set<Promise<void>>()
  const page = pages(plan)
  const startedAt = performance.now()
  for (let number = 0; !isEnding(); number++) {
    const dueAt = startedAt + (number * 1000) / plan.ratePerSecond
    const early = dueAt - performance.now()
    if (early > 0) await delay(early)
    if (outstanding.size >= outstandingMax) await Promise.race(outstanding)
    const isLivez = number % livezEvery === livezEvery - 1
    const request = record(isLivez ? 'livez' : 'items', isLivez ? () => livez(plan) : page)
    outstanding.add(request)
    request.finally(() => outstanding.delete(request))
  }
  await Promise.all(outstanding)
}

async function closedLoop(plan: LoadPlan, record: Recorder, isEnding: () => boolean): Promise<void> {
  const page = pages(plan)
  while (!isEnding()) await record('loop', page)
}

async function livez({ origin }: LoadPlan): Promise<boolean> {
  const response = await fetch(`${origin}/livez`)
  await response.arrayBuffer()
  return response.ok
}

/** Reads one page of items at each call, from the first to `pagesMax` and again. */
function pages({ origin, itemsPerPage }: LoadPlan): () => Promise<boolean> {
  let cursor: string | null = null
  let page = 0
  return async () => {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${origin}/api/v1/items?limit=${itemsPerPage}${after}`)
    if (!response.ok) {
      await response.arrayBuffer()
      return false
    }
    // As the API describes it.
    const { next_cursor } = (await response.json()) as { next_cursor: string | null }
    page = next_cursor === null || page + 1 >= pagesMax ? 0 : page + 1
    cursor = page === 0 ? null : next_cursor
    return true
  }
}

// A process of its own: lines on standard input name the phase that begins; when it ends, the report is printed.
if (import.meta.main) {
  // Written by the benchmark.
  const plan = JSON.parse(Bun.argv[2]!) as LoadPlan
  const generator = generateLoad(plan)
  for await (const line of console) if (line.trim() !== '') generator.begin(line.trim())
  console.log(JSON.stringify(await generator.end()))
}
