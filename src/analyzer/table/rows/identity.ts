import { createHash } from 'node:crypto'

/**
 * The key of an item in a list without SKUs: "~" and 22 characters of a SHA-256 over its identity fields, after
 * NFC, collapsed white space and lower case, so that re-typing a name does not make another item.
 */
export function identityKey(parts: readonly string[]): string {
  const text = parts.map((part) => fold(part)).join('\u0000')
  return `~${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
}

function fold(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}
