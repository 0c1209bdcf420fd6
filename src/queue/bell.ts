/** Rings for whoever waits; what rings between two waits is not missed. */
export class Bell {
  #count = 0
  #ringing = Promise.withResolvers<void>()

  /** How often it has rung. */
  get count(): number {
    return this.#count
  }

  ring(): void {
    this.#count++
    this.#ringing.resolve()
    this.#ringing = Promise.withResolvers()
  }

  /** Waits until it has rung more often than `count`, the time is over or the signal is aborted. */
  async wait(count: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#count !== count || signal.aborted) return
    const over = Promise.withResolvers<void>()
    const timer = setTimeout(over.resolve, ms)
    signal.addEventListener('abort', over.resolve as () => void)
    await Promise.race([this.#ringing.promise, over.promise])
    clearTimeout(timer)
    signal.removeEventListener('abort', over.resolve as () => void)
  }
}
