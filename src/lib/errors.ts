/**
 * The errors that end an attempt. A bad row is not an error but an `Issue` value; see analyzer/table/rows/issue.ts.
 *
 * AppError
 * ├─ InvalidError       repeating cannot help
 * ├─ NotFoundError
 * ├─ ConflictError
 * ├─ ForbiddenError
 * └─ UnavailableError   worth retrying
 *
 * Anything else that is thrown is a bug. `code` is stable and for machines; the message says what, where and
 * what to do, and is for people.
 */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

export class InvalidError extends AppError {
  override name = 'InvalidError'
}

export class NotFoundError extends AppError {
  override name = 'NotFoundError'
}

export class ConflictError extends AppError {
  override name = 'ConflictError'
}

export class ForbiddenError extends AppError {
  override name = 'ForbiddenError'
}

export class UnavailableError extends AppError {
  override name = 'UnavailableError'
  readonly retryAfterMs: number | null

  constructor(code: string, message: string, options?: { cause?: unknown; retryAfterMs?: number }) {
    super(code, message, options)
    this.retryAfterMs = options?.retryAfterMs ?? null
  }
}

/** The `code` of a system error such as `ENOSPC`, or null for anything else. */
export function systemErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}
