import { UnavailableError } from '../errors.ts'
import { giveBack } from '../give-back.ts'
import { blame, type Held, release, type Timing, timely } from './arrive.ts'
import { bodyOf, type Headers, lengthOf } from './exchange.ts'
import { cutOff, explained, fileTooLarge, refusalOf } from './failure.ts'
import type { Tries } from './tries.ts'

/** How a download goes on. */
export interface Resuming {
  tries: Tries
  /** Asks once more, with further headers. */
  again: (headers: Headers) => Promise<Held>
  /** Waits, and throws when the work was ended meanwhile. */
  pause: (ms: number, error: unknown) => Promise<void>
  timing: Timing
  idleMs: number
  sizeBytesMax: number
  bytesEnough: number | null
  /** Whether the same request gives the same file: then what was cut off can be asked for from there on. */
  isRepeatable: boolean
  /** False: the answer speaks of a body, and has none. */
  hasBody: boolean
}

/** So much of a body shows that its host works, and that a try was not in vain. */
const progressBytes = 64 * 1024

/**
 * The pieces of a body, which goes on from where it was cut off; each piece is over when the next one is asked for. What is given is one file from its first byte to its
 * last, the one that the first answer spoke of: where that cannot be known the download fails, and is begun anew by
 * whoever keeps the pieces.
 * @throws InvalidError `file_too_large`
 * @throws UnavailableError `cut_off`, `changed_meanwhile` when it cannot go on, and whatever the last try threw
 */
export async function* piecesOf(first: Held, options: Resuming): AsyncGenerator<Uint8Array> {
  const { tries, timing, idleMs, sizeBytesMax, bytesEnough } = options
  const { signal } = timing.deadline
  const mark = options.isRepeatable ? markOf(first.headers) : null
  let held: Held | null = first
  let position = 0
  // Of a part a server may say what it likes: only the bytes of the whole tell that all have come.
  let bytesTotal = options.hasBody ? lengthOf(first.headers) : null
  try {
    for (;;) {
      const from = position
      try {
        if (held === null) {
          held = await goOn(first, { ...options, mark, position, bytesTotal })
          if (position > 0) bytesTotal ??= rangeOf(held.headers)?.bytesTotal ?? null
        }
        for await (const piece of bodyOf(held, { sizeBytesMax: Number.POSITIVE_INFINITY, idleMs, signal })) {
          const rest = (bytesEnough ?? Number.POSITIVE_INFINITY) - position
          const isProof = position - from < progressBytes && position - from + piece.length >= progressBytes
          position += piece.length
          if (bytesEnough === null && position > sizeBytesMax) throw fileTooLarge(first.url, sizeBytesMax)
          if (bytesTotal !== null && position > bytesTotal) throw another(first)
          if (isProof) await held.pass.worked()
          const { length } = piece
          yield length <= rest ? piece : piece.subarray(0, rest)
          giveBack(piece)
          if (length >= rest) break
        }
        if (bytesEnough === null && bytesTotal !== null && position < bytesTotal)
          throw cutOff(first.url, null)
        await held.pass.worked()
        return
      } catch (error) {
        const failure = timely(explained(error, first.url, true), first.url, timing)
        if (held !== null) {
          if (position - from < progressBytes) await blame(held.pass, failure, timing)
          release(held)
          held = null
        }
        if (position > 0 && mark === null) throw failure
        const next = tries.after(failure, position > from)
        if (next.delayMs === null) throw next.error
        await options.pause(next.delayMs, failure)
      }
    }
  } finally {
    if (held !== null) release(held)
  }
}

/** By what the same file is known again. */
interface Mark {
  name: 'etag' | 'last-modified'
  value: string
}

/**
 * A strong ETag, or a date of change that is not of the very second in which it was told: only they promise the same
 * bytes. Null: there is none, or the server sends no parts.
 */
function markOf(headers: Headers): Mark | null {
  const { etag = '', date, 'last-modified': changedAt = '', 'accept-ranges': ranges } = headers
  if (ranges?.trim().toLowerCase() === 'none') return null
  if (etag.startsWith('"')) return { name: 'etag', value: etag }
  const ageMs = new Date(date ?? '').getTime() - new Date(changedAt).getTime()
  return ageMs >= 1000 ? { name: 'last-modified', value: changedAt } : null
}

/** The answer that goes on where the last one ended, or that begins anew where nothing was given yet. */
async function goOn(
  first: Held,
  {
    again,
    mark,
    position,
    bytesTotal,
  }: Pick<Resuming, 'again'> & { mark: Mark | null; position: number; bytesTotal: number | null },
): Promise<Held> {
  const isPart = position > 0 && mark !== null
  const held = await again(isPart ? { range: `bytes=${position}-`, 'if-range': mark.value } : {})
  const { status, headers } = held
  try {
    if (isPart && status === 206 && isRest(headers, { mark, position, bytesTotal })) return held
    if (!isPart && status === 200 && isAlike(first.headers, headers)) return held
    if (status === 200 || status === 206 || status === 416 || status === 412) throw another(first)
    throw refusalOf(held.url, status)
  } catch (error) {
    release(held)
    throw error
  }
}

function isRest(
  headers: Headers,
  { mark, position, bytesTotal }: { mark: Mark; position: number; bytesTotal: number | null },
): boolean {
  const range = rangeOf(headers)
  if (range === null || range.start !== position) return false
  // RFC 9110, 15.3.7: a 206 has the ETag of its 200. A date may be left out of it, but then nothing tells two files apart.
  if (headers[mark.name] !== mark.value) return false
  if (bytesTotal !== null && range.bytesTotal !== null && bytesTotal !== range.bytesTotal) return false
  // A part that ends before the file does would pass for its end.
  return range.end + 1 === (bytesTotal ?? range.bytesTotal)
}

/** What `content-range` says, its end included; null: nothing that can be read. */
function rangeOf(headers: Headers): { start: number; end: number; bytesTotal: number | null } | null {
  const [, start, end, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(headers['content-range'] ?? '') ?? []
  if (start === undefined) return null
  return { start: Number(start), end: Number(end), bytesTotal: total === '*' ? null : Number(total) }
}

/** What was said of the file has been passed on already. */
const isAlike = (first: Headers, headers: Headers) =>
  ['etag', 'last-modified', 'content-length', 'content-type'].every((name) => first[name] === headers[name])

const another = ({ url: { origin } }: Held) =>
  new UnavailableError(
    'changed_meanwhile',
    `The answer of ${origin} was cut off, and cannot be gone on with: it has another file by now, or gives no parts.`,
  )
