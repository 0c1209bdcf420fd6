import { InvalidError } from '../../../lib/errors.ts'

/**
 * Makes a part's bytes UTF-8, whatever they were: by byte order mark, by how `<` is written, or by the XML
 * declaration. Nearly every part is UTF-8 already and passes through untouched.
 * Source: XML 1.0, appendix F.
 * @throws InvalidError `unknown_encoding`
 */
export async function* utf8Pieces(pieces: AsyncIterable<Buffer>, partName: string): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0)
  let decoder: TextDecoder | null = null
  for await (const piece of pieces) {
    if (head === null) {
      yield decoder === null ? piece : Buffer.from(decoder.decode(piece, { stream: true }))
      continue
    }
    head = head.length === 0 ? piece : Buffer.concat([head, piece])
    if (head.length < headBytes) continue
    decoder = partDecoder(head, partName)
    yield decoder === null ? head : Buffer.from(decoder.decode(head, { stream: true }))
    head = null
  }
  if (head !== null && head.length > 0) {
    decoder = partDecoder(head, partName)
    yield decoder === null ? head : Buffer.from(decoder.decode(head, { stream: true }))
  }
  const rest = decoder?.decode() ?? ''
  if (rest !== '') yield Buffer.from(rest)
}

/** Decodes a part that is in memory as a whole. */
export function partText(bytes: Buffer, partName: string): string {
  const decoder = partDecoder(bytes, partName) ?? new TextDecoder('utf-8')
  return decoder.decode(bytes)
}

// An XML declaration fits; a part shorter than this is looked at when it ends.
const headBytes = 200
const declaredEncoding = /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/

/** Null: the bytes are UTF-8. */
function partDecoder(head: Buffer, partName: string): TextDecoder | null {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le')
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be')
  if (head[0] === 0x3c && head[1] === 0) return new TextDecoder('utf-16le')
  if (head[0] === 0 && head[1] === 0x3c) return new TextDecoder('utf-16be')
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return null
  const label = declaredEncoding.exec(head.toString('latin1', 0, headBytes))?.[1]
  // Whoever declares UTF-16 in single bytes means something else; UTF-8 is what is left.
  if (label === undefined || /^utf-?(8|16)/i.test(label)) return null
  try {
    // TextDecoder checks the label itself; its type lists only the labels that Bun documents.
    return new TextDecoder(label as Bun.Encoding)
  } catch (cause) {
    throw new InvalidError(
      'unknown_encoding',
      `The part ${partName} is written in "${label}", which cannot be read. Save the workbook again in Excel or LibreOffice.`,
      { cause },
    )
  }
}
