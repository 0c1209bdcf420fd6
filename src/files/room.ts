import { statfs } from 'node:fs/promises'
import { UnavailableError } from '../lib/errors.ts'
import { pause } from '../lib/pause.ts'

/** How long what was seen of the disk counts. */
const lookMs = 2000
/** How long is waited after a write found no room: a quota, or a limit of this process, is seen in no other way. */
const fullMs = 10_000

/** Whether there is room for what comes in. While there is none nothing is taken in, and all else goes on. */
export interface Room {
  /** Why nothing may be taken in now, for people; null: there is room. Cheap: the disk is looked at every few seconds. */
  lack(): Promise<string | null>
  /** @throws UnavailableError `disk_full` while there is no room */
  require(): Promise<void>
  /** Ends as soon as there is room, or with the signal, without an error. */
  wait(signal: AbortSignal): Promise<void>
  /** A write has found no room. */
  wasFull(): void
}

/**
 * @param folder where files come in; may not be there yet, then there is room
 * @param freeBytesMin so much has to be free on its file system for whoever may write there
 * @param now in milliseconds, ever growing
 */
export function openRoom({
  folder,
  freeBytesMin,
  now = () => performance.now(),
}: {
  folder: string
  freeBytesMin: number
  now?: () => number
}): Room {
  let fullUntil = Number.NEGATIVE_INFINITY
  let looked: { at: number; lack: Promise<string | null> } | null = null

  async function look(): Promise<string | null> {
    // A folder that is not there yet, or a file system that does not say.
    const found = await statfs(folder).catch(() => null)
    if (found === null) return null
    const freeBytes = found.bavail * found.bsize
    return freeBytes >= freeBytesMin ? null : lackText(folder, { freeBytes, freeBytesMin })
  }

  const room: Room = {
    lack() {
      if (now() < fullUntil)
        return Promise.resolve(`A write to ${folder} has just found no room; it is tried again in a moment.`)
      if (looked === null || now() - looked.at >= lookMs) looked = { at: now(), lack: look() }
      return looked.lack
    },
    async require() {
      const lack = await room.lack()
      if (lack !== null) throw new UnavailableError('disk_full', lack, { retryAfterMs: fullMs })
    },
    async wait(signal) {
      while (!signal.aborted && (await room.lack()) !== null) await pause(lookMs, signal)
    },
    wasFull() {
      fullUntil = now() + fullMs
      looked = null
    },
  }
  return room
}

const lackText = (folder: string, { freeBytes, freeBytesMin }: { freeBytes: number; freeBytesMin: number }) =>
  `${folder} has ${freeBytes} bytes of room left, and takes nothing in below ${freeBytesMin} (TALLYMAN_DISK_FREE_MIN). Make room; then it goes on by itself.`
