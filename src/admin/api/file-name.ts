/**
 * What a file is to be called, as its answer says (RFC 6266): the name beyond ASCII where there is one.
 * @param disposition the header Content-Disposition; null: there is none
 */
export function fileNameIn(disposition: string | null): string | null {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded)
  } catch {
    // Then the plain one has to do.
  }
  return /filename="([^"]+)"/i.exec(disposition ?? '')?.[1] ?? null
}
