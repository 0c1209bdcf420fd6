import { useEffect, useState } from 'react'
import { addressOf } from '../../api/address.ts'
import { ApiError } from '../../api/api-error.ts'
import type { Api } from '../../api/client.ts'
import { useApi } from '../../api/context.tsx'
import { type Preview, previewPart, type Reading, readingQuery } from './reading.ts'

/** What is handed in: a file, or an address where one lies. */
export type Given = { kind: 'file'; file: File } | { kind: 'link'; link: string }

/** What is looked at: what is handed in, or a list that came in already and lies with the service. */
export type Looked = Given | { kind: 'import'; id: string }

export interface PreviewState {
  /** The last one that could be made; null: none yet. */
  preview: Preview | null
  /** Only its beginning was looked at. */
  isPart: boolean
  isRunning: boolean
  error: Error | null
  /** It is too large to be looked at before it is handed in. */
  isTooLarge: boolean
}

const nothing: PreviewState = {
  preview: null,
  isPart: false,
  isRunning: false,
  error: null,
  isTooLarge: false,
}
const settleMs = 200
const triesMax = 6
const retryMs = 1200

/** Shows how a list would be read, anew with whatever is said about it. */
export function usePreview(given: Looked | null, reading: Reading, supplier: string): PreviewState {
  const api = useApi()
  const [state, setState] = useState(nothing)
  const options = JSON.stringify(readingQuery(reading))
  useEffect(() => {
    if (given === null) {
      setState(nothing)
      return
    }
    const leaving = new AbortController()
    setState((last) => ({ ...last, isRunning: true, error: null }))
    const timer = setTimeout(async () => {
      try {
        const next = await ask(api, given, { options, supplier }, leaving.signal)
        setState((last) => ({ ...nothing, ...next, preview: shown(next.preview, last.preview) }))
      } catch (error) {
        if (leaving.signal.aborted) return
        const failure = error instanceof Error ? error : new Error(String(error))
        setState((last) => ({ ...last, isRunning: false, error: failure }))
      }
    }, settleMs)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [api, given, options, supplier])
  return state
}

/** A reading that failed leaves the table of the one before, in which it is put right. */
function shown(next: Preview | null, last: Preview | null): Preview | null {
  if (next === null || next.problem === null || last === null) return next
  return { ...last, problem: next.problem }
}

async function ask(
  api: Api,
  given: Looked,
  { options, supplier }: { options: string; supplier: string },
  signal: AbortSignal,
): Promise<Pick<PreviewState, 'preview' | 'isPart' | 'isTooLarge'>> {
  const part = given.kind === 'file' ? await previewPart(given.file) : null
  if (given.kind === 'file' && part === null) return { preview: null, isPart: false, isTooLarge: true }
  const { address, ...init } = requestFor(given, { options, supplier, part: part?.part ?? null })
  for (let tries = 1; ; tries++) {
    try {
      const response = await api.send(address, { method: 'POST', signal, ...init })
      // What the route's schema says, to which the service holds its answers.
      const preview = (await response.json()) as Preview
      return { preview, isPart: preview.file.is_part || (part?.isPart ?? false), isTooLarge: false }
    } catch (error) {
      const isBusy = error instanceof ApiError && error.failure.code === 'too_many_tests'
      if (!isBusy || tries >= triesMax) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
      signal.throwIfAborted()
    }
  }
}

/** @param part of a file, what is sent of it */
function requestFor(
  given: Looked,
  { options, supplier, part }: { options: string; supplier: string; part: Blob | null },
): Pick<RequestInit, 'body' | 'headers'> & { address: string } {
  if (given.kind === 'import')
    return {
      address: addressOf('/api/v1/imports/:id/preview', { id: given.id }),
      body: options,
      headers: { 'content-type': 'application/json' },
    }
  // Made of texts by `readingQuery`.
  const query = { supplier: supplier.trim(), ...(JSON.parse(options) as Record<string, string>) }
  const named = given.kind === 'link' ? { link: given.link } : { file_name: given.file.name }
  const address = addressOf('/api/v1/uploads/preview', {}, { ...query, ...named })
  if (part === null) return { address }
  return { address, body: part, headers: { 'content-type': 'application/octet-stream' } }
}
