import { open } from 'node:fs/promises'

/** Without it a name that was just given may be lost in a power cut although the file itself was synced. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
