import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * How every secret that we make up begins, so that scanners find one that got into a repository, and our own log
 * hides it: see lib/redact.ts.
 */
const prefix = 'tlm_'

/** What a secret is for; a session's cookie is no API token, whoever sends it as one. */
export type SecretKind = 'token' | 'session' | 'setup'
const kinds: Record<SecretKind, string> = { token: '', session: 's_', setup: 'setup_' }

/** 256 random bits as text: `tlm_…` for an API token, `tlm_s_…`, `tlm_setup_…`. */
export function newSecret(kind: SecretKind): string {
  return `${prefix}${kinds[kind]}${randomBytes(32).toString('base64url')}`
}

/** Whether a text may be such a secret, so that nothing has to be looked up for one that cannot. */
export function isSecret(kind: SecretKind, text: string): boolean {
  const start = prefix + kinds[kind]
  return text.length === start.length + 43 && text.startsWith(start)
}

/**
 * What is kept of a secret: SHA-256, in hex. It is random and long, so that nothing slower is needed: nobody finds it
 * by trying, whether in a copy of the database or by how long a comparison takes.
 */
export function secretHash(secret: string): string {
  return Bun.SHA256.hash(secret, 'hex')
}

/** How an API token begins, so that its owner tells it from others: 48 of its 256 bits. */
export const secretBeginning = (secret: string): string => secret.slice(0, prefix.length + 8)

/**
 * What a page that was given it sends along with each change, in X-Tallyman-CSRF. It follows from the cookie that
 * scripts cannot read, so that nothing more has to be kept, and tells nothing about it.
 */
export function csrfOf(session: string): string {
  return createHash('sha256').update(`csrf/${session}`).digest('base64url')
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a!, b!)
}
