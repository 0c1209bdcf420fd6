import { visibleText } from '../lib/visible-text.ts'

/** Longest file name that is kept, in characters. */
const nameLengthMax = 255
/** A longer one is no extension but part of the name. */
const extensionLengthMax = 12

/**
 * A file name that is safe to show. Names are kept for people and never used as a path, so nothing is refused: only
 * the last part of a path stays; control characters, and those that turn the direction of writing or are not seen
 * at all, are taken out; long names are cut before their extension. What has no name left is "upload".
 *
 * "../../x" → "x"; "a\u202Exslx.exe" → "axslx.exe"
 */
export function displayName(given: string | null): string {
  const clean = visibleText((given ?? '').split(/[/\\]/).at(-1) ?? '')
  if (/^\.*$/.test(clean)) return 'upload'
  const characters = [...clean]
  if (characters.length <= nameLengthMax) return clean
  const dot = characters.lastIndexOf('.')
  const extension = dot >= characters.length - extensionLengthMax ? characters.slice(dot) : []
  return [...characters.slice(0, nameLengthMax - extension.length), ...extension].join('')
}

/**
 * The file name of a Content-Disposition header (RFC 6266), or null: `filename*` (UTF-8, percent-encoded) wins over
 * `filename`.
 */
export function dispositionName(header: string | null): string | null {
  if (header === null) return null
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1]
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended)
    } catch {
      // Not what the standard says; the plain name may still be there.
    }
  }
  const [, quoted, bare] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? []
  return quoted?.replace(/\\(.)/g, '$1') ?? bare ?? null
}
