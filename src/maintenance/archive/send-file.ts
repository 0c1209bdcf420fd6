import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Archive, Borrowed } from '../../files/archive.ts'
import { isRight } from '../../files/check-stored.ts'
import { damaged } from '../../files/damaged.ts'
import { readPieces } from '../../files/read-pieces.ts'
import { attachment } from '../../lib/attachment.ts'
import { type AppError, InvalidError } from '../../lib/errors.ts'

const pieceBytes = 256 * 1024

/**
 * A raw file as an answer: the exact bytes, or the part of them that is asked for. It is borrowed until they are sent, or
 * whoever asked is gone. Never shown by a browser, whatever it is. One that is damaged is no answer: the whole of it is
 * hashed as it is sent, and breaks off before its end; for a part all of it is read first.
 * @param answering what an answer is made of that may take long
 * @param onDamage told when the bytes are not those that were kept
 * @throws InvalidError `range_not_satisfiable`, `raw_file_damaged`; as `Archive.borrow`
 */
export async function sendFile(
  archive: Archive,
  file: { sha256: string; sizeBytes: number; fileName: string },
  request: Request,
  {
    answering,
    onDamage,
  }: {
    answering: (bytes: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>
    onDamage: (error: AppError) => void
  },
): Promise<Response> {
  const { sha256, sizeBytes, fileName } = file
  const etag = `"${sha256}"`
  const headers: Record<string, string> = {
    etag,
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-disposition': attachment(fileName),
  }
  const known = request.headers.get('if-none-match')?.split(',') ?? []
  if (known.some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim())))
    return new Response(null, { status: 304, headers: { etag } })
  const ifRange = request.headers.get('if-range')
  const asked = ifRange === null || ifRange === etag ? request.headers.get('range') : null
  const range = rangeIn(asked, sizeBytes)
  if (range === 'none')
    throw new InvalidError(
      'range_not_satisfiable',
      `The file has ${sizeBytes} bytes, and none of that range.`,
    )
  const { first, last } = range ?? { first: 0, last: sizeBytes - 1 }
  if (range !== null) headers['content-range'] = `bytes ${first}-${last}/${sizeBytes}`
  const status = range === null ? 200 : 206
  if (request.method === 'HEAD')
    return new Response(null, { status, headers: { ...headers, 'content-length': String(last - first + 1) } })
  // A stream goes out in chunks: one that breaks off has no last one.
  const borrowed = await archive.borrow(sha256, request.signal)
  const isWhole = first === 0 && last === sizeBytes - 1
  if (borrowed.isFileItself && !isWhole) await requireRight(borrowed, sha256, request.signal, onDamage)
  // A copy was hashed when it was made.
  const isChecked = !(borrowed.isFileItself && isWhole)
  const bytes = streamOf(borrowed, { first, last, sha256, isChecked, onDamage })
  return new Response(answering(bytes), { status, headers })
}

/**
 * The one range that is asked for; null: all of it, also where several are asked for, or something else than bytes.
 * `none`: a range that the file does not have.
 */
export function rangeIn(
  header: string | null,
  sizeBytes: number,
): { first: number; last: number } | 'none' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return null
  const [, from = '', to = ''] = match
  if (from === '') {
    const count = Math.min(Number(to), sizeBytes)
    return count === 0 ? 'none' : { first: sizeBytes - count, last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return null
  return first >= sizeBytes ? 'none' : { first, last }
}

/** Reads all of it. @throws InvalidError `raw_file_damaged`; then it is given back */
async function requireRight(
  { path, giveBack }: Borrowed,
  sha256: string,
  signal: AbortSignal,
  onDamage: (error: AppError) => void,
): Promise<void> {
  try {
    if (await isRight(readPieces(path, signal), { sha256 })) return
    const error = damaged(sha256)
    onDamage(error)
    throw error
  } catch (error) {
    await giveBack()
    throw error
  }
}

/**
 * Read as it is taken, so that memory does not grow with the file.
 * @param options.isChecked its bytes were looked at already; of others the last piece comes once all are right
 */
function streamOf(
  borrowed: Borrowed,
  {
    first,
    last,
    sha256,
    isChecked,
    onDamage,
  }: {
    first: number
    last: number
    sha256: string
    isChecked: boolean
    onDamage: (error: AppError) => void
  },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const hash = createHash('sha256')
  let at = first
  let file: FileHandle | null = null
  const failed = () => {
    const error = damaged(sha256)
    onDamage(error)
    return error
  }
  const end = async () => {
    await file?.close().catch(() => {})
    await borrowed.giveBack()
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          file ??= await open(borrowed.path, 'r')
          if (at > last) {
            controller.close()
            return await end()
          }
          const piece = new Uint8Array(Math.min(pieceBytes, last - at + 1))
          const { bytesRead } = await file.read(piece, 0, piece.length, at)
          // An answer that breaks off must not look whole.
          if (bytesRead === 0) throw failed()
          at += bytesRead
          const read = piece.subarray(0, bytesRead)
          if (!isChecked) {
            hash.update(read)
            // One that has become longer has the right bytes before others.
            if (at > last && ((await file.stat()).size !== at || hash.digest('hex') !== sha256))
              throw failed()
          }
          controller.enqueue(read)
        } catch (error) {
          await end()
          controller.error(error)
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
