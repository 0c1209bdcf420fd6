import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder that nobody else can look into, for what is unpacked. Names within are ours, never an archive's. */
export interface PrivateFolder {
  /** A new path in it; nothing is created. */
  next(): string
  /** Deletes it with everything in it; any number of times. */
  remove(): void
}

/**
 * @param path where it is to be, with nothing there that must be kept: an attempt that was killed may have left
 * something. Null: among the temporary files of the system.
 */
export function privateFolder(path: string | null): PrivateFolder {
  if (path !== null) {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(dirname(path), { recursive: true })
    mkdirSync(path, { mode: 0o700 })
  }
  const folder = path ?? mkdtempSync(join(tmpdir(), 'tallyman-unpacked-'))
  let count = 0
  return {
    next: () => join(folder, String(++count)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
