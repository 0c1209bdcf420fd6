import { openPace } from './pace.ts'

/** From then on a download is slow: most lists are there long before. */
const slowAfterMs = 1000
/** A download of which more has come is slow, too: it takes the machine from others, however quick its server is. */
const quickBytesMax = 8 * 1024 * 1024
/** Most slow downloads, for each slot. */
const slowPerSlot = 4
/** What slow downloads may take in together while others need the machine. */
const slowBytesPerSecond = 8 * 1024 * 1024
/** Who has had a slot for longer than this is not quick any more, and others need not step back for him. */
const quickMs = 30_000
/** How long after the end of a job the next one is expected: it may have waited for that one. */
const calmMs = 250

export interface SlotsOptions {
  /** How many jobs are worked on at the same time. */
  count: number
  /** There is less room than there was. */
  onShrink?: () => void
  /** For tests; left out: as above. */
  slowAfterMs?: number
  quickBytesMax?: number
  slowBytesPerSecond?: number
}

/**
 * Who may work. A job has a slot while it is worked on, and none while its file takes long to come: a server that is
 * slow, asks to be left alone or sends without an end would keep it from others for nothing.
 *
 *              a slot is free            its end
 *   new ─────────────────────→ working ──────────→ ended
 *                               │   ↑                ↑
 *     its file takes long,      │   │ its file is    │ nothing new, failed,
 *     and there is room for one │   │ here, and a    │ or stopped
 *     more of the slow ones     ↓   │ slot is free   │
 *                               slow ────────────────┘
 *
 * Slots are given in the order in which they were asked for, so what comes back goes before jobs that have yet to be
 * taken from the queue. What is slow is bounded as well: when there is no room a slow download keeps its slot. So is
 * what slow downloads take in while others are at work, all of them together; memory is, since each holds one piece.
 * All of this changes when something is written, never what.
 */
export interface Slots {
  /** How many more jobs may begin: free slots that nobody waits for. */
  readonly room: number
  /** Puts a job in line: from now on there is less room. */
  begin(): Turn
  /** Waits until there may be more room. An aborted signal ends that, without an error. */
  changed(signal: AbortSignal): Promise<void>
}

/** Says how many bytes have come, and waits until there may be more. */
export type Paced = (bytes: number) => Promise<void>

/** One job's way through the slots. */
export interface Turn {
  /** Whether its file takes long, so that it has no slot just now. */
  readonly isSlow: boolean
  /** Waits for a slot, unless it has one. @throws the reason of the signal */
  take(signal: AbortSignal): Promise<void>
  /** Does something that needs a slot for no longer than it is quick; afterwards `take` is to be called again. */
  fetching<Result>(fetch: (pace: Paced) => Promise<Result>, signal: AbortSignal): Promise<Result>
  /** Gives back what it has. What is still under way counts no more. */
  end(): void
}

export function openSlots({ count, onShrink = () => {}, ...limits }: SlotsOptions): Slots {
  const slowMax = slowPerSlot * count
  const bytesMax = limits.quickBytesMax ?? quickBytesMax
  let free = count
  let slow = 0
  /** Jobs that have not had a slot yet, and those that wait for one again. */
  let fresh = 0
  let returning = 0
  /** Who waits for a slot, and who for room among the slow ones. */
  const waiting: (() => void)[] = []
  const leaving: (() => void)[] = []
  /** Since when those at work have had their slots. */
  const since = new Set<{ at: number }>()
  let freedAt = Number.NEGATIVE_INFINITY
  let change = Promise.withResolvers<void>()

  function isNeeded(): boolean {
    const now = performance.now()
    if (free === 0 || waiting.length > 0 || now - freedAt < calmMs) return true
    for (const { at } of since) if (now - at < quickMs) return true
    return false
  }
  const shared = openPace({ bytesPerSecond: limits.slowBytesPerSecond ?? slowBytesPerSecond, isNeeded })

  function told(): void {
    change.resolve()
    change = Promise.withResolvers()
  }

  function freed(): void {
    free++
    freedAt = performance.now()
    while (free > 0 && waiting.length > 0) waiting.shift()!()
    told()
  }

  function slowEnded(): void {
    slow--
    leaving.shift()?.()
  }

  function begin(): Turn {
    let state: 'new' | 'working' | 'slow' | 'ended' = 'new'
    let bytes = 0
    const had = { at: 0 }
    fresh++

    /** There is a slot, and it is this one's now. */
    function work(): void {
      free--
      if (state === 'new') fresh--
      if (state === 'slow') slowEnded()
      state = 'working'
      had.at = performance.now()
      since.add(had)
    }

    function leave(): void {
      state = 'slow'
      slow++
      since.delete(had)
      freed()
    }

    function becomeSlow(): void {
      if (state !== 'working' || leaving.includes(leave)) return
      if (slow < slowMax) leave()
      else leaving.push(leave)
    }

    function stay(): void {
      const at = leaving.indexOf(leave)
      if (at >= 0) leaving.splice(at, 1)
    }

    return {
      get isSlow() {
        return state === 'slow'
      },
      async take(signal) {
        signal.throwIfAborted()
        if (state === 'working' || state === 'ended') return
        if (state === 'slow') onShrink()
        if (free > 0 && waiting.length === 0) return work()
        const isBack = state === 'slow'
        if (isBack) returning++
        try {
          await inLine(waiting, { signal, served: () => state !== 'ended' && work() })
        } finally {
          if (isBack) returning--
        }
      },
      async fetching(fetch, signal) {
        const timer = setTimeout(becomeSlow, limits.slowAfterMs ?? slowAfterMs)
        try {
          return await fetch(async (more) => {
            bytes += more
            if (bytes > bytesMax) becomeSlow()
            if (bytes > bytesMax || state === 'slow') await shared.take(more, signal)
          })
        } finally {
          clearTimeout(timer)
          stay()
        }
      },
      end() {
        const before = state
        state = 'ended'
        stay()
        since.delete(had)
        if (before === 'new') fresh--
        if (before === 'slow') slowEnded()
        if (before === 'working') freed()
        else told()
      },
    }
  }

  return {
    get room() {
      return Math.max(0, free - fresh - returning)
    },
    begin,
    async changed(signal) {
      if (signal.aborted) return
      const aborted = Promise.withResolvers<void>()
      const abort = () => aborted.resolve()
      signal.addEventListener('abort', abort, { once: true })
      await Promise.race([change.promise, aborted.promise])
      signal.removeEventListener('abort', abort)
    },
  }
}

/** Waits until somebody takes it out of the line, and has it served at once. @throws the reason of the signal */
function inLine(
  line: (() => void)[],
  { signal, served }: { signal: AbortSignal; served: () => void },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const serve = () => {
    signal.removeEventListener('abort', giveUp)
    served()
    resolve()
  }
  const giveUp = () => {
    line.splice(line.indexOf(serve), 1)
    reject(signal.reason)
  }
  line.push(serve)
  signal.addEventListener('abort', giveUp, { once: true })
  return promise
}
