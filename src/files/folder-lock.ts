import { Database as Connection } from 'bun:sqlite'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConflictError, InvalidError, systemErrorCode } from '../lib/errors.ts'
import { hasEnded } from '../lib/process-identity.ts'

/** Who serves from a folder; written beside the lock for people to read. */
export interface Holder {
  pid: number
  host: string
  /** RFC 3339. */
  since: string
  /** Null: not listening yet. */
  url: string | null
}

/** A folder that is this process's own until it is released, or the process ends. */
export interface FolderLock {
  /** Says where the holder can be reached from now on. */
  announce(url: string): void
  release(): void
}

/** Where the holder is written. */
const description = 'serve.json'

/**
 * Takes a folder for one process. The lock is the kernel's, on a SQLite file that holds nothing: it goes with the
 * process however that ends, so nothing stale is ever left, and of two that come at the same moment one gets it.
 * @param folder absolute, and there
 * @throws ConflictError `already_served` that says by whom
 */
export function lockFolder(folder: string, holder: Omit<Holder, 'url'>): FolderLock {
  const path = join(folder, description)
  const lock = take(join(folder, 'serve.lock'), () => refusal(folder, path))
  const describe = (url: string | null) => writeFileSync(path, `${JSON.stringify({ ...holder, url })}\n`)
  describe(null)
  return {
    announce: describe,
    release() {
      // While the lock is still held, so that it is not the next holder's.
      rmSync(path, { force: true })
      lock.close()
    },
  }
}

/** Whether a service has the folder, as far as can be told without taking the lock. */
export function isServed(folder: string): boolean {
  const holder = holderIn(join(folder, description))
  return holder !== null && !hasEnded(`${holder.host} ${holder.pid} `)
}

function take(path: string, refused: () => Error): Connection {
  let lock: Connection | null = null
  try {
    lock = new Connection(path, { create: true })
    lock.run('pragma busy_timeout = 0')
    // Nothing is ever written, so no journal need lie there.
    lock.run('pragma journal_mode = memory')
    lock.run('begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    const code = systemErrorCode(error) ?? ''
    if (code.startsWith('SQLITE_BUSY')) throw refused()
    throw new InvalidError(
      'no_lock',
      `${path} cannot be locked (${code || String(error)}); the data folder must be writable, and its file system must know locks.`,
      { cause: error },
    )
  }
}

function refusal(folder: string, path: string): ConflictError {
  const holder = holderIn(path)
  const who =
    holder === null
      ? 'another process, which is just starting'
      : `process ${holder.pid} on ${holder.host} since ${holder.since}${holder.url === null ? '' : `, at ${holder.url}`}`
  return new ConflictError(
    'already_served',
    `${folder} is served already by ${who}. Stop that one first, or set TALLYMAN_DATA_DIR to another folder.`,
  )
}

function holderIn(path: string): Holder | null {
  try {
    const { pid, host, since, url } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return null
    return { pid, host, since, url: typeof url === 'string' ? url : null }
  } catch {
    return null
  }
}
