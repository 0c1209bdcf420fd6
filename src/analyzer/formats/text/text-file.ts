import { isAscii } from 'node:buffer'
import { open } from 'node:fs/promises'
import { InvalidError } from '../../../lib/errors.ts'
import { type Choice, pinnedChoice, sureChoice } from '../../table/card/choice.ts'
import { encodingNamed, textStream } from './encoding.ts'
import { chooseEncoding, encodingOfMark, utf16Order } from './encoding-detection.ts'

/**
 * The encoding of a text file: what is pinned, else what a byte order mark states, else what its bytes look like.
 * @throws InvalidError `unknown_encoding`
 */
export async function encodingOf(path: string, pinned: string | null): Promise<Choice> {
  return markedEncoding(await headOf(path), pinned) ?? chooseEncoding(await linesBeyondAscii(path))
}

/**
 * What is pinned, else what a byte order mark or the zeros of UTF-16 state; null: neither says anything.
 * @throws InvalidError `unknown_encoding`
 */
export function markedEncoding(head: Uint8Array, pinned: string | null): Choice | null {
  const mark = encodingOfMark(head)
  if (pinned !== null) {
    const named = encodingNamed(pinned)
    // "utf-16" leaves the byte order open; the mark then says it.
    return pinnedChoice(named === 'utf-16le' && mark === 'utf-16be' ? mark : named)
  }
  if (mark === 'utf-32') {
    throw new InvalidError(
      'unknown_encoding',
      'The file is written in UTF-32. Save it as UTF-8 and try again.',
    )
  }
  if (mark !== null) return sureChoice(mark, 'the file begins with its mark')
  const order = utf16Order(head)
  return order === null ? null : sureChoice(order, 'every other byte is zero')
}

/** The first 64 KiB of a file. */
export async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(formatHeadBytes), 0, formatHeadBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Decodes the file piece by piece. `bytesRead` counts from the start of the file. */
export async function* textOf(
  path: string,
  encoding: string,
  chunkBytes: number,
): AsyncGenerator<{ text: string; bytesRead: number }> {
  const stream = textStream(encoding)
  let bytesRead = 0
  for await (const chunk of chunksOf(path, chunkBytes)) {
    bytesRead += chunk.length
    yield { text: stream.decode(chunk), bytesRead }
  }
  yield { text: stream.end(), bytesRead }
}

/** The file as UTF-8, piece by piece, without its byte order mark. A piece is valid until the next is asked for. */
export async function* utf8Of(
  path: string,
  encoding: string,
  chunkBytes: number,
): AsyncGenerator<{ bytes: Buffer; bytesRead: number }> {
  if (encoding !== 'utf-8') {
    for await (const { text, bytesRead } of textOf(path, encoding, chunkBytes))
      yield { bytes: Buffer.from(text), bytesRead }
    return
  }
  let bytesRead = 0
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunksOf(path, chunkBytes)) {
    bytesRead += chunk.length
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (head === null) {
      yield { bytes, bytesRead }
      continue
    }
    head = Buffer.concat([head, bytes])
    if (head.length < byteOrderMark.length) continue
    yield { bytes: withoutMark(head), bytesRead }
    head = null
  }
  if (head !== null) yield { bytes: head, bytesRead }
}

const chunksPerRead = 4
const formatHeadBytes = 64 * 1024
// Enough for hundreds of words; twenty encodings are tried on them.
const encodingSampleBytes = 16 * 1024

/**
 * The first lines that have bytes beyond ASCII. They may lie anywhere in the file, so a list in plain ASCII is
 * looked through to its end: at several GB/s, and without decoding anything.
 */
async function linesBeyondAscii(path: string): Promise<Uint8Array> {
  const sample = new Uint8Array(encodingSampleBytes)
  let length = 0
  let isFirst = true
  for await (const chunk of chunksOf(path, 64 * 1024)) {
    // A chunk may begin inside a character, and so does its first line.
    let at = isFirst || isAscii(chunk) ? 0 : lineEndAfter(chunk, 0) % chunk.length
    isFirst = false
    if (isAscii(chunk)) continue
    while (at < chunk.length) {
      // Line ends are the same bytes in every encoding that gets here, and never half of another character.
      const end = lineEndAfter(chunk, at)
      if (!isAscii(chunk.subarray(at, end))) {
        const line = chunk.subarray(at, Math.min(end, at + sample.length - length))
        sample.set(line, length)
        length += line.length
        if (length === sample.length) return sample
      }
      at = end
    }
  }
  return sample.subarray(0, length)
}

/** The index behind the next LF or CR, or the length of the chunk. */
function lineEndAfter(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] !== 10 && chunk[at] !== 13) at++
  return Math.min(at + 1, chunk.length)
}

/**
 * Reads the file in chunks. A chunk is valid until the next is asked for. Several chunks are read at once, and the
 * next ones while the latest are used: a read costs some 70 µs whatever its length. Larger chunks are no gain, since
 * more rows then live at once and the garbage collector has to move them (128 KiB: 5 % slower, 1 MiB: 15 %).
 */
async function* chunksOf(path: string, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const blockBytes = chunkBytes * chunksPerRead
  const file = await open(path, 'r')
  let spare = new Uint8Array(blockBytes)
  let current = new Uint8Array(blockBytes)
  let reading = file.read(current, 0, blockBytes, null)
  try {
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      reading = file.read(spare, 0, blockBytes, null)
      // Nobody awaits it yet, and whoever stops reading never will.
      reading.catch(() => {})
      for (let at = 0; at < bytesRead; at += chunkBytes) {
        yield current.subarray(at, Math.min(at + chunkBytes, bytesRead))
      }
      ;[current, spare] = [spare, current]
    }
  } finally {
    await reading.catch(() => {})
    await file.close()
  }
}

const byteOrderMark = Buffer.from('\ufeff')

function withoutMark(head: Buffer): Buffer {
  const mark = head.subarray(0, byteOrderMark.length)
  return mark.equals(byteOrderMark) ? head.subarray(byteOrderMark.length) : head
}
