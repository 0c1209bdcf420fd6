/**
 * What lies in a store under one hash: the file itself, the same packed, and the note that tells where it came from.
 * While a file is packed both are there for a moment; then the plain one counts.
 */
export const fileForms = ['plain', 'packed', 'note'] as const
export type FileForm = (typeof fileForms)[number]

export interface FileKey {
  /** Of the plain bytes, whatever the form; lower-case hex. */
  sha256: string
  form: FileForm
}

/** A file that lies on this machine, whole and synced. */
export interface WholeFile {
  path: string
  sizeBytes: number
}

export interface StoredFile {
  key: FileKey
  /** As it lies there. */
  sizeBytes: number
  storedAt: Date
}

/** A file of the store that can be read under a path of this machine until it is given back. */
export interface Lent {
  /** Never to be written to. */
  path: string
  sizeBytes: number
  /** Never throws; a second time does nothing. */
  giveBack(): Promise<void>
}

/**
 * Where raw files lie: a folder, or a bucket that workers of several machines share. Whatever is there is whole: it is
 * put there from a whole file, in one step. A store knows names and bytes; what they mean is archive.ts's business.
 *
 * Errors of all of these: UnavailableError where another try may help, of this machine's disk (`disk_full`,
 * `archive_not_writable`) or of a store elsewhere (`store_unavailable`); ForbiddenError `store_refused`.
 */
export interface FileStore {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly where: string
  /**
   * Says where a job's file lies, so that only workers that can read it take the job. Made on first use, and kept with
   * the files.
   */
  placeId(): Promise<string>
  /**
   * What of `put` takes long, ahead of it, so that a transaction can wait for the rest. May be left out. What is prepared
   * and never put lies there as if it were. Null: `put` takes no time.
   */
  prepare: ((key: FileKey, file: WholeFile) => Promise<void>) | null
  /**
   * Sees to it that a file is there; safe from a power cut once it returns. What is there already stays, since
   * somebody may be reading it, unless it is seen to be damaged; but a note is replaced. The given file may be the store's from then on: it is to be
   * deleted, never written to.
   */
  put(key: FileKey, file: WholeFile): Promise<void>
  /** Null: it is not there. */
  stat(key: FileKey): Promise<StoredFile | null>
  /** The bytes as they lie there. @throws NotFoundError `raw_file_missing` */
  read(key: FileKey, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Lends a file without copying it; it can be read until it is given back, whatever clean-ups delete.
   * @returns null: it is not there, or a copy has to be made
   */
  lend(key: FileKey): Promise<Lent | null>
  /** Whether somebody has borrowed it, as far as can be told. */
  isLent(key: FileKey): Promise<boolean>
  /** Everything, some hundreds at a time; what lies under one hash comes in one batch, one after the other. */
  list(): AsyncGenerator<StoredFile[]>
  /** @returns false when it was not there */
  remove(key: FileKey): Promise<boolean>
}

const endings: Record<FileForm, string> = { plain: '', packed: '.zst', note: '.meta.json' }

/** `ab/ab…`, `ab/ab….zst` or `ab/ab….meta.json`: below the folder, or behind the bucket's prefix. */
export const nameOf = ({ sha256, form }: FileKey) => `${sha256.slice(0, 2)}/${sha256}${endings[form]}`

/** @param name the last part of what `nameOf` gives; null: nothing that a store has named */
export function keyOf(name: string): FileKey | null {
  const sha256 = name.slice(0, 64)
  if (!/^[0-9a-f]{64}$/.test(sha256)) return null
  const form = fileForms.find((each) => endings[each] === name.slice(64))
  return form === undefined ? null : { sha256, form }
}
