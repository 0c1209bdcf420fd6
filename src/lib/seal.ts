import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { ForbiddenError, InvalidError } from './errors.ts'

/** Seals texts with the current key, and opens those that were sealed with it or an older one. */
export interface Sealer {
  /** Null: there is no key, so that nothing can be sealed. */
  readonly keyId: string | null
  /**
   * @param about whom the text belongs to; it opens for nobody else, so that it cannot be moved to another one
   * @throws InvalidError `no_secret_key`
   */
  seal(text: string, about: string): string
  /**
   * @param of for the message: what it is, as in `the secrets of source "daily"`
   * @throws ForbiddenError `secret_key_unknown` for one that was sealed with a key that is not there,
   *   `secret_damaged` for one that was changed, or sealed for somebody else
   */
  open(sealed: string, whose: { about: string; of: string }): string
  /**
   * What tells later whether another text is the same, and nothing else: with the key nobody who has only the database
   * can try texts against it. Without a key it is only salted.
   * @param about what it is for, so that marks for one thing say nothing for another
   */
  mark(text: string, about: string): string
  /** Whether a mark was made of that text, with the current key or an older one. */
  isMarked(mark: string, text: string, about: string): boolean
}

/** The bytes of a key: 32, as base64 (44 characters) or hex (64). Null: the text is none. */
export function keyBytes(text: string): Buffer | null {
  const bytes = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : Buffer.from(/^[\w+/-]{43}=?$/.test(text) ? text : '', 'base64')
  if (bytes.length !== keyLength) return null
  // 32 random bytes have about 30 different ones; somebody's placeholder has a few.
  return new Set(bytes).size < 8 ? null : bytes
}

/** A new key, as base64. */
export const newKey = (): string => randomBytes(keyLength).toString('base64')

/** What a key is called where it must not be shown. @param text of a key: see `keyBytes` */
export function keyIdOf(text: string): string {
  const bytes = keyBytes(text)
  if (bytes === null) throw new Error('A key was not checked.')
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8)
}

/** Which key a text was sealed with; null: it is no sealed text. */
export const sealedWith = (sealed: string): string | null => layout.exec(sealed)?.[1] ?? null

/** @param olderKeys are only opened with */
export function openSealer({ key, olderKeys }: { key: string | null; olderKeys: readonly string[] }): Sealer {
  const keys = new Map([...olderKeys, ...(key === null ? [] : [key])].map((text) => [keyIdOf(text), text]))
  const current = key === null ? null : keyIdOf(key)
  return {
    keyId: current,
    seal(text, about) {
      if (key === null || current === null) throw noKey()
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv(algorithm, keyBytes(key)!, nonce)
      cipher.setAAD(Buffer.from(about))
      const hidden = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${current}.${hidden.toString('base64url')}`
    },
    open(sealed, { about, of }) {
      const [, keyId, text] = layout.exec(sealed) ?? []
      if (keyId === undefined || text === undefined) throw damaged(of)
      const known = keys.get(keyId)
      if (known === undefined) throw keyUnknown(of, keyId, current)
      const hidden = Buffer.from(text, 'base64url')
      if (hidden.length < nonceLength + tagLength) throw damaged(of)
      const decipher = createDecipheriv(algorithm, keyBytes(known)!, hidden.subarray(0, nonceLength), {
        authTagLength: tagLength,
      })
      decipher.setAAD(Buffer.from(about))
      decipher.setAuthTag(hidden.subarray(-tagLength))
      try {
        const opened = decipher.update(hidden.subarray(nonceLength, -tagLength))
        return Buffer.concat([opened, decipher.final()]).toString('utf8')
      } catch (error) {
        throw damaged(of, error)
      }
    },
    mark(text, about) {
      const salt = randomBytes(saltLength).toString('base64url')
      return `${salt}.${current ?? noKeyId}.${hmac(key, { salt, text, about })}`
    },
    isMarked(mark, text, about) {
      const [salt = '', keyId = '', digest = ''] = mark.split('.')
      const known = keyId === noKeyId ? null : keys.get(keyId)
      if (known === undefined) return false
      const expected = Buffer.from(hmac(known, { salt, text, about }))
      const given = Buffer.from(digest)
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}

/** By a key of its own, so that no other use of the secret key tells anything of this one. */
function hmac(key: string | null, { salt, text, about }: Record<'salt' | 'text' | 'about', string>): string {
  const own = key === null ? '' : Buffer.from(hkdfSync('sha256', keyBytes(key)!, salt, `mark/${about}`, 32))
  return createHmac('sha256', own).update(`${salt}.${about}.`).update(text).digest('base64url')
}

/** Its key and its nonce are new to each other in any case: with 12 random bytes up to 2³² texts of one key. */
const algorithm = 'aes-256-gcm'
const keyLength = 32
const nonceLength = 12
const tagLength = 16
const version = 'v1'
const saltLength = 12
/** In a mark, where there was no key. */
const noKeyId = 'none'
/** Version, key id, then nonce, hidden text and tag. */
const layout = /^v1\.([0-9a-f]{8})\.([\w-]+)$/

const noKey = () =>
  new InvalidError(
    'no_secret_key',
    'Secrets are only kept sealed, and there is no key: set TALLYMAN_SECRET_KEY to what "tallyman secrets key" prints, ' +
      'for every process of this installation, keep a copy elsewhere, and restart.',
  )

const keyUnknown = (of: string, keyId: string, current: string | null) =>
  new ForbiddenError(
    'secret_key_unknown',
    `Key ${keyId}, with which ${of} were sealed, is not there: ${
      current === null ? 'TALLYMAN_SECRET_KEY is not set' : `TALLYMAN_SECRET_KEY is key ${current}`
    }. Put that key back, or into TALLYMAN_SECRET_KEYS_OLD; if it is lost, set the secrets anew.`,
  )

const damaged = (of: string, cause?: unknown) =>
  new ForbiddenError(
    'secret_damaged',
    `The sealed text of ${of} was changed, or belongs to another one; set the secrets anew.`,
    { cause },
  )
