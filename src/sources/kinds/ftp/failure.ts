import { FTPError } from 'basic-ftp'
import {
  type AppError,
  ForbiddenError,
  InvalidError,
  systemErrorCode,
  UnavailableError,
} from '../../../lib/errors.ts'
import { explained } from '../../../lib/outbound/failure.ts'

/**
 * What goes wrong with an FTP server, as an error of ours. What a server answers is never quoted, and its errors are
 * no causes: some repeat the password.
 * @param what was asked of it, as in "list the folder"
 */
export function explainFtp(
  error: unknown,
  { origin, idleMs, tls }: { origin: string; idleMs: number; tls: string },
  what: string,
): unknown {
  if (error instanceof FTPError) return refusal(error.code, { origin, what })
  const text = error instanceof Error ? error.message : ''
  if (text.startsWith('Timeout'))
    return new UnavailableError('timed_out', `${origin} did not ${what} within ${idleMs / 1000} s.`)
  if (/maximum allowed size/.test(text))
    return new UnavailableError('server_failed', `${origin} talks without end when it is to ${what}.`)
  if (/Maximum bytes exceeded/.test(text))
    return new InvalidError(
      'too_many_files',
      `${origin} did not ${what} in as many bytes as are read of it; name a folder with fewer files.`,
    )
  if (/directory listing/.test(text))
    return new InvalidError(
      'listing_not_understood',
      `${origin} lists its folder in a way that is not known; name the file itself as the path.`,
    )
  if (
    /FIN packet|closed connection|Client is closed|closed client|Premature close|Invalid response/i.test(text)
  )
    return new UnavailableError('cut_off', `${origin} closed the connection before it did ${what}.`)
  if (tls !== 'none' && /wrong version/i.test(text)) return noTls(origin)
  // What is no error of the system may quote the server.
  if (systemErrorCode(error) !== null) return explained(error, { origin }, false)
  return new UnavailableError(
    'server_failed',
    `${origin} does not speak FTP as it should, when it is to ${what}.`,
  )
}

export const noTls = (origin: string) =>
  new InvalidError(
    'tls_failed',
    `${origin} does not speak TLS as the source is to (its setting tls); nothing was sent to it.`,
  )

function refusal(code: number, { origin, what }: { origin: string; what: string }): AppError {
  const answered = `${origin} answered ${code} when it was to ${what}`
  if (code === 530 || code === 430 || code === 332 || code === 331)
    return new ForbiddenError('not_authorized', `${answered}: check user and password of the source.`)
  if (code === 534) return noTls(origin)
  if (code >= 400 && code < 500)
    return new UnavailableError('server_failed', `${answered}; it has a fault of its own, or is busy.`)
  return new InvalidError('refused_there', `${answered}; check the path, and what this user may do.`)
}
