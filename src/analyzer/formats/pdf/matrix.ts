/** An affine map as PDF writes it: [x, y] → [a·x + c·y + e, b·x + d·y + f]. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

/** First `inner`, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer
  return [
    a * inner[0] + c * inner[1],
    b * inner[0] + d * inner[1],
    a * inner[2] + c * inner[3],
    b * inner[2] + d * inner[3],
    a * inner[4] + c * inner[5] + e,
    b * inner[4] + d * inner[5] + f,
  ]
}

export function apply([a, b, c, d, e, f]: Matrix, x: number, y: number): [x: number, y: number] {
  return [a * x + c * y + e, b * x + d * y + f]
}

/** @returns null when the argument is not six finite numbers, however they are kept */
export function matrixFrom(numbers: unknown): Matrix | null {
  if (typeof numbers !== 'object' || numbers === null) return null
  const list = ArrayBuffer.isView(numbers) || Array.isArray(numbers) ? numbers : null
  if (list === null) return null
  // A typed array, or an array of anything; every entry is checked below.
  const [a, b, c, d, e, f] = list as ArrayLike<unknown> & Iterable<unknown>
  const six = [a, b, c, d, e, f]
  if (!six.every((value) => typeof value === 'number' && Number.isFinite(value))) return null
  // Checked just above.
  return six as unknown as Matrix
}
