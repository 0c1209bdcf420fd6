import { InvalidError } from '../lib/errors.ts'

/** Largest JSON body of a request, in bytes; ours are a few fields. */
const bytesMax = 64 * 1024

/**
 * Reads a request's JSON body: a route's `parse`. Elysia's own reader takes any content type, and as much as comes.
 * @throws InvalidError `unsupported_media_type`, `body_too_large`, `malformed_json`
 */
export async function jsonBody({ request }: { request: Request }): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType))
    throw new InvalidError(
      'unsupported_media_type',
      'The body must be JSON; say so with Content-Type: application/json.',
    )
  const bytes = await bytesOf(request)
  try {
    // fatal: what is no UTF-8 is no JSON either.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new InvalidError('malformed_json', 'The body is not JSON.', { cause })
  }
}

async function bytesOf({ body }: Request): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body ?? []) {
    size += piece.length
    if (size > bytesMax)
      throw new InvalidError('body_too_large', `The body is larger than ${bytesMax} bytes.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
