/**
 * Looks at four bytes at once, as `DataView.getInt32` reads them with the first byte lowest.
 * Source: Warren, Hacker's Delight, "Find first 0-byte".
 */

export const highBits = 0x80808080 | 0

/** Has the highest bit of the first byte that is "<", and lower bits none; 0: there is no such byte. */
export function whereLessThan(word: number): number {
  const difference = word ^ lessThans
  return (difference - ones) & ~difference & highBits
}

/** Which byte the lowest set bit is in: 0 to 3. */
export function offsetOfByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3
}

/** A mask of as many bytes, at most three. */
export function bytesBelow(count: number): number {
  return (1 << (count * 8)) - 1
}

export const hashStart = 0

export function mixedHash(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

const ones = 0x01010101
const lessThans = 0x3c3c3c3c
