/**
 * Gives the memory of a piece back at once, which the collector would do when enough of it has come together: a fast
 * download makes garbage quicker than that. What is only a part of a buffer stays.
 * @param piece not to be used any more
 */
export function giveBack(piece: Uint8Array): void {
  const { buffer, byteLength } = piece
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && byteLength > 0) buffer.transfer(0)
}
