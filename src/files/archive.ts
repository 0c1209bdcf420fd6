import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../lib/errors.ts'
import { type Borrowed, borrow } from './borrow.ts'
import { type Checked, checkStored, rightPieces } from './check-stored.ts'
import { missing } from './damaged.ts'
import { diskError } from './disk-error.ts'
import type { FetchNote, FileNote } from './file-note.ts'
import type { FileStore, StoredFile } from './file-store.ts'
import { lentFolder, localStore } from './local-store.ts'
import { type Packing, pack, packable } from './pack.ts'
import { readPieces } from './read-pieces.ts'
import {
  giveUp,
  type Keeping,
  keepReceived,
  noteEnding,
  prepareReceived,
  readNote,
  settleNote,
} from './received.ts'
import { isLeftOver, temporaryName } from './temporary-name.ts'
import { type CopyOptions, copyHashed, type Hashed, writeReceived } from './write-hashed.ts'

export type { Borrowed } from './borrow.ts'
export type { Checked } from './check-stored.ts'
export type { FetchNote, FileNote } from './file-note.ts'
export type { Packing } from './pack.ts'
export type { CopyOptions } from './write-hashed.ts'

/** A file as the archive keeps it. */
export type KeptFile = Hashed

/** A file that lies beside the archive, whole, synced and hashed, until somebody decides about it. */
export interface ReceivedFile extends Hashed {
  /**
   * What of keeping it takes long, for ahead of the transaction that it is recorded in: where the store is elsewhere, the
   * bytes are sent there. May be left out.
   * @throws as `keep` does; then it is discarded
   */
  prepare(): Promise<void>
  /**
   * Takes it into the archive, with a note beside it of where it came from.
   * @throws UnavailableError `archive_not_writable`, `disk_full`, `store_unavailable`; then it is discarded
   */
  keep(from?: FetchNote): Promise<KeptFile>
  /** Deletes it; once kept it stays. Never throws. */
  discard(): Promise<void>
}

/** What a process was writing that did not come to its end. */
export interface HalfReceived {
  /** Below the archive's folder. */
  name: string
  sizeBytes: number
}

/** A file in the archive, as a listing of its store shows it. */
export interface ListedFile {
  sha256: string
  /** All that lies there of it. */
  storedBytes: number
  isPacked: boolean
  /** When these bytes were kept for the last time. */
  keptAt: Date
}

export interface ArchiveOptions {
  /** Left out: the folder itself. */
  store?: FileStore
  /** Of the database that tells what files are needed for; left out: none is known. */
  installationId?: string | null
  /** How large the plain bytes of a file are, so that nothing else is unpacked; left out: that is not known. */
  sizeOf?: (sha256: string) => Promise<number | null>
  /** Told when the disk has no room for what is written. */
  onFull?: () => void
}

/**
 * The raw files, content-addressed: the same bytes are kept once, under their SHA-256. A file is there whole or not
 * at all: it is written under a temporary name, hashed on the way, synced, and then put into the store.
 * @param folder for what is coming in, and for copies of what is read; made where it is missing. Several processes, of
 *   several machines too, may share it
 */
export function openArchive(folder: string, options: ArchiveOptions = {}) {
  const { store = localStore(folder), installationId = null, sizeOf = async () => null, onFull } = options
  const incoming = join(folder, incomingFolder)
  const keeping: Keeping = { store, incoming, installationId }
  const lending = { store, folder: join(folder, lentFolder), sizeOf }

  /** Files that are coming in. */
  const underWay = new Set<Promise<ReceivedFile>>()

  async function receive(write: (temporary: string) => Promise<Hashed>): Promise<ReceivedFile> {
    const receiving = receiveNow(write)
    underWay.add(receiving)
    try {
      return await receiving
    } finally {
      underWay.delete(receiving)
    }
  }

  async function receiveNow(write: (temporary: string) => Promise<Hashed>): Promise<ReceivedFile> {
    const temporary = join(incoming, temporaryName())
    // Where the folder is not there, there is nothing to delete either.
    const discard = () => rm(temporary, { force: true }).catch(() => {})
    try {
      await mkdir(incoming, { recursive: true })
      const hashed = await write(temporary)
      return {
        ...hashed,
        discard,
        prepare: () => prepareReceived(keeping, { temporary, hashed }).catch(failed),
        keep: (fetch) =>
          keepReceived(keeping, { temporary, hashed, fetch: fetch ?? null }).then(() => hashed, failed),
      }
    } catch (error) {
      return failed(error)
    }

    async function failed(error: unknown): Promise<never> {
      await discard()
      if (isFull(error)) onFull?.()
      throw diskError(error, folder)
    }
  }

  return {
    /** Where the files are kept: for the commands and the tasks that look after them. */
    store,

    /** Waits until what is coming in has come, or was broken off and has left nothing behind. */
    async settled(): Promise<void> {
      await Promise.allSettled(underWay)
    },

    /**
     * Copies a file into the archive.
     * @throws InvalidError `no_such_file`, `not_a_file`, `file_not_readable`, `file_too_large`, `file_changed`
     * @throws UnavailableError `disk_full`, `file_limit`, `archive_not_writable`; nothing is left behind
     */
    async keep(source: string, options: { sizeBytesMax: number }): Promise<KeptFile> {
      const received = await this.copy(source, options)
      return received.keep()
    },

    /** Copies a file without keeping it yet. @throws as `keep` does */
    copy: (source: string, options: CopyOptions): Promise<ReceivedFile> =>
      receive((temporary) => copyHashed(source, temporary, options)),

    /**
     * Takes bytes in as they come, written and hashed in one pass. Whoever sends is not asked for more than is
     * written, so memory does not grow with the file.
     * @throws InvalidError `file_too_large`
     * @throws UnavailableError `disk_full`, `file_limit`, `archive_not_writable`
     * @throws whatever the pieces throw; nothing is left behind
     */
    receive: (pieces: AsyncIterable<Uint8Array>, options: { sizeBytesMax: number }): Promise<ReceivedFile> =>
      receive((temporary) => writeReceived(temporary, pieces, options)),

    has: async (sha256: string): Promise<boolean> => (await storedFile(store, sha256)) !== null,

    /** What lies there of a file; null: nothing. */
    stat: (sha256: string): Promise<ListedFile | null> => storedFile(store, sha256),

    /**
     * A file that was kept, for whoever needs to know that it still is.
     * @throws NotFoundError `raw_file_missing`
     */
    async find(sha256: string): Promise<ListedFile> {
      const found = await storedFile(store, sha256)
      if (found === null) throw missing({ sha256 })
      return found
    },

    /**
     * A plain file of this machine with the bytes of one that was kept, to be read until it is given back: the file
     * itself, or a copy of it whose bytes were checked. `await using` gives it back.
     * @throws NotFoundError `raw_file_missing`; InvalidError `raw_file_damaged`
     * @throws UnavailableError `store_unavailable`, `disk_full`
     */
    borrow: (sha256: string, signal?: AbortSignal): Promise<Borrowed> =>
      borrow(lending, sha256, signal).catch((error) => {
        if (isFull(error)) onFull?.()
        throw diskError(error, folder)
      }),

    /**
     * The plain bytes of a file that was kept. Each piece is over when the next one is asked for.
     * @throws as `borrow`; InvalidError `raw_file_damaged` after the last piece, where they are not what was kept
     */
    async *read(sha256: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
      await using borrowed = await this.borrow(sha256, signal)
      const pieces = readPieces(borrowed.path, signal)
      yield* borrowed.isFileItself ? rightPieces(pieces, { sha256 }) : pieces
    },

    /** The note beside a file; null: there is none that can be understood. */
    note: (sha256: string): Promise<FileNote | null> => readNote(store, sha256),

    /** Reads all that lies there of a file, and tells whether it is still what its name says. Writes nothing. */
    check: (sha256: string, signal?: AbortSignal): Promise<Checked> => checkStored(lending, sha256, signal),

    /** How many bytes packing a file would save, by its beginning; null: too few. Writes nothing. */
    packable: (sha256: string): Promise<number | null> => packable(store, sha256),

    /** Packs a file that is kept: see pack.ts. @throws UnavailableError as `keep` */
    pack: (sha256: string, signal: AbortSignal): Promise<Packing | null> =>
      pack(keeping, sha256, signal).catch((error) => {
        if (isFull(error)) onFull?.()
        throw diskError(error, folder)
      }),

    /**
     * What a crash left half-done: what a process of this machine was writing or reading that has ended, and of others
     * what is older than any copy takes.
     */
    async halfReceived(olderThan: Date): Promise<HalfReceived[]> {
      return [
        ...(await leftOvers(incoming, olderThan, 'mtime')).map(below(incomingFolder)),
        // A second name has the times of the file itself, but for this one, which was set when it was given.
        ...(await leftOvers(lending.folder, olderThan, 'ctime')).map(below(lentFolder)),
      ]
    },

    /** Deletes what is half-received: see `halfReceived`. */
    async sweep(olderThan: Date): Promise<HalfReceived[]> {
      const found = await this.halfReceived(olderThan)
      for (const { name } of found)
        await (name.endsWith(noteEnding)
          ? settleNote(keeping, join(folder, name))
          : rm(join(folder, name), { force: true }))
      return found
    },

    /**
     * Every file that is kept, some hundreds at a time, in no order.
     * @param options.withNotes also what only a note is left of, because somebody was killed while deleting it
     */
    async *files({ withNotes = false } = {}): AsyncGenerator<ListedFile[]> {
      for await (const stored of store.list()) {
        const groups = Map.groupBy(stored, ({ key }) => key.sha256)
        const files = [...groups.values()].map(
          (group) => listed(group) ?? (withNotes ? noteAlone(group) : null),
        )
        yield files.filter((file) => file !== null)
      }
    },

    /** Whether no other installation has ever kept this file, as its note says. */
    async isOursAlone(sha256: string): Promise<boolean> {
      const { installations = [] } = (await readNote(store, sha256)) ?? {}
      return (
        installationId !== null &&
        installations.every((id) => id === installationId) &&
        installations.length > 0
      )
    },

    /**
     * Deletes a file that is kept, unless other installations have kept it too, as its note says: then the note no longer
     * names this one, and the last of them deletes it. Otherwise as `remove`.
     * @returns `others`: it stays for them; `nothing`: it was not there
     */
    async release(sha256: string): Promise<'deleted' | 'others' | 'nothing'> {
      if (await giveUp(keeping, sha256)) return 'others'
      return (await this.remove(sha256)) ? 'deleted' : 'nothing'
    },

    /** Whether other installations have kept this file, as its note says. */
    async isOthers(sha256: string): Promise<boolean> {
      const { installations = [] } = (await readNote(store, sha256)) ?? {}
      return installations.some((id) => id !== installationId)
    },

    /**
     * Deletes a file that is kept. The caller sees to it that nobody needs it, and that nobody who keeps the same bytes
     * at this moment takes it for theirs: see maintenance/tasks/raw-archive.ts.
     * @returns false when it was not there
     * @throws UnavailableError `archive_not_writable`
     */
    async remove(sha256: string): Promise<boolean> {
      // The note last: as long as anything is there it is known whose it is.
      const plain = await store.remove({ sha256, form: 'plain' })
      const packed = await store.remove({ sha256, form: 'packed' })
      const note = await store.remove({ sha256, form: 'note' })
      return plain || packed || note
    },
  }
}

const incomingFolder = 'incoming'

export type Archive = ReturnType<typeof openArchive>

const below =
  (folder: string) =>
  ({ name, sizeBytes }: HalfReceived): HalfReceived => ({ name: `${folder}/${name}`, sizeBytes })

const isFull = (error: unknown) =>
  ['ENOSPC', 'EDQUOT', 'EFBIG', 'disk_full', 'file_limit'].includes(systemErrorCode(error) ?? '')

async function leftOvers(folder: string, olderThan: Date, time: 'mtime' | 'ctime'): Promise<HalfReceived[]> {
  const names = await readdir(folder).catch(() => [])
  const found: HalfReceived[] = []
  for (const name of names) {
    // Another process may have finished with it meanwhile.
    const stats = await stat(join(folder, name)).catch(() => null)
    if (stats === null || !(stats[time] < olderThan || isLeftOver(name))) continue
    // What has another name as well takes no room of its own.
    found.push({ name, sizeBytes: stats.nlink > 1 ? 0 : stats.size })
  }
  return found
}

async function storedFile(store: FileStore, sha256: string): Promise<ListedFile | null> {
  // Most are not packed, and asked for one after the other.
  const plain = await store.stat({ sha256, form: 'plain' })
  const found = plain ?? (await store.stat({ sha256, form: 'packed' }))
  return found === null ? null : listed([found])
}

function noteAlone([note]: StoredFile[]): ListedFile | null {
  if (note === undefined) return null
  return { sha256: note.key.sha256, storedBytes: note.sizeBytes, isPacked: false, keptAt: note.storedAt }
}

/** @param stored what lies under one hash; null: no more than a note */
function listed(stored: StoredFile[]): ListedFile | null {
  const bytes = stored.filter(({ key }) => key.form !== 'note')
  const plain = bytes.find(({ key }) => key.form === 'plain')
  const found = plain ?? bytes[0]
  if (found === undefined) return null
  return {
    sha256: found.key.sha256,
    storedBytes: bytes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    isPacked: plain === undefined,
    keptAt: found.storedAt,
  }
}
