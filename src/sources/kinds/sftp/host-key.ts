import { createHash } from 'node:crypto'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import { isChecked } from '../../../lib/checked.ts'
import { ForbiddenError } from '../../../lib/errors.ts'
import { type Static, t } from '../../../lib/schema.ts'

/** What a source has learned of the server that it is fetched from. */
export const KnownKey = t.Object({
  /** Name and port: a key says nothing of another server. */
  host: t.String(),
  /** "SHA256:…", as ssh-keygen -l writes it. */
  host_key: t.String(),
  /** As in the key itself, such as "ssh-ed25519". */
  key_type: t.String(),
})
export type KnownKey = Static<typeof KnownKey>

/** What was learned of this server; null: nothing, or of another one. */
export function knownKey(learned: unknown, host: string): KnownKey | null {
  return isChecked(KnownKey, learned) && learned.host === host ? learned : null
}

export const fingerprintPattern = '^SHA256:[A-Za-z0-9+/]{43}$'

/** @param key in the format of the protocol (RFC 4253, 6.6) */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

export function keyTypeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0)
  return key.toString('latin1', 4, 4 + Math.min(length, 64))
}

/** The best one first; those with SHA-1 and DSA are left out. */
const signatures: Record<string, readonly ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}
export const keyTypes: readonly string[] = Object.keys(signatures)

/**
 * The algorithms that a host may prove its key with. Servers have several keys: the type that is known comes first,
 * or another key of the same server would be taken for a changed one.
 */
export function signaturesOf(types: readonly string[], first: string | null): ServerHostKeyAlgorithm[] {
  const known = types.filter((type) => type === first)
  return [...known, ...types.filter((type) => type !== first)].flatMap((type) => signatures[type] ?? [])
}

export const hostKeyChanged = ({ host, expected, seen }: { host: string; expected: string; seen: string }) =>
  new ForbiddenError(
    'host_key_changed',
    `${host} shows another host key than before: ${seen} instead of ${expected}. Either its owner has changed it, or somebody stands in between; nothing was sent to it. Ask the owner, and if it is the new one, take it: sources edit … --set host_key=${seen}`,
  )
