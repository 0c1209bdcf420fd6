import { InvalidError } from '../lib/errors.ts'

/**
 * The name as it is compared: NFKC, without surrounding and repeated white space, lower case.
 * @throws InvalidError `invalid_supplier` for a name that is empty, too long or not printable
 */
export function supplierNameKey(name: string): string {
  const key = name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  if (key === '' || key.length > 200 || /[\0-\x1f\x7f]/.test(key))
    throw new InvalidError('invalid_supplier', 'A supplier needs a name of 1 to 200 printable characters.')
  return key
}
