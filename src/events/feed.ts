import { UnavailableError } from '../lib/errors.ts'

export const eventKinds = ['run', 'import', 'job'] as const
export type EventKind = (typeof eventKinds)[number]

/** How something is found at one look. */
export interface Sighting {
  kind: EventKind
  id: string
  /** Differs whenever what people see of it has changed; never told. */
  signature: string
  /** It has not ended: it is looked at again, wherever it stands in its list. */
  isActive: boolean
}

export interface FeedOptions {
  /** What there is to follow: the latest of each kind, and of the others those that are asked for. */
  look(watched: readonly { kind: EventKind; id: string }[]): Promise<Sighting[]>
  /** These as the API shows them, as JSON; one that is gone is left out. */
  show(kind: EventKind, ids: readonly string[]): Promise<Map<string, string>>
  /** Nobody has listened for a while: what was seen is forgotten. */
  onRest?(): void
  onError(error: unknown): void
  /** How often it is looked while anybody listens. */
  lookMs?: number
  heartbeatMs?: number
  listenersMax?: number
  /** Most events that wait for one listener. */
  backlogMax?: number
  /** How many events are remembered for listeners that come back … */
  rememberedMax?: number
  /** … and for how long it goes on looking when nobody listens. */
  lingerMs?: number
}

export interface EventFeed {
  /**
   * Server-sent events of these kinds. They begin with `reset`, unless the listener has been here before and nothing
   * is forgotten that it missed: whatever it shows it should read anew then, since only changes follow.
   * @param lastEventId what the listener heard last, from any server; null: nothing
   * @throws UnavailableError `too_many_listeners`
   */
  open(kinds: ReadonlySet<EventKind>, lastEventId: string | null): ReadableStream<Uint8Array>
}

interface Told {
  sequence: number
  kind: EventKind
  text: string
}

interface Listener {
  kinds: ReadonlySet<EventKind>
  /** It is told to read everything when it is known how things stand: what it reads is then no older than that. */
  awaitsReset: boolean
  controller: ReadableStreamDefaultController<Uint8Array>
}

const encoder = new TextEncoder()
const keyOf = ({ kind, id }: { kind: EventKind; id: string }) => `${kind}/${id}`

/**
 * Finds what has changed by looking at the rows, so that it does not matter which process changed them. One look
 * serves all listeners, and there is none while nobody listens.
 */
export function openEventFeed(options: FeedOptions): EventFeed {
  const {
    look,
    show,
    onRest = () => {},
    onError,
    lookMs = 1000,
    heartbeatMs = 15_000,
    lingerMs = 30_000,
  } = options
  const { listenersMax = 100, backlogMax = 500, rememberedMax = 1000 } = options
  /** Of this process, so that ids of another one are told apart. */
  const self = crypto.randomUUID().slice(0, 8)
  const listeners = new Set<Listener>()
  const remembered: Told[] = []
  let sequence = 0
  /** What was seen at the last look; null: it was not looked yet, so nothing is known to have changed. */
  let seen: Map<string, Sighting> | null = null
  let timers: ReturnType<typeof setInterval>[] = []
  let lastHeardAt = 0
  let isLooking = false

  const leave = (listener: Listener) => {
    listeners.delete(listener)
    lastHeardAt = performance.now()
  }

  function send(listener: Listener, text: string): void {
    const { controller } = listener
    try {
      if ((controller.desiredSize ?? 0) > 0) {
        controller.enqueue(encoder.encode(text))
        return
      }
      leave(listener)
      // The last thing that it reads, whenever it does.
      controller.enqueue(encoder.encode('event: dropped\ndata: {"reason":"too_slow"}\n\n'))
      controller.close()
    } catch {
      // It has gone between two events.
      leave(listener)
    }
  }

  function reset(listener: Listener): void {
    listener.awaitsReset = false
    send(listener, `id: ${self}.${sequence}\nevent: reset\ndata: {}\n\n`)
  }

  function tell(kind: EventKind, name: string, data: string): void {
    sequence++
    const text = `id: ${self}.${sequence}\nevent: ${name}\ndata: ${data}\n\n`
    remembered.push({ sequence, kind, text })
    if (remembered.length > rememberedMax) remembered.shift()
    for (const listener of listeners)
      if (listener.kinds.has(kind) && !listener.awaitsReset) send(listener, text)
  }

  async function lookOnce(): Promise<void> {
    const before = seen
    const watched = [...(before?.values() ?? [])].filter(({ isActive }) => isActive)
    const found = new Map((await look(watched)).map((each) => [keyOf(each), each]))
    if (before !== null) {
      for (const kind of eventKinds) {
        const changed = [...found.values()].filter(
          (each) => each.kind === kind && before.get(keyOf(each))?.signature !== each.signature,
        )
        const views = await show(
          kind,
          changed.map(({ id }) => id),
        )
        for (const { id } of changed) {
          const view = views.get(id)
          if (view !== undefined) tell(kind, kind, view)
        }
      }
      for (const each of watched)
        if (!found.has(keyOf(each))) tell(each.kind, 'gone', JSON.stringify({ kind: each.kind, id: each.id }))
    }
    seen = found
    for (const listener of listeners) if (listener.awaitsReset) reset(listener)
  }

  function lookSoon(): void {
    if (listeners.size === 0 && performance.now() - lastHeardAt > lingerMs) {
      rest()
      return
    }
    if (isLooking) return
    isLooking = true
    void lookOnce()
      .catch(onError)
      .finally(() => {
        isLooking = false
      })
  }

  /** Nobody has listened for a while: who comes next reads everything anew. */
  function rest(): void {
    for (const timer of timers) clearInterval(timer)
    timers = []
    seen = null
    onRest()
    remembered.length = 0
    // What is told from now on is not what follows the last of these.
    sequence++
  }

  function begin(): void {
    if (timers.length > 0) return
    const heartbeat = () => {
      for (const each of listeners) send(each, ':\n\n')
    }
    timers = [setInterval(lookSoon, lookMs), setInterval(heartbeat, heartbeatMs)]
    for (const timer of timers) timer.unref()
    lookSoon()
  }

  /** What a listener has missed; null: that is not known. */
  function missedSince(lastEventId: string | null): Told[] | null {
    const [, server, heard] = /^(\w+)\.(\d{1,15})$/.exec(lastEventId ?? '') ?? []
    if (server !== self) return null
    const last = Number(heard)
    const oldest = remembered[0]?.sequence ?? sequence + 1
    return last <= sequence && last >= oldest - 1 ? remembered.filter((each) => each.sequence > last) : null
  }

  return {
    open(kinds, lastEventId) {
      if (listeners.size >= listenersMax)
        throw new UnavailableError(
          'too_many_listeners',
          `${listenersMax} are listening already; ask for what you follow itself instead.`,
          { retryAfterMs: 5000 },
        )
      let listener: Listener
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const missed = missedSince(lastEventId)
            listener = { kinds, controller, awaitsReset: missed === null }
            listeners.add(listener)
            begin()
            // So that the headers go out at once.
            send(listener, 'retry: 2000\n\n')
            if (missed === null && seen !== null) reset(listener)
            for (const each of missed ?? []) if (kinds.has(each.kind)) send(listener, each.text)
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
