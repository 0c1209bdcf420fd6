/** Where text goes: a terminal, a pipe, a file, or a test's buffer. */
export interface Writer {
  /**
   * Writes all of it before it returns, so nothing is lost at exit and a slow reader slows the writer down.
   * Does nothing once the reader has gone.
   * @throws a system error such as `ENOSPC`
   */
  write(text: string | Uint8Array): void
  readonly isTerminal: boolean
  /** Width in characters; null where lines may be as long as they like. */
  readonly columns: number | null
  /** The reader has gone (`tallyman items | head`). A command that prints much stops early. */
  readonly isClosed: boolean
}
