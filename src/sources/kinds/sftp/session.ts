import type { FileEntry, Stats } from 'ssh2'
import { NotFoundError } from '../../../lib/errors.ts'
import { visibleText } from '../../../lib/visible-text.ts'
import { nameBytesMax, namesMax, tooManyFiles } from '../choose-file.ts'
import type { RemoteEntry, RemoteFile, RemoteFolder, RemotePlace, RemoteSession } from '../remote/session.ts'
import { explainSftp, statuses, statusOf } from './failure.ts'
import type { LoggedIn } from './login.ts'

/** So many bytes are asked for at once, which every server gives, and so many times ahead of what has come. */
const pieceBytes = 30_720
const aheadMax = 16
/** A server that says nothing of a folder again and again does not end. */
const emptyMax = 100

interface SessionOptions {
  origin: string
  idleMs: number
  signal: AbortSignal
}

type Answer<Result> = (error: Error | null | undefined, result?: Result) => void

/** Files of an SFTP server, by somebody who is logged in. What is asked for one folder or file goes over one channel. */
export function sftpSession(loggedIn: LoggedIn, { origin, idleMs, signal }: SessionOptions): RemoteSession {
  const { sftp } = loggedIn
  const waiting = new Set<(error: unknown) => void>()
  const close = () => {
    loggedIn.close()
    for (const fail of waiting) fail(new Error('The connection is closed.'))
  }
  // A server that breaks the protocol: whoever waits for an answer is told.
  sftp.on('error', close)

  /**
   * Waits for one answer, for as long as the server may be silent.
   * @returns null for an answer with one of these statuses
   */
  function askedUnless<Result>(
    meant: readonly number[],
    what: string,
    ask: (answer: Answer<Result>) => void,
  ): Promise<Result | null> {
    return new Promise<Result | null>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        waiting.delete(fail)
      }
      const fail = (error: unknown) => {
        settle()
        reject(signal.aborted ? signal.reason : explainSftp(error, origin, what))
      }
      const timer = setTimeout(() => {
        fail(new Error('Timed out.'))
        close()
      }, idleMs)
      waiting.add(fail)
      if (!loggedIn.isOpen()) return fail(new Error('The connection is closed.'))
      ask((error, result) => {
        const isMeant = error && meant.includes(statusOf(error) ?? -1)
        if (error && !isMeant) return fail(error)
        settle()
        // The library hands on an error, or what was asked for.
        resolve(isMeant ? null : (result as Result))
      })
    })
  }

  async function asked<Result>(what: string, ask: (answer: Answer<Result>) => void): Promise<Result> {
    // No status is null.
    return (await askedUnless<Result>([], what, ask)) as Result
  }

  /** Null: there is nothing. */
  async function statsOf(path: string, meant: readonly number[] = []): Promise<Stats | null> {
    return askedUnless<Stats>([statuses.noSuchFile, ...meant], 'say what is there', (answer) =>
      sftp.stat(path, answer),
    )
  }

  async function fileIn(place: RemotePlace, meant?: readonly number[]): Promise<RemoteFile | null> {
    const path = pathOf(place)
    const stats = await statsOf(path, meant)
    if (stats === null || !mayBeFile(stats)) return null
    return fileOf(place, path, stats)
  }

  function fileOf({ folder, name }: RemotePlace, path: string, { size, mtime }: Partial<Stats>): RemoteFile {
    // From the folder that one is in after logging in, which has no name here.
    const fromRoot = (path.startsWith('/') ? path : `/~/${path}`).toWellFormed()
    return {
      folder,
      name,
      shownName: name.slice(name.lastIndexOf('/') + 1),
      path: `${origin}${visibleText(fromRoot)}`,
      url: `${origin}${fromRoot.split('/').map(encodeURIComponent).join('/')}`,
      sizeBytes: sizeOf(size),
      modifiedAt: mtime === undefined ? null : new Date(mtime * 1000),
    }
  }

  /** A part of a file: shorter only at its end. */
  async function part(
    handle: Buffer,
    into: Buffer,
    { at, length }: { at: number; length: number },
  ): Promise<Buffer> {
    const bytes = into.subarray(0, length)
    let filled = 0
    while (filled < length) {
      const read = await asked<number>('send the file', (answer) =>
        sftp.read(handle, bytes, filled, length - filled, at + filled, (error, count) =>
          answer(error, count),
        ),
      )
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  }

  return {
    get isOpen() {
      return loggedIn.isOpen()
    },
    close,

    async folder(path): Promise<RemoteFolder | null> {
      const stats = await statsOf(path)
      if (stats === null || !isFolder(stats)) return null
      const handle = await asked<Buffer>('open the folder', (answer) => sftp.opendir(path, answer))
      const entries: RemoteEntry[] = []
      let leftOut = 0
      let nameBytes = 0
      for (let empty = 0; empty < emptyMax; ) {
        const listed = await askedUnless<FileEntry[]>([statuses.eof], 'list the folder', (answer) =>
          sftp.readdir(handle, answer),
        )
        if (listed === null) break
        if (listed.length === 0) empty++
        for (const entry of listed) {
          nameBytes += entry.filename.length
          if (isName(entry.filename)) entries.push(entryOf(entry, path))
          else if (!isOwn(entry.filename)) leftOut++
        }
        if (entries.length + leftOut > namesMax || nameBytes > nameBytesMax) throw tooManyFiles({ path })
      }
      await asked<void>('close the folder', (answer) => sftp.close(handle, answer))
      return { entries, leftOut }
    },

    fileAt: (path) => fileIn({ folder: null, name: path }),
    again: (file) => fileIn(file),

    async fileOf(entry) {
      const { isExact, type, sizeBytes, changed } = entry
      // A link may lead in a circle, or to where this user may not.
      if (!isExact || type !== 'file') return fileIn(entry, [statuses.failure, statuses.permissionDenied])
      return fileOf(entry, pathOf(entry), { size: sizeBytes!, mtime: changed!.from / 1000 })
    },

    async *read(file, from) {
      const handle = await askedUnless<Buffer>([statuses.noSuchFile], 'open the file', (answer) =>
        sftp.open(pathOf(file), 'r', answer),
      )
      if (handle === null)
        throw new NotFoundError('no_such_file', `${file.path} was taken away since it was listed.`)
      const end = file.sizeBytes ?? Number.POSITIVE_INFINITY
      const underWay: { bytes: Promise<Buffer>; into: Buffer; length: number }[] = []
      // Used again and again: memory that is asked for anew comes back late.
      const free: Buffer[] = Array.from({ length: aheadMax }, () => Buffer.allocUnsafeSlow(pieceBytes))
      let at = from
      const ask = (length: number) => {
        const into = free.pop()!
        const bytes = part(handle, into, { at, length })
        // It is awaited in its turn, but may fail before.
        bytes.catch(() => {})
        underWay.push({ bytes, into, length })
        at += length
      }
      let isDone = false
      try {
        for (;;) {
          while (free.length > 0 && at < end) ask(Math.min(pieceBytes, end - at))
          // Behind its end, a file that has grown goes on.
          if (underWay.length === 0) ask(1)
          const { bytes: coming, into, length } = underWay.shift()!
          const bytes = await coming
          if (bytes.length > 0) yield bytes
          free.push(into)
          if (bytes.length < length) break
        }
        await Promise.allSettled(underWay.map(({ bytes }) => bytes))
        await asked<void>('close the file', (answer) => sftp.close(handle, answer))
        isDone = true
      } finally {
        if (!isDone) close()
      }
    },
  }
}

const pathOf = ({ folder, name }: RemotePlace): string =>
  folder === null ? name : `${folder.endsWith('/') ? folder : `${folder}/`}${name}`

/** What has no type is asked for all the same; a pipe would be waited for. */
const mayBeFile = ({ mode }: Pick<Stats, 'mode'>) => [0, fileBits].includes(mode & typeBits)

const isFolder = (stats: Pick<Stats, 'mode'>) => (stats.mode & typeBits) === folderBits
const typeBits = 0o170_000
const folderBits = 0o040_000
const fileBits = 0o100_000

const isOwn = (name: string) => name === '.' || name === '..'

/** A name that was written in other letters than UTF-8 is not known in its own bytes, and cannot be asked for. */
const isName = (name: string) => !/^\.{0,2}$|[/\u0000-\u001f\u007f\ufffd]/.test(name)

function entryOf({ filename, attrs }: FileEntry, folder: string): RemoteEntry {
  // What the protocol lets a server leave out.
  const { mode = 0, size, mtime }: Partial<FileEntry['attrs']> = attrs
  const sizeBytes = sizeOf(size)
  const type = (mode & typeBits) === folderBits ? 'folder' : (mode & typeBits) === fileBits ? 'file' : 'other'
  const at = mtime === undefined ? null : mtime * 1000
  return {
    folder,
    name: filename,
    shownName: filename,
    type,
    sizeBytes,
    changed: at === null ? null : { from: at, until: at },
    isExact: at !== null && sizeBytes !== null,
  }
}

const sizeOf = (size: number | undefined): number | null =>
  size !== undefined && Number.isSafeInteger(size) && size >= 0 ? size : null
