import { UnavailableError } from '../../../lib/errors.ts'
import { pause } from '../../../lib/pause.ts'
import { notSettled } from '../choose-file.ts'
import type { FetchContext } from '../kind.ts'
import type { Line } from './line.ts'
import { CannotResume, isSame, type RemoteFile } from './session.ts'

/** Pauses before a file that was cut is gone on with, while nothing of it comes. */
const pausesMs = [1000, 2000, 4000]
/** How often a file may be cut in all. */
const cutsMax = 50
/** So many bytes before a cut are read once more, to see that it is the same file that goes on. */
const overlapBytes = 4096
const cuts = new Set(['unreachable', 'timed_out', 'cut_off', 'server_failed'])

/**
 * The bytes of a file, gone on with after a cut as long as its size and time are the same. One whose time is not known
 * is read from its beginning.
 * @throws UnavailableError `file_not_settled` when the file changes meanwhile; what ends a session, once it has ended
 * too often
 * @throws CannotResume when the file has to be read from its beginning
 */
export async function* piecesOf(
  line: Line,
  file: RemoteFile,
  { onProgress, bytesEnough, signal }: Pick<FetchContext, 'onProgress' | 'bytesEnough' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let tail: Uint8Array = new Uint8Array(0)
  let triesInVain = 0
  for (let tries = 0; ; tries++) {
    const before = bytes
    try {
      const session = await line.session()
      // Of two files of one size nothing tells that the other one goes on.
      if (bytes > 0 && file.modifiedAt === null) throw new CannotResume('Its server says no time of it.')
      if (tries > 0) await refuseChanged()
      for await (const piece of skipping(session.read(file, bytes - tail.length), tail)) {
        bytes += piece.length
        if (file.sizeBytes !== null && bytes > file.sizeBytes) throw notSettled(file.path)
        tail = endOf(tail, piece)
        yield piece
        onProgress({ bytes, bytesTotal: file.sizeBytes })
        // The connection is closed with the reading, without waiting for what was under way.
        if (bytesEnough !== null && bytes >= bytesEnough) return
      }
      if (file.sizeBytes !== null && bytes < file.sizeBytes) throw short(file, bytes)
      await refuseChanged()
      return
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof UnavailableError && cuts.has(error.code))) throw error
      line.close()
      triesInVain = bytes > before ? 0 : triesInVain + 1
      if (triesInVain > pausesMs.length || tries >= cutsMax) throw error
      // Not all at once, when a server that many are fetched from comes back.
      await pause((pausesMs[triesInVain - 1] ?? 0) * (0.5 + Math.random()), signal)
      signal.throwIfAborted()
    }
  }

  /** @throws UnavailableError `file_not_settled` */
  async function refuseChanged(): Promise<void> {
    const now = await (await line.session()).again(file)
    if (now === null || !isSame(now, file)) throw notSettled(file.path)
  }
}

/** The pieces behind what is known of them. @throws CannotResume when they begin otherwise */
async function* skipping(pieces: AsyncGenerator<Uint8Array>, known: Uint8Array): AsyncGenerator<Uint8Array> {
  let skipped = 0
  for await (const piece of pieces) {
    const length = Math.min(piece.length, known.length - skipped)
    if (
      length > 0 &&
      Buffer.compare(piece.subarray(0, length), known.subarray(skipped, skipped + length)) !== 0
    )
      throw new CannotResume('What comes is not what came before.')
    skipped += length
    if (piece.length > length) yield length === 0 ? piece : piece.subarray(length)
  }
}

function endOf(before: Uint8Array, piece: Uint8Array): Uint8Array {
  // Copied: the piece is its reader's.
  if (piece.length >= overlapBytes) return Buffer.from(piece.subarray(-overlapBytes))
  return Buffer.concat([before, piece]).subarray(-overlapBytes)
}

const short = ({ path, sizeBytes }: RemoteFile, bytes: number) =>
  new UnavailableError('cut_off', `${path} was cut off after ${bytes} of ${sizeBytes} bytes.`)
