import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemErrorCode } from '../../../src/lib/errors.ts'

/** What the pages of such a disk have. */
export const pageBytes = 4096

/** A file system in memory that can be filled; disposing takes it away. */
export interface SmallDisk extends AsyncDisposable {
  folder: string
  /** Fills it until no more than so many pages are left. */
  fill(pagesLeft: number): Promise<void>
  /** Makes room again. */
  free(): Promise<void>
}

/** @returns null: this user may mount none */
export async function mountSmallDisk(sizeBytes: number): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-full-'))
  const deleted = () => rm(folder, { recursive: true, force: true })
  const mount = ['mount', '-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tallyman', folder]
  if (Bun.spawnSync(mount).exitCode !== 0) {
    await deleted()
    return null
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill(pagesLeft) {
      const { bavail, bsize } = await statfs(folder)
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - pagesLeft * pageBytes))).catch(
        // Somebody has written meanwhile: then nothing is left.
        (error) => {
          if (systemErrorCode(error) !== 'ENOSPC') throw error
        },
      )
    },
    free: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      Bun.spawnSync(['umount', '--lazy', folder])
      await deleted()
    },
  }
}
