import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { WrapperKind, Wrapping } from '../../../imports/model.ts'
import { InvalidError, systemErrorCode } from '../../../lib/errors.ts'
import { visibleText } from '../../../lib/visible-text.ts'
import { foreignContent } from '../foreign-content.ts'
import { openZip, type ZipEntry, type ZipFile } from '../zip/zip.ts'
import type { PrivateFolder } from './private-folder.ts'
import { isPlainZip, isZip } from './wrapper.ts'

/** One file of an archive, unpacked. */
export interface UnpackedPart {
  /** Safe to show; null: the archive holds one file that needs no name. */
  name: string | null
  path: string
  packedBytes: number
  unpackedBytes: number
}

type LeftAside = Wrapping['leftAside'][number]

export interface Unpacked {
  parts: UnpackedPart[]
  leftAside: LeftAside[]
}

interface UnpackOptions {
  folder: PrivateFolder
  /** Of all files together. */
  unpackedBytesMax: number
}

/**
 * Unpacks what may be a list; what surely is none is left aside.
 * @throws InvalidError `nested_archive`, `encrypted_archive`, `damaged_archive`, `zip_bomb`, `unsupported_format`
 */
export function unpack(path: string, kind: WrapperKind, options: UnpackOptions): Promise<Unpacked> {
  return kind === 'zip' ? unpackZip(path, options) : unpackGzip(path, options)
}

const headBytes = 64 * 1024
/** Lists of repeated rows reach about 50:1; nothing that is right comes near the 1032:1 that deflate can do. */
const ratioMax = 200
const ratioCheckedFromBytes = 64 * 1024 * 1024
const pieceBytes = 1024 * 1024
/** So many files of an archive are looked into. */
const filesMax = 1000
/** What systems leave in archives by themselves. */
const junk = /(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i

async function unpackZip(path: string, { folder, unpackedBytesMax }: UnpackOptions): Promise<Unpacked> {
  const zip = openZip(path)
  try {
    const files = zip.entries.filter(
      ({ name }) => !/[/\\]$/.test(name) && !junk.test(name.replaceAll('\\', '/')),
    )
    if (files.length > filesMax)
      throw new InvalidError(
        'too_many_entries',
        `The archive holds ${files.length} files; at most ${filesMax} are looked into. Pack the lists alone.`,
      )
    const names = shownNames(files)
    const unpacked: Unpacked = { parts: [], leftAside: [] }
    let left = unpackedBytesMax
    for (const [index, entry] of files.entries()) {
      const name = names[index]!
      if (entry.isEncrypted)
        throw new InvalidError(
          'encrypted_archive',
          `${name} is protected with a password. Pack the list again without one.`,
        )
      const written = await unpackEntry(zip, entry, { name, path: folder.next(), left })
      if ('reason' in written) unpacked.leftAside.push(written)
      else {
        left -= written.unpackedBytes
        unpacked.parts.push(written)
      }
    }
    return unpacked
  } finally {
    zip.close()
  }
}

async function unpackEntry(
  zip: ZipFile,
  entry: ZipEntry,
  { name, path, left }: { name: string; path: string; left: number },
): Promise<UnpackedPart | LeftAside> {
  try {
    const pieces = zip.stream(entry, { unpackedBytesMax: left })
    const written = await writePart(pieces, path, name)
    if ('reason' in written) return written
    return { name, path, packedBytes: entry.packedBytes, ...written }
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    throw new InvalidError(archiveCodes[error.code] ?? error.code, error.message, { cause: error })
  }
}

/** The reader of archives was made for workbooks. */
const archiveCodes: Record<string, string> = {
  damaged_workbook: 'damaged_archive',
  encrypted_workbook: 'encrypted_archive',
}

async function unpackGzip(path: string, { folder, unpackedBytesMax }: UnpackOptions): Promise<Unpacked> {
  const part = folder.next()
  const written = await writePart(gunzipped(path, unpackedBytesMax), part, 'What it holds')
  if ('reason' in written) return { parts: [], leftAside: [written] }
  const { size: packedBytes } = await stat(path)
  return { parts: [{ name: null, path: part, packedBytes, ...written }], leftAside: [] }
}

/** All members of a gzip file, one after the other, as everybody reads it. */
async function* gunzipped(path: string, unpackedBytesMax: number): AsyncGenerator<Buffer> {
  const inflater = createGunzip({ chunkSize: pieceBytes })
  const source = createReadStream(path, { highWaterMark: 128 * 1024 })
  // `pipe` holds the source back while the reader is busy; it does not hand errors on, so that is done here.
  source.on('error', (error) => inflater.destroy(error))
  source.pipe(inflater)
  let unpacked = 0
  try {
    for await (const piece of inflater) {
      unpacked += piece.length
      if (unpacked > unpackedBytesMax)
        throw new InvalidError('zip_bomb', `The archive unpacks to more than ${unpackedBytesMax} bytes.`)
      if (unpacked > ratioCheckedFromBytes && unpacked > source.bytesRead * ratioMax)
        throw new InvalidError('zip_bomb', `The archive unpacks to more than ${ratioMax} times its size.`)
      yield piece
    }
  } catch (error) {
    if (!systemErrorCode(error)?.startsWith('Z_')) throw error
    const isCut = systemErrorCode(error) === 'Z_BUF_ERROR'
    throw new InvalidError(
      'damaged_archive',
      isCut
        ? 'The archive ends in the middle, as when a download was cut short. Fetch or save the file again.'
        : 'The archive cannot be unpacked: it is damaged, or something else stands behind its end. Fetch or pack the file again.',
      { cause: error },
    )
  } finally {
    source.destroy()
    inflater.destroy()
  }
}

/** Writes a file, unless its beginning shows that it is no list. */
async function writePart(
  pieces: AsyncGenerator<Buffer>,
  path: string,
  name: string,
): Promise<{ unpackedBytes: number } | LeftAside> {
  const file = await open(path, 'wx', 0o600)
  let head: Buffer | null = Buffer.alloc(0)
  let unpackedBytes = 0
  let mayBeArchive = false
  try {
    for await (const piece of pieces) {
      unpackedBytes += piece.length
      if (head === null) {
        await file.writeFile(piece)
        continue
      }
      head = Buffer.concat([head, piece])
      if (head.length < headBytes) continue
      const reason = foreignReason(head, name)
      if (reason !== null) return { name, reason }
      mayBeArchive = isZip(head)
      await file.writeFile(head)
      head = null
    }
    if (unpackedBytes === 0) return { name, reason: 'is empty' }
    if (head !== null) {
      const reason = foreignReason(head, name)
      if (reason !== null) return { name, reason }
      mayBeArchive = isZip(head)
      await file.writeFile(head)
    }
  } finally {
    await file.close()
  }
  if (mayBeArchive && isPlainZip(path)) throw nested(name, 'a ZIP archive')
  return { unpackedBytes }
}

/** @throws InvalidError `nested_archive` */
function foreignReason(head: Buffer, name: string): string | null {
  if (head[0] === 0x1f && head[1] === 0x8b) throw nested(name, 'a gzip archive')
  const foreign = foreignContent(head.subarray(0, headBytes))
  if (foreign === null) return null
  if (/archive/i.test(foreign.name)) throw nested(name, foreign.name)
  return `is ${foreign.name}`
}

function nested(name: string, what: string): InvalidError {
  return new InvalidError(
    'nested_archive',
    `${name} is ${what} within the archive. Unpack it, and send or pack the lists themselves.`,
  )
}

/** Names as they may be shown, without the folder that all are in; no two are the same. */
function shownNames(entries: readonly ZipEntry[]): string[] {
  const paths = entries.map(({ name }) =>
    name
      .replaceAll('\\', '/')
      .split('/')
      .map(visibleText)
      .filter((step) => !/^\.*$/.test(step)),
  )
  const isShared = (step: string) => paths.every((path) => path.length > 1 && path[0] === step)
  for (let first = paths[0]?.[0]; first !== undefined && isShared(first); first = paths[0]?.[0])
    for (const path of paths) path.shift()
  const used = new Set<string>()
  return paths.map((path, index) => {
    const joined = path.join('/').slice(-shownMax)
    // An older encoding than the names of archives are read in.
    const name = joined === '' || joined.includes('\ufffd') ? `file ${index + 1}` : joined
    const own = used.has(name) ? `${name} (${index + 1})` : name
    used.add(own)
    return own
  })
}

const shownMax = 200
