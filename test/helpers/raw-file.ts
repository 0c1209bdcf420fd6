import { join } from 'node:path'
import type { Archive } from '../../src/files/archive.ts'
import { nameOf } from '../../src/files/file-store.ts'

/** Where a file lies that an archive keeps in a folder, while it is not packed. */
export const rawPath = ({ store }: Archive, sha256: string): string =>
  join(store.where, nameOf({ sha256, form: 'plain' }))
