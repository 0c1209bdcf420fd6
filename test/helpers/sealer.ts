import { openSealer } from '../../src/lib/seal.ts'

/** A key as an installation has one. */
export const testKey = Buffer.from(Array.from({ length: 32 }, (_, n) => (n * 37 + 11) % 256)).toString(
  'base64',
)

export const testSealer = openSealer({ key: testKey, olderKeys: [] })
