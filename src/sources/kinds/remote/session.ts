/** One name in a folder of another machine. */
export interface RemoteEntry extends RemotePlace {
  /** As it is shown, and compared with a pattern. */
  shownName: string
  /** What may be a file: a link, and what the server does not say, `other`. */
  type: 'file' | 'folder' | 'other'
  sizeBytes: number | null
  /** When it was changed: as finely as the listing says it; null: it does not. */
  changed: TimeSpan | null
  /** Whether the listing says it as exactly as the server knows it. */
  isExact: boolean
}

/** From its first to its last millisecond, by whatever clock the server goes by. */
export interface TimeSpan {
  from: number
  until: number
}

/** Where something lies, in the very bytes of the server: see `bytesText` for FTP. */
export interface RemotePlace {
  /** Null: `name` is the whole path. */
  folder: string | null
  name: string
}

/** A file as one look has found it. */
export interface RemoteFile extends RemotePlace {
  shownName: string
  /** In the words of an error: "ftp://files.example.com/out/prices.csv". */
  path: string
  /** Without user and password. */
  url: string
  /** Null: the server does not say. */
  sizeBytes: number | null
  /** An instant of the server's clock; null: it does not say one. */
  modifiedAt: Date | null
}

/** What a folder holds. */
export interface RemoteFolder {
  entries: RemoteEntry[]
  /** How many names were left out, since no file can be asked for by them. */
  leftOut: number
}

/**
 * A connection to a server that files are fetched from. What its methods throw is an AppError. One thing is asked of
 * it at a time.
 */
export interface RemoteSession {
  /** False once it was closed, or cut. */
  readonly isOpen: boolean
  /**
   * What a folder holds, up to `namesMax` names; null: there is no folder of this path.
   * @param path as the configuration has it: absolute, or from the folder that one is in after logging in
   * @throws InvalidError `too_many_files`
   */
  folder(path: string): Promise<RemoteFolder | null>
  /** The file of a path as the configuration has it; null: there is none. */
  fileAt(path: string): Promise<RemoteFile | null>
  /** The file of a name that a folder holds; null: it has gone, or is none. */
  fileOf(entry: RemoteEntry): Promise<RemoteFile | null>
  /** The file as it is now; null: it has gone. */
  again(file: RemoteFile): Promise<RemoteFile | null>
  /**
   * Its bytes from an offset on, until the server says that these were all. A reader that stops early closes the
   * session.
   * @throws UnavailableError `cut_off`, `timed_out`; NotFoundError `no_such_file` when it has gone
   * @throws CannotResume when the server cannot begin within a file
   */
  read(file: RemoteFile, from: number): AsyncGenerator<Uint8Array>
  /** At once, without waiting for the server. Never throws. */
  close(): void
}

/** The file has to be read from its beginning again. */
export class CannotResume extends Error {
  override name = 'CannotResume'
}

/** Whether nothing can be told from what was found before. */
export const isSame = (a: RemoteFile, b: RemoteFile) =>
  a.url === b.url && a.sizeBytes === b.sizeBytes && a.modifiedAt?.getTime() === b.modifiedAt?.getTime()
