import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import { InvalidError } from '../../../lib/errors.ts'

/** Who asks Google for a sheet: a service account, with the key that proves it. */
export interface ServiceAccount {
  /** The address that a sheet is shared with. */
  email: string
  /** Names the key among those of the account; null: the key does not say. */
  keyId: string | null
  privateKey: KeyObject
  /** Where its tokens come from, which is also whom they are asked of. */
  tokenUrl: string
  /** Of the whole key: who has another one is somebody else, whatever it says of itself. */
  fingerprint: string
}

/**
 * Reads the key of a service account, as Google hands it out: one JSON object. Nothing of it is part of any message,
 * nor of a cause.
 * @throws InvalidError `google_key_invalid`
 */
export function serviceAccountIn(text: string): ServiceAccount {
  const key = jsonObject(text)
  if (key === null) throw invalid('it is no JSON')
  if (key.type !== 'service_account') throw invalid(otherType(key))
  const email = textOf(key.client_email)
  const pem = textOf(key.private_key)
  if (email === null || !/^[^\s@"]{1,200}@[\w.-]{1,200}$/.test(email))
    throw invalid('it names no account (client_email)')
  if (pem === null) throw invalid('its private_key is missing')
  const tokenUrl = textOf(key.token_uri) ?? tokenUrlDefault
  if (URL.parse(tokenUrl)?.protocol !== 'https:') throw invalid('its token_uri is no https address')
  const keyId = textOf(key.private_key_id)
  return {
    email,
    keyId: keyId !== null && /^[\w-]{1,100}$/.test(keyId) ? keyId : null,
    privateKey: privateKeyIn(pem),
    tokenUrl,
    fingerprint: createHash('sha256').update(text).digest('hex'),
  }
}

const tokenUrlDefault = 'https://oauth2.googleapis.com/token'

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    // An object, of whose values nothing is assumed.
    return value as Record<string, unknown>
  } catch {
    // The error would show the text.
    return null
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** What people hand in instead. */
function otherType(key: Record<string, unknown>): string {
  if ('installed' in key || 'web' in key)
    return 'it is the client of an application (OAuth), not a service account'
  if (key.type === 'authorized_user') return 'it is the login of a person, not a service account'
  return 'it is JSON of another kind (its type is not "service_account")'
}

function privateKeyIn(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw invalid('its private_key is damaged; was it copied whole, with its line ends?')
  }
  if (key.asymmetricKeyType !== 'rsa') throw invalid('its private_key is no RSA key')
  return key
}

const invalid = (why: string) =>
  new InvalidError(
    'google_key_invalid',
    `This is no key of a Google service account: ${why}. Make one in the Google Cloud console (IAM, Service accounts, Keys, Add key, JSON) and give the whole text of that file.`,
  )
