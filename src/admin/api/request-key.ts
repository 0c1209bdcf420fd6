/**
 * A name for a request, so that sent again it is still made once: 128 random bits as 32 hexadecimal digits. Not by
 * `crypto.randomUUID`: browsers keep that from pages that came without TLS from another machine.
 */
export function requestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
