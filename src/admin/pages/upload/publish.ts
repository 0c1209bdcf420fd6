import { addressOf } from '../../api/address.ts'
import { ApiError, failureOf, unreachable } from '../../api/api-error.ts'
import type { Api } from '../../api/client.ts'
import type { Answer } from '../../api/routes.ts'
import { linkName, type Reading, readingQuery } from './reading.ts'
import type { Given } from './use-preview.ts'

/** What is handed in, and what is said of it. */
export interface Handover {
  given: Given
  supplier: string
  listMode: 'full' | 'partial'
  /** Null: as its source and its supplier say. */
  usesAnalyzer: boolean | null
  reading: Reading
  /** Sent with a file: whatever is sent again under it comes in once. */
  key: string
}

type Source = Answer<'/api/v1/sources'>['sources'][number]

/**
 * Hands a list in.
 * @param onSent how much of a file has gone, 0 to 1
 * @param signal breaks the sending off
 * @returns the id of its import
 * @throws ApiError; the signal's reason
 */
export async function publish(
  api: Api,
  handover: Handover,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const { given } = handover
  if (given.kind === 'link') return fetchLink(api, given.link, handover)
  const { supplier, listMode, usesAnalyzer, reading, key } = handover
  const address = addressOf(
    '/api/v1/uploads',
    {},
    {
      supplier: supplier.trim(),
      file_name: given.file.name,
      mode: listMode,
      ...(usesAnalyzer !== null && { uses_analyzer: usesAnalyzer }),
      ...readingQuery(reading),
    },
  )
  return sent(api, { address, file: given.file, key }, onSent, signal)
}

/** A link becomes a source of the supplier, which is fetched at once, and whenever somebody asks. */
async function fetchLink(api: Api, link: string, handover: Handover): Promise<string> {
  const { supplier, listMode, usesAnalyzer, reading } = handover
  const name = linkName(link)
  const known = await sourceNamed(api, supplier, name)
  const common = {
    config: { url: link },
    list_mode: listMode,
    ...(usesAnalyzer !== null && { uses_analyzer: usesAnalyzer }),
  }
  const id =
    known?.id ??
    (
      await api.change('POST', '/api/v1/sources', {
        body: { supplier: supplier.trim(), name, kind: 'http', ...common },
      })
    ).data.id
  const said = readingQuery(reading)
  const change = { ...(known !== null && common), ...(Object.keys(said).length > 0 && { reading: said }) }
  if (Object.keys(change).length > 0)
    await api.change('PATCH', '/api/v1/sources/:id', { params: { id }, body: change })
  const { data } = await api.change('POST', '/api/v1/sources/:id/trigger', { params: { id } })
  const [started] = data.started
  // It is refused where nothing could be started.
  if (started === undefined) throw new Error('Nothing was started.')
  return started.import_id
}

async function sourceNamed(api: Api, supplier: string, name: string): Promise<Source | null> {
  const wanted = supplier.trim()
  const { data: found } = await api.read('/api/v1/suppliers', { query: { name: wanted, limit: 1 } })
  const [owner] = found.suppliers
  if (owner === undefined) return null
  const { data } = await api.read('/api/v1/sources', { query: { supplier_id: owner.id, name, limit: 1 } })
  return data.sources[0] ?? null
}

/** Sends a file; only this way a browser tells how much of it has gone. @throws ApiError */
function sent(
  api: Api,
  { address, file, key }: { address: string; file: File; key: string },
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const request = 'POST /api/v1/uploads'
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open('POST', address)
    const { csrf, token } = api.credentials.read()
    if (token !== null) sending.setRequestHeader('authorization', `Bearer ${token}`)
    else if (csrf !== null) sending.setRequestHeader('x-tallyman-csrf', csrf)
    sending.setRequestHeader('content-type', 'application/octet-stream')
    sending.setRequestHeader('idempotency-key', key)
    sending.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total)
    signal.addEventListener('abort', () => sending.abort(), { once: true })
    sending.onabort = () => reject(signal.reason)
    // Whoever closes the tab now is asked first.
    const stay = (event: Event) => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    sending.onloadend = () => window.removeEventListener('beforeunload', stay)
    sending.onerror = () => reject(new ApiError(unreachable(request)))
    sending.onload = () => {
      const { status, statusText, responseText } = sending
      // The route's schema says so.
      if (status === 202) resolve((JSON.parse(responseText) as { id: string }).id)
      else {
        const answer = { status, statusText, headers: headersOf(sending) }
        api.refused(failureOf(request, answer, responseText)).then(reject, reject)
      }
    }
    sending.send(file)
  })
}

/** Those that say something of a failure. */
function headersOf(sending: XMLHttpRequest): Headers {
  const headers = new Headers()
  for (const name of ['retry-after', 'x-request-id']) {
    const value = sending.getResponseHeader(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}
