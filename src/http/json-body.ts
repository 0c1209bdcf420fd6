import { AppError, InvalidError } from '../lib/errors.ts'

/** Largest JSON body of a request, in bytes; ours are a few fields. */
const bytesMax = 64 * 1024
/** Deepest nesting, in levels. */
const depthMax = 20

/**
 * Reads a request's JSON body: a route's `parse`. Elysia's own reader takes any content type, and as much as comes.
 *
 * Elysia writes what it refuses into its error, indented by level: 40 kB of brackets became 700 MB of spaces and held
 * everybody up for five seconds. So depth is refused here.
 * @throws InvalidError `unsupported_media_type`, `body_too_large`, `body_too_deep`, `body_incomplete`, `malformed_json`
 */
export async function jsonBody({ request }: { request: Request }): Promise<unknown> {
  requireJson(request)
  return valueIn(await bytesOf(request))
}

/** The same where the body may be left out: none counts as {}, whatever it is said to be. */
export async function optionalJsonBody({ request }: { request: Request }): Promise<unknown> {
  const bytes = await bytesOf(request)
  if (bytes.length === 0) return {}
  requireJson(request)
  return valueIn(bytes)
}

function requireJson({ headers }: Request): void {
  const contentType = headers.get('content-type') ?? ''
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType))
    throw new InvalidError(
      'unsupported_media_type',
      'The body must be JSON; say so with Content-Type: application/json.',
    )
}

function valueIn(bytes: Uint8Array): unknown {
  const value = parsed(bytes)
  if (isDeeper(value, depthMax))
    throw new InvalidError('body_too_deep', `The body is nested deeper than ${depthMax} levels.`)
  return value
}

function parsed(bytes: Uint8Array): unknown {
  try {
    // fatal: what is no UTF-8 is no JSON either.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new InvalidError('malformed_json', 'The body is not JSON.', { cause })
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

async function bytesOf({ body }: Request): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of body ?? []) {
      size += piece.length
      if (size > bytesMax)
        throw new InvalidError('body_too_large', `The body is larger than ${bytesMax} bytes.`)
      pieces.push(piece)
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    // The sender has gone, or took longer than the server waits.
    throw new InvalidError('body_incomplete', 'The connection was closed before the whole body had come.', {
      cause,
    })
  }
  return Buffer.concat(pieces)
}
