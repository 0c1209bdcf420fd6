import type { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'
import type { Api } from './client.ts'
import { eventParser, type StreamEvent } from './event-stream.ts'

/**
 * `live`: events come in; `slow`: there is no stream, and everything is asked for every few seconds all the same; `lost`:
 * nothing answers, so what is on screen may be old.
 */
export type LiveState = 'connecting' | 'live' | 'slow' | 'lost' | 'paused'

/** Which addresses show something of what an event tells. */
const shownAt: Record<string, readonly string[]> = {
  run: ['/api/v1/ingestion', '/api/v1/sources'],
  import: ['/api/v1/imports', '/api/v1/ingestion', '/api/v1/sources', '/api/v1/suppliers', '/api/v1/items'],
  job: ['/api/v1/jobs', '/api/v1/dead-letters', '/api/v1/queue', '/api/v1/ingestion'],
}
/** Many jobs change at once: what is shown is asked for again once in so long. */
const gatherMs = 400
const retryMs = 3000
/** The service says something every 15 s. A stream that is silent for longer has ended, and nobody has said so. */
const silenceMs = 40_000

/**
 * Follows what goes on, and has what is on screen asked for again when something of it has changed. Nothing is
 * followed while nobody looks.
 * @returns what ends it
 */
export function followEvents(
  api: Api,
  queries: QueryClient,
  onState: (state: LiveState) => void,
): () => void {
  let stopped = false
  let current: AbortController | null = null
  let lastId: string | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let gathering: ReturnType<typeof setTimeout> | null = null
  let isLost = false
  const changed = new Set<string>()

  const refresh = () => {
    gathering = null
    const prefixes = [...changed]
    changed.clear()
    void queries.invalidateQueries({
      predicate: ({ queryKey: [path] }) =>
        typeof path === 'string' && prefixes.some((prefix) => path.startsWith(prefix)),
    })
  }
  const take = ({ id, name, data }: StreamEvent) => {
    if (id !== null) lastId = id
    const kind = name === 'gone' ? String(Object(JSON.parse(data)).kind) : name
    for (const prefix of name === 'reset' ? ['/api/v1'] : (shownAt[kind] ?? [])) changed.add(prefix)
    if (changed.size > 0) gathering ??= setTimeout(refresh, gatherMs)
  }

  async function listen(): Promise<void> {
    if (!isLost) onState('connecting')
    const asked = new AbortController()
    current = asked
    const { signal } = asked
    const silent = new AbortController()
    let silence = setTimeout(() => silent.abort(), silenceMs)
    let state: 'slow' | 'lost' = 'slow'
    try {
      const headers: Record<string, string> = lastId === null ? {} : { 'last-event-id': lastId }
      const { body } = await api.send('/api/v1/events', {
        signal: AbortSignal.any([signal, silent.signal]),
        headers,
      })
      if (body === null) throw new Error('There is no stream.')
      isLost = false
      onState('live')
      const parse = eventParser()
      const reader = body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        clearTimeout(silence)
        if (done) break
        silence = setTimeout(() => silent.abort(), silenceMs)
        for (const event of parse(value)) take(event)
      }
    } catch (error) {
      // Said by the state: the pages ask by themselves meanwhile.
      if (silent.signal.aborted || (error instanceof ApiError && error.failure.status === 0)) state = 'lost'
    } finally {
      clearTimeout(silence)
    }
    if (stopped || signal.aborted) return
    isLost = state === 'lost'
    onState(state)
    timer = setTimeout(listen, retryMs)
  }

  const look = () => {
    current?.abort()
    if (timer !== null) clearTimeout(timer)
    isLost = false
    if (document.visibilityState === 'hidden') onState('paused')
    else void listen()
  }
  document.addEventListener('visibilitychange', look)
  look()

  return () => {
    stopped = true
    document.removeEventListener('visibilitychange', look)
    current?.abort()
    for (const each of [timer, gathering]) if (each !== null) clearTimeout(each)
  }
}
