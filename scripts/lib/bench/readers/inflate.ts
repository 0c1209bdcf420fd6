import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInflateRaw } from 'node:zlib'

// Unpacks the sheet and the shared strings of a workbook, piece by piece, and looks at nothing: what no reader can do
// without. Spawned by the benchmark, on archives that it wrote: below 4 GiB, without comment.
const path = Bun.argv[2]!
let unpackedBytes = 0
for (const part of await parts()) {
  if (!/^xl\/(worksheets\/|sharedStrings)/.test(part.name)) continue
  const packed = createReadStream(path, {
    start: part.contentAt,
    end: part.contentAt + part.packedBytes - 1,
    highWaterMark: 256 * 1024,
  })
  // A stream of buffers: nothing set an encoding.
  for await (const piece of packed.pipe(createInflateRaw({ chunkSize: 256 * 1024 })))
    unpackedBytes += (piece as Buffer).length
}
console.log(JSON.stringify({ unpacked_bytes: unpackedBytes }))

async function parts(): Promise<{ name: string; contentAt: number; packedBytes: number }[]> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = await bytes(file, size - 22, 22)
    const directory = await bytes(file, end.readUInt32LE(16), end.readUInt32LE(12))
    const found = []
    for (let at = 0; at < directory.length; ) {
      const nameBytes = directory.readUInt16LE(at + 28)
      const headerAt = directory.readUInt32LE(at + 42)
      const header = await bytes(file, headerAt, 30)
      found.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
        contentAt: headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28),
        packedBytes: directory.readUInt32LE(at + 20),
      })
      at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    }
    return found
  } finally {
    await file.close()
  }
}

async function bytes(file: Awaited<ReturnType<typeof open>>, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  await file.read(buffer, 0, length, at)
  return buffer
}
