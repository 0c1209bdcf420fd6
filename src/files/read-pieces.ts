import { open } from 'node:fs/promises'

const pieceBytes = 1024 * 1024

/** A file's bytes from its beginning. Each piece is over when the next one is asked for. */
export async function* readPieces(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const from = await open(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(pieceBytes)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await from.read(piece, 0, pieceBytes, null)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await from.close()
  }
}
