import { isAscii } from 'node:buffer'
import { open } from 'node:fs/promises'
import { InvalidError } from '../../../lib/errors.ts'
import { type Choice, sureChoice } from '../../table/card/choice.ts'
import { decodeHead, encodingNamed } from '../text/encoding.ts'
import { chooseEncoding, encodingOfMark, utf8Sequences, utf16Order } from '../text/encoding-detection.ts'
import { headOf, markedEncoding } from '../text/text-file.ts'

/** Pieces of another length than this serve tests that cut documents anywhere. */
export const markupChunkBytes = 256 * 1024

/**
 * The encoding of an XML or HTML file: what a person pins, else the byte order mark, else what it declares and its
 * bytes do not contradict, else what its bytes look like. A declaration is often wrong: programs save a file in
 * another encoding and leave the line as it was.
 * @throws InvalidError `unknown_encoding`
 */
export async function markupEncoding(path: string, pinned: string | null): Promise<Choice> {
  const head = await headOf(path)
  const marked = markedEncoding(head, pinned)
  if (marked !== null) return marked
  const declared = declaredEncoding(head)
  const sample = await textBeyondAscii(path)
  const why = declared === null ? null : 'the file says so'
  if (sample.length === 0) return sureChoice(declared ?? 'utf-8', why)
  const { valid, broken } = utf8Sequences(sample)
  // By accident a text of another encoding is right UTF-8 in some letters, and not in eight of eight.
  if (broken === 0 && (valid >= 8 || declared === null)) return utf8Choice(declared)
  if (declared !== null && declared !== 'utf-8') return sureChoice(declared, why)
  return chooseEncoding(sample)
}

function utf8Choice(declared: string | null): Choice {
  if (declared === null || declared === 'utf-8') return sureChoice('utf-8', null)
  return sureChoice('utf-8', `every character beyond ASCII is right in it, though the file says ${declared}`)
}

/** The first of a document as text, for telling what it is; without what stands before its first mark. */
export function markupHead(head: Uint8Array): string {
  const mark = encodingOfMark(head)
  if (mark === 'utf-32') return ''
  return decodeHead(head, mark ?? utf16Order(head) ?? 'utf-8').trimStart()
}

const headBytes = 64 * 1024
/** Enough for hundreds of words. */
const sampleBytes = 16 * 1024
/** Longest stretch taken at once, so that the sample comes from many places. */
const stretchBytes = 512

/** What the XML declaration or the page's `meta` says; null without one, or when nobody knows such an encoding. */
function declaredEncoding(head: Uint8Array): string | null {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 8192)).toString('latin1')
  const label =
    /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(start)?.[1] ??
    /<meta\s[^>]{0,300}?charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(start)?.[1]
  // Whoever declares UTF-16 in single bytes means something else.
  if (label === undefined || /^(utf-?16|ucs|iso-10646)/i.test(label)) return null
  try {
    return encodingNamed(label)
  } catch (error) {
    // A name that nobody knows says nothing; the bytes are looked at instead.
    if (error instanceof InvalidError) return null
    throw error
  }
}

/** Stretches of the file that have bytes beyond ASCII; they begin and end at ASCII, never inside a UTF-8 character. */
async function textBeyondAscii(path: string): Promise<Uint8Array> {
  const sample = new Uint8Array(sampleBytes)
  let length = 0
  const file = await open(path, 'r')
  try {
    const chunk = new Uint8Array(headBytes)
    while (length < sampleBytes - stretchBytes) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null)
      if (bytesRead === 0) break
      const bytes = chunk.subarray(0, bytesRead)
      if (isAscii(bytes)) continue
      // A chunk may begin inside a character.
      let at = 0
      while (at < bytes.length && bytes[at]! >= 0x80) at++
      while (at < bytes.length && length < sampleBytes - stretchBytes) {
        while (at < bytes.length && bytes[at]! < 0x80) at++
        const from = at
        const longest = Math.min(bytes.length, from + stretchBytes - 2)
        let end = longest
        while (end > from && bytes[end - 1]! >= 0x80) end--
        if (end > from) {
          sample.set(bytes.subarray(from, end), length)
          length += end - from
          sample[length++] = 0x0a
        }
        at = Math.max(end, longest)
        while (at < bytes.length && bytes[at]! >= 0x80) at++
      }
    }
  } finally {
    await file.close()
  }
  return sample.subarray(0, length)
}
