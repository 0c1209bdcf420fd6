import { AppError, systemErrorCode } from './errors.ts'

/**
 * SQLSTATEs of connections, resources, operators and conflicts between transactions; the driver's own; and the system's,
 * for a server that is away: what else connects has words of its own for that. Of SQLite what is the file's or the
 * disk's fault, rather than the statement's.
 */
const lostCodes = [
  /^(08|40|53|57|58)[0-9A-Z]{3}$/,
  /^CONNECTION_|^CONNECT_TIMEOUT$/,
  /^E(CONN[A-Z]+|PIPE|HOSTUNREACH|NETUNREACH|TIMEDOUT|AI_AGAIN|NOTFOUND)$/,
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|PROTOCOL|READONLY|NOMEM|CORRUPT|NOTADB)/,
]
/** The query builder wraps what the driver throws. */
const causesMax = 3

/** Whether the database is away, or cannot work at the moment: nothing is wrong with what it was asked. */
export function isDatabaseLost(error: unknown): boolean {
  let at = error
  for (let n = 0; n < causesMax; n++) {
    // Whoever has words of their own has said what is wrong.
    if (at instanceof AppError) return false
    const code = systemErrorCode(at) ?? ''
    if (lostCodes.some((lost) => lost.test(code))) return true
    if (!(at instanceof Error)) return false
    at = at.cause
  }
  return false
}
