import { NotFoundError } from '../../../lib/errors.ts'
import { type Choice, listsAmong, markOf, noneFound, notMarked } from '../choose-file.ts'
import type { RemoteEntry, RemoteFile, RemoteSession } from './session.ts'

/** Most files of a folder that the server is asked about one by one, where its listing does not say which is newest. */
const asksMax = 100

/**
 * The file that would be taken now: the one that the configuration names, or the newest list of the folder.
 * @throws NotFoundError `no_such_file`; UnavailableError `file_not_complete`; InvalidError `too_many_files`
 */
export async function lookAt(session: RemoteSession, choice: Choice): Promise<RemoteFile> {
  const folder = await session.folder(choice.path)
  if (folder === null) return fileNamed(session, choice)
  const entries = new Map(
    folder.entries.filter(({ type }) => type !== 'folder').map((entry) => [entry.shownName, entry]),
  )
  const lists = namesOf(entries, choice, folder.leftOut)
  const newest = await newestOf(
    session,
    lists.map((name) => entries.get(name)!),
  )
  if (newest === null) throw noneFound(choice)
  return newest
}

async function fileNamed(session: RemoteSession, { path, done_file }: Choice): Promise<RemoteFile> {
  const file = await session.fileAt(path)
  if (file === null)
    throw new NotFoundError('no_such_file', `The server has no file and no folder ${path}; check the path.`)
  if (done_file !== undefined && (await session.fileAt(markOf(path, done_file))) === null)
    throw notMarked(path, done_file)
  return file
}

function namesOf(entries: ReadonlyMap<string, RemoteEntry>, choice: Choice, leftOut: number): string[] {
  try {
    return listsAmong(new Set(entries.keys()), choice)
  } catch (error) {
    if (leftOut > 0 && error instanceof NotFoundError)
      throw new NotFoundError(
        error.code,
        `${error.message} It lists ${leftOut === 1 ? 'one name' : `${leftOut} names`} that no file can be asked for by; have the files named otherwise.`,
      )
    throw error
  }
}

/**
 * The newest file, by name where they are as old: names often hold a date. A listing may say no more than the minute
 * or the day: then those that may be the newest are asked about one by one.
 */
async function newestOf(session: RemoteSession, entries: RemoteEntry[]): Promise<RemoteFile | null> {
  const newestFirst = entries.sort(
    (a, b) => (b.changed?.until ?? 0) - (a.changed?.until ?? 0) || (a.shownName < b.shownName ? 1 : -1),
  )
  let best: { file: RemoteFile; changed: RemoteEntry['changed'] } | null = null
  for (const entry of newestFirst.slice(0, asksMax)) {
    // What comes now is older by the listing's own clock, which need not be that of exact times.
    if (best !== null && (entry.changed?.until ?? 0) < (best.changed?.from ?? 0)) break
    const file = await session.fileOf(entry)
    if (file === null) continue
    if (best === null || isNewer({ file, changed: entry.changed }, best))
      best = { file, changed: entry.changed }
  }
  return best?.file ?? null
}

type Found = { file: RemoteFile; changed: RemoteEntry['changed'] }

function isNewer(a: Found, b: Found): boolean {
  const times = [a, b].map(({ file, changed }) =>
    a.file.modifiedAt !== null && b.file.modifiedAt !== null
      ? file.modifiedAt!.getTime()
      : (changed?.from ?? 0),
  )
  return times[0] === times[1] ? a.file.shownName > b.file.shownName : times[0]! > times[1]!
}
