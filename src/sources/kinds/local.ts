import { type BigIntStats, constants } from 'node:fs'
import { open, opendir, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { displayName } from '../../files/file-name.ts'
import { noOrigin } from '../../imports/model.ts'
import {
  AppError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  systemErrorCode,
  UnavailableError,
} from '../../lib/errors.ts'
import { isWithin } from '../../lib/is-within.ts'
import { type Static, t } from '../../lib/schema.ts'
import {
  choiceFields,
  listsAmong,
  markOf,
  namesMax,
  noneFound,
  notMarked,
  notSettled,
  settled,
  tooManyFiles,
} from './choose-file.ts'
import { connector, type Fetched, type FetchSettings, type Looked } from './kind.ts'

/** What a share on the network says while it is away. */
const awayCodes = new Set([
  'EIO',
  'ESTALE',
  'ENOTCONN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EAGAIN',
  'EBUSY',
])
const Config = t.Object(
  {
    path: t.String({
      minLength: 1,
      maxLength: 4096,
      pattern: '^/[^\\u0000]*$',
      description:
        'Absolute path on the server of the file, or of a folder of which the newest file is taken. It must lie in a folder that TALLYMAN_LOCAL_FOLDERS names.',
      examples: ['/srv/prices/acme'],
    }),
    ...choiceFields,
  },
  { additionalProperties: false, title: 'LocalSource' },
)
type Config = Static<typeof Config>

/** A file on this server, or the newest one of a folder, once it is whole. */
export const local = connector({
  name: 'local',
  config: Config,
  fileNameOf: ({ path, files }) => displayName(files ?? basename(path)),
  check: refuseOutside,

  async fetch(config, context): Promise<Fetched> {
    const { archive, clock, settings, sizeBytesMax, bytesEnough, onProgress, signal } = context
    refuseOutside(config, settings)
    const folders = await realFolders(settings)
    const look = () => lookAt(config, { folders, settings })
    const found =
      config.done_file === undefined
        ? await settled(look, { isSame: isSameLook, choice: config, signal })
        : await look()
    const fetchedAt = clock.now()
    const bytesTotal = Number(found.stats.size)
    const isEnough = bytesEnough !== null && bytesTotal > bytesEnough
    const received = await (isEnough
      ? archive.receive(beginning(found, bytesEnough), { sizeBytesMax })
      : archive.copy(found.path, {
          sizeBytesMax,
          signal,
          onBytes: (bytes) => onProgress({ bytes, bytesTotal }),
          // Something else may have taken its name since it was looked at.
          isExpected: (stats) => isSame(stats, found.stats),
        })
    ).catch((error) => {
      if (error instanceof AppError && error.code === 'file_changed') throw notSettled(found.path, error)
      throw explained(error, found.path)
    })
    const lastModified = found.stats.mtime.toISOString()
    const origin = { ...noOrigin, lastModified, sizeBytes: bytesTotal }
    return { received, fileName: displayName(basename(found.path)), fetchedAt, origin }
  },

  async look(config, { last, settings }): Promise<Looked> {
    refuseOutside(config, settings)
    try {
      const { stats } = await lookAt(config, { folders: await realFolders(settings), settings })
      const isLast = Number(stats.size) === last.sizeBytes && stats.mtime.toISOString() === last.lastModified
      return isLast ? 'same' : 'changed'
    } catch (error) {
      if (error instanceof AppError && error.code === 'file_not_complete') return 'same'
      throw error
    }
  },
})

/** The first bytes of what was looked at. @throws InvalidError `file_changed` when something else has taken its name */
async function* beginning({ path, stats }: Look, sizeBytes: number): AsyncGenerator<Uint8Array> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  if (!isSame(await file.stat({ bigint: true }), stats))
    throw new InvalidError('file_changed', `${path} is another file by now.`)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, 0)
  yield buffer.subarray(0, bytesRead)
}

/** Before anything is looked at, so that nobody learns what there is outside. */
function refuseOutside({ path }: Config, { localFolders }: FetchSettings): void {
  if (!localFolders.some((folder) => isWithin(folder, resolve(path)))) throw notAllowed(path, localFolders)
}

interface Look {
  /** Without symbolic links. */
  path: string
  stats: BigIntStats
}

const isSameLook = (a: Look, b: Look) => a.path === b.path && isSame(a.stats, b.stats)

const isSame = (a: BigIntStats, b: BigIntStats) =>
  a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs

/** The file that would be taken now. */
async function lookAt(
  config: Config,
  { folders, settings }: { folders: string[]; settings: FetchSettings },
): Promise<Look> {
  const at = await realWithin(config.path, { folders, settings })
  if (!at.stats.isDirectory()) {
    const isComplete =
      config.done_file === undefined || (await isThere(markOf(config.path, config.done_file)))
    if (!isComplete) throw notMarked(config.path, config.done_file!)
    return at
  }
  const names = listsAmong(await namesIn(at.path, config), config)
  let newest: Look | null = null
  for (const name of names) {
    const found = await realWithin(join(at.path, name), { folders, settings }).catch(unlessGone)
    if (found === null || !found.stats.isFile()) continue
    if (newest === null || isNewer(found, newest)) newest = found
  }
  if (newest === null) throw noneFound(config)
  return newest
}

/** Somebody may have moved it away since its name was read. */
function unlessGone(error: unknown): null {
  if (error instanceof NotFoundError) return null
  throw error
}

/** By name where the times are the same: names often hold a date. */
const isNewer = (a: Look, b: Look) =>
  a.stats.mtimeNs === b.stats.mtimeNs ? a.path > b.path : a.stats.mtimeNs > b.stats.mtimeNs

async function namesIn(folder: string, config: Config): Promise<Set<string>> {
  const names = new Set<string>()
  try {
    for await (const { name } of await opendir(folder)) {
      names.add(name)
      if (names.size > namesMax) throw tooManyFiles(config)
    }
  } catch (error) {
    throw explained(error, config.path)
  }
  return names
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** A link in a folder that may be read must not lead out of it. @throws ForbiddenError `folder_not_allowed` */
async function realWithin(
  path: string,
  { folders, settings }: { folders: string[]; settings: FetchSettings },
): Promise<Look> {
  try {
    const real = await realpath(path)
    if (!folders.some((folder) => isWithin(folder, real))) throw notAllowed(path, settings.localFolders)
    return { path: real, stats: await stat(real, { bigint: true }) }
  } catch (error) {
    throw explained(error, path)
  }
}

/** The folders that may be read, without the links that may lead to them. One that is not there allows nothing. */
async function realFolders({ localFolders }: FetchSettings): Promise<string[]> {
  const folders = await Promise.all(localFolders.map((folder) => realpath(folder).catch(() => null)))
  return folders.filter((folder) => folder !== null)
}

const notAllowed = (path: string, folders: readonly string[]) =>
  new ForbiddenError(
    'folder_not_allowed',
    `${path} may not be read: ${
      folders.length === 0
        ? 'no folder of this server may be, until TALLYMAN_LOCAL_FOLDERS names some'
        : `it is, or leads, outside of what TALLYMAN_LOCAL_FOLDERS allows (${folders.join(', ')})`
    }. Add its folder there and restart, or move the list.`,
  )

function explained(error: unknown, path: string): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
  if (awayCodes.has(code))
    return new UnavailableError('folder_unavailable', `${path} cannot be read just now (${code}).`, {
      cause: error,
    })
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new NotFoundError('no_such_file', `There is no file ${path}.`, { cause: error })
  return new InvalidError('file_not_readable', `${path} cannot be read by this user (${code}).`, {
    cause: error,
  })
}
