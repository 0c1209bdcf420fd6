import { InvalidError } from './errors.ts'

/**
 * The place where a page ended, as callers carry it: opaque to them, and of use only with the same filters.
 * @param key the last row's sort key
 */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * Reads a cursor back.
 * @param shape the type of each part of the sort key
 * @throws InvalidError `invalid_cursor` for anything that `encodeCursor` did not write for such a key
 */
export function decodeCursor<const Shape extends readonly ('string' | 'integer')[]>(
  cursor: string,
  shape: Shape,
): Key<Shape> {
  const key = parsed(cursor)
  const isKey =
    Array.isArray(key) &&
    key.length === shape.length &&
    key.every((part, index) => isPart(part, shape[index]!))
  if (!isKey) throw invalidCursor()
  // Each part was compared with the shape.
  return key as Key<Shape>
}

/** For a cursor whose parts no page could have given. */
export const invalidCursor = () =>
  new InvalidError('invalid_cursor', 'The cursor is not one that an earlier page gave.')

/**
 * The time in a cursor.
 * @param ms since 1970
 * @throws InvalidError `invalid_cursor` for what no row was written at, and what PostgreSQL cannot read as a time
 */
export function instantInCursor(ms: number): Date {
  if (ms < 0 || ms >= year10000Ms) throw invalidCursor()
  return new Date(ms)
}

const year10000Ms = Date.UTC(10_000, 0)

type Key<Shape extends readonly ('string' | 'integer')[]> = {
  -readonly [Index in keyof Shape]: Shape[Index] extends 'integer' ? number : string
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    // Whatever it is, it is no cursor of ours.
    return null
  }
}

/** No database keeps a NUL, and PostgreSQL refuses to look for one. */
function isPart(part: unknown, type: 'string' | 'integer'): boolean {
  return type === 'integer' ? Number.isSafeInteger(part) : typeof part === 'string' && !part.includes('\0')
}
