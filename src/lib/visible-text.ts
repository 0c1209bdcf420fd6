/**
 * A name as it may be shown: without control characters, and without those that turn the direction of writing or are
 * not seen at all. "a\u202Exslx.exe" → "axslx.exe"
 */
export function visibleText(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(unseen, '').replace(/\s+/gu, ' ').trim()
}

/** Other than these, format characters (Cf) join letters in some scripts, so they stay. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu
