import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Names a process so that another one on the same machine can tell whether it is still there. */
export interface ProcessIdentity {
  host: string
  pid: number
  /** When it started, in the kernel's own counting; empty where the system does not say. */
  startedAt: string
}

/** This process, as text: `host pid startedAt`. */
export function ownIdentity(): string {
  return `${hostname()} ${process.pid} ${startOf(process.pid) ?? ''}`
}

/**
 * Whether the process that wrote this identity has surely ended: it ran on this machine, and its number is free or
 * belongs to a process that started at another time. Of other machines nothing is known: false.
 */
export function hasEnded(identity: string): boolean {
  const [host, pidText, startedAt = ''] = identity.split(' ')
  const pid = Number(pidText)
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return false
  if (!exists(pid)) return true
  const start = startOf(pid)
  return start !== null && startedAt !== '' && start !== startedAt
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of /proc/PID/stat; null where there is no /proc. A zombie gives a start that no process has. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything, so the fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
  } catch {
    return null
  }
}
