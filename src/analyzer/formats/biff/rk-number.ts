/**
 * A number in four bytes: the upper ones of a double, or a whole number of 30 bits; either may be in hundredths.
 * Source: [MS-XLS] 2.5.217.
 */
export function rkNumber(bytes: Buffer, at: number): number {
  const flags = bytes[at]!
  const value = (flags & wholeFlag) === 0 ? upperDouble(bytes, at) : bytes.readInt32LE(at) >> 2
  return (flags & hundredthsFlag) === 0 ? value : value / 100
}

const hundredthsFlag = 1
const wholeFlag = 2

const scratch = new DataView(new ArrayBuffer(8))

function upperDouble(bytes: Buffer, at: number): number {
  scratch.setUint32(4, bytes.readUInt32LE(at) & 0xfffffffc, true)
  return scratch.getFloat64(0, true)
}
