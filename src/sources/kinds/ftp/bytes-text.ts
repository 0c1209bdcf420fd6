/**
 * FTP does not say what its names are written in: UTF-8, or the code page of an old server. So the texts that are sent
 * and received hold one byte per character ("latin1"), a name is asked for in the very bytes that it was listed with,
 * and only what is shown is decoded.
 */

/** As bytes, a character each: "ä" → "Ã¤". */
export const utf8Bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** The ways in which a server may write a name: UTF-8 first. */
export function bytesOf(text: string): string[] {
  const utf8 = utf8Bytes(text)
  const isLatin1 = [...text].every((character) => character.codePointAt(0)! <= 0xff)
  return utf8 === text || !isLatin1 ? [utf8] : [utf8, text]
}

/** What bytes say: as UTF-8 where they are, else as Latin-1. */
export function shownBytes(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return bytes
  }
}

/** As a part of a URL: each byte that is not plain, as %XX. */
export const urlPart = (bytes: string): string =>
  bytes.replace(
    /[^A-Za-z0-9\-._~!$&'()*+,;=:@]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
