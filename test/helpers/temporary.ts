import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for one test; `await using` deletes it with everything in it. */
export interface TemporaryDirectory extends AsyncDisposable {
  /** Absolute. */
  path: string
  /** The absolute path of a file or folder in it; nothing is created. */
  file(name: string): string
}

/**
 * Makes an empty directory.
 *
 *     await using directory = await temporaryDirectory()
 *     await Bun.write(directory.file('list.csv'), 'sku;price\n')
 */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'tallyman-test-'))
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
