/** Labels of the WHATWG encodings that the lists are written in. */
export type Encoding =
  | 'utf-8'
  | 'utf-16le'
  | 'windows-1250'
  | 'windows-1251'
  | 'windows-1252'
  | 'windows-1253'
  | 'windows-1255'
  | 'windows-1256'
  | 'shift_jis'
  | 'gb18030'

/**
 * Writes text in a legacy encoding by turning the platform's decoder round, since platforms encode UTF-8 only.
 * Throws where the encoding has no such character.
 */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  if (encoding === 'utf-16le') return new Uint8Array(Buffer.from(text, 'utf16le'))
  const isDouble = encoding === 'shift_jis' || encoding === 'gb18030'
  const bytesOf = isDouble ? doubleBytes(encoding) : singleBytes(encoding)
  const bytes: number[] = []
  for (const character of text) {
    const found = bytesOf.get(character)
    if (found === undefined) throw new Error(`${encoding} has no "${character}"`)
    bytes.push(...found)
  }
  return Uint8Array.from(bytes)
}

function singleBytes(encoding: Encoding): Map<string, readonly number[]> {
  const decoder = new TextDecoder(encoding)
  const bytesOf = new Map<string, readonly number[]>()
  for (let byte = 0; byte < 256; byte++) bytesOf.set(decoder.decode(Uint8Array.of(byte)), [byte])
  return bytesOf
}

function doubleBytes(encoding: Encoding): Map<string, readonly number[]> {
  const decoder = new TextDecoder(encoding)
  const bytesOf = new Map<string, readonly number[]>()
  for (let byte = 0; byte < 0x80; byte++) bytesOf.set(String.fromCharCode(byte), [byte])
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if ([...character].length === 1 && character !== '\ufffd' && !bytesOf.has(character))
        bytesOf.set(character, [lead, trail])
    }
  }
  return bytesOf
}
