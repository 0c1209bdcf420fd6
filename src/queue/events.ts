import { UnavailableError } from '../lib/errors.ts'

/** Tells people how jobs change, as server-sent events. */
export interface JobEvents {
  /**
   * Events of one job, or of all; first how it, or those that are queued or running, stand now. It ends with whoever
   * reads it, also when that one reads too slowly, and with its job when that is deleted.
   * @throws UnavailableError `too_many_listeners`
   */
  open(jobId: string | null): ReadableStream<Uint8Array>
}

/** A job as it is told; its text is compared with what was told before. */
export interface ToldJob {
  id: string
  text: string
  /** Queued or running: it is looked at again. */
  isActive: boolean
}

/** What there is to tell at one look. */
export interface Told {
  jobs: ToldJob[]
  /** Deleted since the last look. */
  gone: string[]
}

export interface JobEventsOptions {
  /** The jobs that are queued or running, those that have changed, and those of the ids that there are. */
  read(ids: string[]): Promise<Told>
  /** Nobody listens any more: what has changed from now on need not be known. */
  onRest?(): void
  onError(error: unknown): void
  /** How often jobs are looked at while anybody listens. */
  lookMs?: number
  /** How often a listener is told that the connection is alive. */
  heartbeatMs?: number
  listenersMax?: number
  /** Most events that wait for one listener. */
  backlogMax?: number
}

interface Listener {
  jobId: string | null
  /** What it was told last, by job. */
  told: Map<string, string>
  /** The last of those that are not looked at again. */
  ended: Map<string, string>
  controller: ReadableStreamDefaultController<Uint8Array>
}

const encoder = new TextEncoder()
/** Most events that are told at once … */
const atOnceMax = 100
/** … and how long it is waited for those who read them slowly. */
const drainMsMax = 1000
/** Most jobs of which a listener's last event is remembered, besides those that are looked at again. */
const endedMax = 1000

/** One look serves all listeners, and there is none while nobody listens. */
export function openJobEvents(options: JobEventsOptions): JobEvents {
  const { read, onRest = () => {}, onError, lookMs = 500, heartbeatMs = 15_000 } = options
  const { listenersMax = 100, backlogMax = 1000 } = options
  const listeners = new Set<Listener>()
  /** Those that were queued or running at the last look: how they ended is still to be told. */
  let watched: string[] = []
  let timers: ReturnType<typeof setInterval>[] = []
  let isLooking = false

  function leave(listener: Listener): void {
    listeners.delete(listener)
    if (listeners.size > 0) return
    for (const timer of timers) clearInterval(timer)
    timers = []
    watched = []
    onRest()
  }

  /** So that many changes at once are not too many for those who read what they are told. */
  async function drained(): Promise<void> {
    const until = performance.now() + drainMsMax
    const isFull = () =>
      [...listeners].some(({ controller }) => (controller.desiredSize ?? 0) < backlogMax / 2)
    while (isFull() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  function send(listener: Listener, text: string): void {
    const { controller } = listener
    try {
      if ((controller.desiredSize ?? 0) > 0) {
        controller.enqueue(encoder.encode(text))
        return
      }
      leave(listener)
      controller.close()
    } catch {
      // It has gone between two events.
      leave(listener)
    }
  }

  function tell(listener: Listener, { id, text, isActive }: ToldJob): void {
    const { jobId, told, ended } = listener
    if (jobId !== null && jobId !== id) return
    const isToldBefore = (told.get(id) ?? ended.get(id)) === text
    // What has ended may be found once more, and need not be kept for long.
    const kept = isActive || jobId !== null ? told : ended
    told.delete(id)
    ended.delete(id)
    kept.set(id, text)
    for (const oldest of ended.keys()) {
      if (ended.size <= endedMax) break
      ended.delete(oldest)
    }
    if (!isToldBefore) send(listener, `event: job\ndata: ${text}\n\n`)
  }

  /** Its source was deleted, or it ended long ago: there is nothing more to tell. */
  function tellGone(listener: Listener, id: string): void {
    if (listener.jobId !== null && listener.jobId !== id) return
    listener.told.delete(id)
    send(listener, `event: gone\ndata: ${JSON.stringify({ job_id: id })}\n\n`)
    if (listener.jobId === null || !listeners.has(listener)) return
    leave(listener)
    listener.controller.close()
  }

  async function look(): Promise<void> {
    const asked = [...listeners].flatMap(({ jobId }) => (jobId === null ? [] : [jobId]))
    const wanted = [...new Set([...watched, ...asked])]
    const { jobs, gone } = await read(wanted)
    const isFound = new Set(jobs.map(({ id }) => id))
    const isGone = new Set(gone)
    // It may have been deleted before anybody listened to all of them.
    for (const id of new Set([...gone, ...asked.filter((each) => !isFound.has(each))]))
      for (const listener of listeners) if (isGone.has(id) || listener.jobId === id) tellGone(listener, id)
    watched = jobs.flatMap(({ id, isActive }) => (isActive ? [id] : []))
    for (let n = 0; n < jobs.length; n += atOnceMax) {
      for (const job of jobs.slice(n, n + atOnceMax)) for (const listener of listeners) tell(listener, job)
      if (n + atOnceMax < jobs.length) await drained()
    }
  }

  function lookSoon(): void {
    if (isLooking) return
    isLooking = true
    void look()
      .catch(onError)
      .finally(() => {
        isLooking = false
      })
  }

  return {
    open(jobId) {
      if (listeners.size >= listenersMax)
        throw new UnavailableError(
          'too_many_listeners',
          `${listenersMax} are listening to jobs already; ask for the job itself instead.`,
          { retryAfterMs: 5000 },
        )
      let listener: Listener
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            listener = { jobId, told: new Map(), ended: new Map(), controller }
            listeners.add(listener)
            if (timers.length === 0)
              timers = [
                setInterval(lookSoon, lookMs),
                setInterval(() => {
                  for (const each of listeners) send(each, ':\n\n')
                }, heartbeatMs),
              ]
            // So that the headers go out at once.
            send(listener, 'retry: 2000\n\n')
            lookSoon()
          },
          cancel() {
            leave(listener)
          },
        },
        { highWaterMark: backlogMax },
      )
    },
  }
}
