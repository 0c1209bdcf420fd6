import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NotFoundError } from '../lib/errors.ts'
import { type FetchNote, type FileNote, noteIn, noteText, withFetch } from './file-note.ts'
import type { FileKey, FileStore, WholeFile } from './file-store.ts'
import { temporaryName } from './temporary-name.ts'
import { type Hashed, writeAll, writeNew } from './write-hashed.ts'

/** A note is a page of text at most. */
const noteBytesMax = 64 * 1024
/** Ends the name of a note that is being written. */
export const noteEnding = '.meta.json'

/** Where files are kept, and by whom. */
export interface Keeping {
  store: FileStore
  /** Absolute: where a file lies until it is kept. */
  incoming: string
  /** Of the database that says what the file is needed for; null: it is not known. */
  installationId: string | null
}

/**
 * Takes a file into the store. In this order, so that at each moment it is known whose the bytes are, and that nothing
 * is recorded that is not safe:
 *
 *   the note is written beside what comes in → the file gets its name → its folder is synced
 *   → the note gets its name → the folder is synced
 *
 * A process that is killed in between leaves a note behind, with which `settleNote` finishes the work.
 * @param temporary the file's path; its own to delete
 */
export async function keepReceived(
  { store, incoming, installationId }: Keeping,
  { temporary, hashed, fetch }: { temporary: string; hashed: Hashed; fetch: FetchNote | null },
): Promise<void> {
  const { sha256, sizeBytes } = hashed
  const known = await readNote(store, sha256)
  const note = withFetch(known, hashed, { installationId, fetch })
  await withNoteFile(incoming, note, async (file) => {
    await store.put({ sha256, form: 'plain' }, { path: temporary, sizeBytes })
    await store.put({ sha256, form: 'note' }, file)
  })
  await rm(temporary, { force: true })
}

/**
 * Sends the bytes to a store that is elsewhere, ahead of `keepReceived`. The note is there before them: whatever becomes
 * of this process, and of the transaction that is to record the file, it is known whose they are.
 */
export async function prepareReceived(
  { store, incoming, installationId }: Keeping,
  { temporary, hashed }: { temporary: string; hashed: Hashed },
): Promise<void> {
  if (store.prepare === null) return
  const { sha256, sizeBytes } = hashed
  const known = await readNote(store, sha256)
  const note = withFetch(known, hashed, { installationId, fetch: null })
  if (known?.installations.length !== note.installations.length)
    await withNoteFile(incoming, note, (file) => store.put({ sha256, form: 'note' }, file))
  await store.prepare({ sha256, form: 'plain' }, { path: temporary, sizeBytes })
}

/**
 * Takes this installation out of a file's note, where it is not the only one in it.
 * @returns whether others are left
 */
export async function giveUp({ store, incoming, installationId }: Keeping, sha256: string): Promise<boolean> {
  const known = await readNote(store, sha256)
  const installations = known?.installations.filter((id) => id !== installationId) ?? []
  if (known === null || installations.length === 0) return false
  if (installations.length < known.installations.length)
    await withNoteFile(incoming, { ...known, installations }, (file) =>
      store.put({ sha256, form: 'note' }, file),
    )
  return true
}

async function withNoteFile(
  incoming: string,
  note: FileNote,
  work: (file: WholeFile) => Promise<void>,
): Promise<void> {
  const text = noteText(note)
  await mkdir(incoming, { recursive: true })
  const path = join(incoming, temporaryName(noteEnding))
  try {
    await writeNew(path, (to) => writeAll(to, Buffer.from(text)))
    await work({ path, sizeBytes: Buffer.byteLength(text) })
  } finally {
    await rm(path, { force: true }).catch(() => {})
  }
}

/**
 * @returns null: there is none, or none that can be understood
 * @throws as the store does: a note that cannot be read now is not to be written anew, it tells whose the file is
 */
export async function readNote(store: FileStore, sha256: string): Promise<FileNote | null> {
  const key: FileKey = { sha256, form: 'note' }
  const kept = await store.stat(key)
  if (kept === null || kept.sizeBytes > noteBytesMax) return null
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of store.read(key)) pieces.push(new Uint8Array(piece))
  } catch (error) {
    // Deleted meanwhile.
    if (error instanceof NotFoundError) return null
    throw error
  }
  return noteIn(Buffer.concat(pieces).toString())
}

/**
 * Finishes what a process that was killed had begun: a file that is there without a note gets the one that was written
 * for it, so that it is known whose it is.
 * @param path of the note that was left behind; deleted in any case
 */
export async function settleNote({ store }: Pick<Keeping, 'store'>, path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const left = noteIn(text)
  if (left !== null) {
    const { sha256 } = left
    const isThere = (await store.stat({ sha256, form: 'plain' })) !== null
    if (isThere && (await readNote(store, sha256)) === null)
      return store
        .put({ sha256, form: 'note' }, { path, sizeBytes: Buffer.byteLength(text) })
        .then(() => rm(path, { force: true }))
  }
  await rm(path, { force: true })
}
