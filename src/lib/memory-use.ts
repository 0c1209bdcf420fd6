import { readFileSync } from 'node:fs'

/** Bytes of memory that a process has in use, or null when it has ended or the system does not say. */
export function memoryOf(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return process.platform === 'linux' ? null : memoryByPs(pid)
  }
}

/** Where there is no /proc. */
function memoryByPs(pid: number): number | null {
  try {
    const { stdout } = Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)])
    const kib = Number(stdout.toString().trim())
    return Number.isInteger(kib) && kib > 0 ? kib * 1024 : null
  } catch {
    return null
  }
}
