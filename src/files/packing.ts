import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { AppError } from '../lib/errors.ts'
import { damaged } from './damaged.ts'
import type { FileKey } from './file-store.ts'

/** Price lists halve at any level; from here on it costs much more time than it saves room. */
const level = 3

/** Bytes packed with Zstandard. */
export function packed(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(
    bytes,
    createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
  )
}

/** What `packed` made, unpacked. How much that may be is for the reader to limit. @throws InvalidError `raw_file_damaged` */
export async function* unpacked(
  bytes: AsyncIterable<Uint8Array>,
  { sha256 }: Pick<FileKey, 'sha256'>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* through(bytes, createZstdDecompress())
  } catch (error) {
    if (error instanceof AppError || (error instanceof Error && error.name === 'AbortError')) throw error
    throw damaged(sha256, error)
  }
}

/** Bytes through a transform; both end when whoever reads does, or when one of them fails. */
async function* through(bytes: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const piped = pipeline(Readable.from(copies(bytes), { objectMode: false }), transform, () => {
    // What failed is thrown where the transform is read.
  })
  try {
    // A transform of bytes gives bytes.
    for await (const piece of piped) yield piece as Uint8Array
  } finally {
    transform.destroy()
  }
}

/** Streams hold on to pieces that are over for their maker. `slice` of a Buffer would not copy. */
async function* copies(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) yield new Uint8Array(piece)
}
