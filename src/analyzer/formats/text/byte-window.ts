/**
 * The stretch of a stream that a scanner looks at: what it has not used up yet, and what came since. The scanner
 * moves `at` past what it is done with and asks for more when an element does not end within `bytes`.
 *
 * The memory is used again for every stretch: nothing may keep hold of `bytes` beyond the next `push`.
 */
export class ByteWindow {
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  #storage: Buffer = Buffer.alloc(0)
  #waiting: Buffer[] = []
  #waitingBytes = 0

  /**
   * @returns whether to scan again. An element that is longer than all pieces so far has to double before it is
   * looked at again: the cost stays in proportion to its length. The piece itself may be used again afterwards.
   */
  push(piece: Buffer): boolean {
    this.#waiting.push(piece)
    this.#waitingBytes += piece.length
    if (this.#waitingBytes >= this.unused()) return this.join()
    this.#waiting[this.#waiting.length - 1] = Buffer.from(piece)
    return false
  }

  /** Takes in what waits, when the stream has ended. @returns whether there was any */
  join(): boolean {
    if (this.#waitingBytes === 0) return false
    let length = this.unused()
    const rest = this.bytes.subarray(this.at)
    if (this.#storage.length < length + this.#waitingBytes) {
      this.#storage = Buffer.allocUnsafeSlow(length + this.#waitingBytes + spareBytes)
    }
    this.#storage.set(rest)
    for (const piece of this.#waiting) {
      this.#storage.set(piece, length)
      length += piece.length
    }
    this.bytes = this.#storage.subarray(0, length)
    this.at = 0
    this.#waiting = []
    this.#waitingBytes = 0
    return true
  }

  /** How many bytes the scanner has seen and not used up. */
  unused(): number {
    return this.bytes.length - this.at
  }
}

/** Room for what is left over of the next stretch, so that the memory fits again. */
const spareBytes = 64 * 1024
