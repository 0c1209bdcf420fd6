import { type KeyObject, sign } from 'node:crypto'

/** What is signed. */
export interface Claims {
  /** Who says so. */
  iss: string
  /** What it is asked for. */
  scope: string
  /** Who is meant to read it. */
  aud: string
  /** Seconds since 1970. */
  iat: number
  /** Seconds since 1970. */
  exp: number
}

/** Claims as a JSON Web Token, signed with RSA and SHA-256 (RS256; RFC 7519, RFC 7515). */
export function signedToken(
  claims: Claims,
  { privateKey, keyId }: { privateKey: KeyObject; keyId: string | null },
): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== null && { kid: keyId }) }
  const said = `${encoded(header)}.${encoded(claims)}`
  return `${said}.${sign('sha256', Buffer.from(said), privateKey).toString('base64url')}`
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
