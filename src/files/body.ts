import { AppError, InvalidError } from '../lib/errors.ts'
import { type Pace, paced } from './paced.ts'

/** What comes over HTTP as a file, or as a form around one. */
export type Body = AsyncGenerator<Uint8Array>

/**
 * The body, piece by piece; each is over when the next one is asked for.
 *
 * The collector does not know how much memory Bun's pieces (up to 1.5 MB) take, and lets a hundred of them pile up:
 * 500 MB made the process grow by 50 to 100 MB. So each is given back at once, which leaves about 20 MB.
 * @throws InvalidError `upload_incomplete` when the sender is gone before the body's end, `upload_too_slow`
 */
export async function* bodyOf({ body }: Pick<Request, 'body'>, pace: Pace): Body {
  try {
    for await (const piece of body === null ? [] : paced(body, pace)) {
      yield piece
      piece.buffer.transfer(0)
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new InvalidError(
      'upload_incomplete',
      'The connection was closed before the whole file had come; nothing was kept.',
      { cause },
    )
  }
}
