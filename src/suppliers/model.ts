import { InvalidError } from '../lib/errors.ts'

/**
 * The name as it is compared: NFKC, without surrounding and repeated white space, lower case.
 * @throws InvalidError `invalid_supplier` for a name that is empty, too long or not printable
 */
export function supplierNameKey(name: string): string {
  const key = name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  if (!name.isWellFormed() || !visible.test(key) || key.length > 200 || deceptive.test(key))
    throw new InvalidError('invalid_supplier', 'A supplier needs a name of 1 to 200 printable characters.')
  return key
}

const visible = /[^\s\p{Cf}\p{Mn}]/u
/** Control characters, and those that turn the direction of writing for what stands behind them. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
