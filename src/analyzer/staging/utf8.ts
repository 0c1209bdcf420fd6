import { storable } from '../../lib/storable.ts'

/** Texts up to this length are encoded here; longer ones are quicker through the runtime. */
const shortTextMax = 12

/** No character of a JavaScript string has more bytes. */
export const bytesPerCharacterMax = 3

/**
 * Writes a text as `storable` leaves it. There must be room for `bytesPerCharacterMax` a character.
 * @returns where the next byte goes
 */
export function writeText(bytes: Buffer, start: number, text: string): number {
  if (text.length > shortTextMax) return start + bytes.write(storable(text), start)
  let at = start
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // NUL, and what has more than 2 bytes, goes the long way.
    if (code === 0 || code >= 0x800) return start + bytes.write(storable(text), start)
    if (code < 0x80) bytes[at++] = code
    else {
      bytes[at++] = 0xc0 | (code >> 6)
      bytes[at++] = 0x80 | (code & 0x3f)
    }
  }
  return at
}
