import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** A file of a page, served from the program itself. */
export interface Asset {
  /** The addresses at which it is found. */
  paths: readonly string[]
  /** Its content type. */
  type: string
  /** The same object as long as it is the same file. */
  load(): Promise<Uint8Array>
}

/** What the pages may do: run our scripts and ask this service, nothing else. Drawings may be in the style sheet. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The pages need none of what a browser may ask its owner for. */
const permissionsPolicy =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()'

/** For routes of assets: the same for everybody, whoever they are, and no part of the API. */
export const openAsset = { detail: { hide: true, 'x-role': 'none' } }

interface AssetContext {
  request: Request
  set: { status?: number | string; headers: Record<string, string | number> }
}

/** A handler that sends an asset: packed where that is understood, and only when it has changed. */
export function sendAsset(asset: Asset): (context: AssetContext) => Promise<Uint8Array | string> {
  let last: { bytes: Uint8Array; prepared: ReturnType<typeof prepared> } | null = null
  return async ({ request, set }) => {
    const loaded = await asset.load()
    if (last?.bytes !== loaded) last = { bytes: loaded, prepared: prepared(loaded) }
    const { etag, bytes, packed } = await last.prepared
    const isPacked = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
    Object.assign(set.headers, {
      'content-security-policy': pagePolicy,
      'permissions-policy': permissionsPolicy,
      // Asked for again each time, and sent again only when it has changed, with the next version.
      'cache-control': 'no-cache',
      'content-type': asset.type,
      vary: 'accept-encoding',
      etag,
    })
    if (request.headers.get('if-none-match') === etag) {
      set.status = 304
      return ''
    }
    if (isPacked) set.headers['content-encoding'] = 'gzip'
    return isPacked ? packed : bytes
  }
}

/** A text as the content of an asset. */
export function textAsset(content: string): Asset['load'] {
  const bytes = new TextEncoder().encode(content)
  return async () => bytes
}

/** Work that is done at the first call, and again only when that failed. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null
  return () => {
    result ??= work().catch((error: unknown) => {
      result = null
      throw error
    })
    return result
  }
}

async function prepared(bytes: Uint8Array) {
  return { bytes, etag: `W/"${Bun.hash(bytes).toString(36)}"`, packed: await promisify(gzip)(bytes) }
}
