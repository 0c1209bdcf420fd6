import type { Archive } from '../files/archive.ts'
import type { Paced } from './slots.ts'

type Receiving = Pick<Archive, 'copy' | 'receive'>

/**
 * The archive as a kind of source sees it: what it takes in waits where others need the machine. Whoever sends is not
 * asked for more meanwhile, so that no more than one piece is held.
 * @param options.signal aborted: what is coming in ends before its next piece, with the reason
 */
export function pacedArchive(
  archive: Receiving,
  { pace, signal }: { pace: Paced; signal: AbortSignal },
): Receiving {
  async function* paced(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      await pace(piece.length)
      signal.throwIfAborted()
      yield piece
    }
  }

  return {
    receive: (pieces, options) => archive.receive(paced(pieces), options),
    copy(source, { onBytes, ...options }) {
      let told = 0
      return archive.copy(source, {
        ...options,
        async onBytes(bytes) {
          await onBytes?.(bytes)
          await pace(bytes - told)
          told = bytes
        },
      })
    },
  }
}
