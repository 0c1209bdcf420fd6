import { ForbiddenError, InvalidError, systemErrorCode, UnavailableError } from '../../../lib/errors.ts'
import { explained } from '../../../lib/outbound/failure.ts'

/**
 * What goes wrong with an SFTP server, as an error of ours. Nothing that the server says is quoted.
 * @param what was asked of it, as in "list the folder"
 */
export function explainSftp(error: unknown, origin: string, what: string): unknown {
  const status = statusOf(error)
  if (status !== null) return refusal(status, origin, what)
  const text = error instanceof Error ? error.message : ''
  const level = error instanceof Error && 'level' in error ? error.level : null
  if (level === 'client-authentication')
    return new ForbiddenError(
      'not_authorized',
      `${origin} does not let us log in: check user, password and key of the source.`,
    )
  if (level === 'client-timeout' || /Timed out/i.test(text))
    return new UnavailableError('timed_out', `${origin} did not ${what} in time.`)
  if (/no matching|unsupported/i.test(text) && level === 'handshake')
    return new InvalidError(
      'no_safe_algorithm',
      `${origin} knows only ways of ${weakPart(text)} that are no longer safe; its owner has to update it.`,
    )
  if (/privateKey|private key|passphrase|parse/i.test(text) && level === null)
    return new InvalidError(
      'private_key_not_readable',
      'The private key of the source cannot be read: it is no key in OpenSSH or PEM format, or its passphrase is missing or another one.',
    )
  if (/connection lost/i.test(text)) return cutOff(origin, what)
  if (level === 'handshake' || level === 'protocol' || /greeting|header|packet|malformed|invalid/i.test(text))
    return new UnavailableError('server_failed', `${origin} does not speak SSH as it should.`)
  if (systemErrorCode(error) === null) return cutOff(origin, what)
  return explained(error, { origin }, false)
}

const cutOff = (origin: string, what: string) =>
  new UnavailableError('cut_off', `${origin} closed the connection before it did ${what}.`)

const weakPart = (text: string): string =>
  /host key/i.test(text)
    ? 'proving its key'
    : /exchange|kex/i.test(text)
      ? 'exchanging keys'
      : /MAC/i.test(text)
        ? 'securing what is sent'
        : 'encrypting'

/** The code of an answer of the protocol (draft-ietf-secsh-filexfer-02, 7); null: it is none. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'number' && error.code <= 31 && !('level' in error) ? error.code : null
}

export const statuses = { eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, connectionLost: 7 } as const

function refusal(status: number, origin: string, what: string) {
  const answered = `${origin} did not ${what}`
  if (status === statuses.permissionDenied)
    return new ForbiddenError(
      'not_authorized',
      `${answered}: this user may not; check the path, and its rights.`,
    )
  if (status === statuses.noSuchFile)
    return new InvalidError('refused_there', `${answered}: it is not there; check the path.`)
  return new UnavailableError('server_failed', `${answered} (status ${status}); it has a fault of its own.`)
}
