import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { systemErrorCode } from '../lib/errors.ts'
import type { Writer } from './writer.ts'

/**
 * Writes straight to the descriptor. `process.stdout` does not serve here: on Bun 1.4.5 its last 19 of 20 MB were
 * lost when the process ended and the reader was slow, and a full disk went unnoticed.
 */
export function descriptorWriter(descriptor: number, terminalColumns: () => number | undefined): Writer {
  const isTerminal = isatty(descriptor)
  let isClosed = false
  return {
    isTerminal,
    get columns() {
      return isTerminal ? terminalColumns() || 80 : null
    },
    get isClosed() {
      return isClosed
    },
    write(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text
      for (let offset = 0; offset < bytes.length && !isClosed; ) {
        try {
          offset += writeSync(descriptor, bytes, offset)
        } catch (error) {
          const code = systemErrorCode(error)
          // A socket whose reader left unread bytes behind reports a reset the first time, a broken pipe after that.
          if (code === 'EPIPE' || code === 'ECONNRESET') isClosed = true
          else if (code === 'EAGAIN') Bun.sleepSync(2)
          else if (code !== 'EINTR') throw error
        }
      }
    },
  }
}
