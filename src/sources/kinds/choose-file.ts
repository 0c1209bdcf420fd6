import { posix } from 'node:path'
import { InvalidError, NotFoundError, UnavailableError } from '../../lib/errors.ts'
import { pause } from '../../lib/pause.ts'
import { t } from '../../lib/schema.ts'

/** How far apart two looks at a file are that have to find the same. */
const settleSecondsDefault = 2
/** How often a file that is being written is looked at before somebody else's turn has come. */
const looksMax = 5
/** Most names of a folder that are looked at. */
export const namesMax = 10_000
/** Most bytes of their names. */
export const nameBytesMax = 8 * 1024 ** 2
/** As programs call what they have not finished writing. */
const unfinished = /^\.|\.(part|partial|tmp|temp|filepart|crdownload|swp)$|~$/i

/** Which file is meant, and when it is whole: the same words for each kind that reads files which others write. */
export const choiceFields = {
  files: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[^/\\u0000-\\u001f\\u007f]+$',
      description:
        'Which files of the folder are lists: a name with * and ?, or {csv,xlsx}. Left out: all of them, but not those that are named as unfinished (.part, .tmp). What is hidden (.name) is never meant by *.',
      examples: ['prices-*.csv'],
    }),
  ),
  done_file: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[^/\\u0000-\\u001f\\u007f]+$',
      description:
        'What is put beside a list once it is complete: a name such as READY, or an ending such as .done, which makes prices.csv.done the mark of prices.csv. Then a list is read when that is there, and not before. Left out: when two looks have found it unchanged.',
      examples: ['.done'],
    }),
  ),
  settle_seconds: t.Optional(
    t.Number({
      minimum: 0.1,
      maximum: 600,
      description: `How far apart the two looks are; ${settleSecondsDefault} when left out.`,
    }),
  ),
}

/** What a configuration says with `choiceFields`, and where. */
export interface Choice {
  /** Of a file, or of a folder; in the words of an error. */
  path: string
  files?: string
  done_file?: string
  settle_seconds?: number
}

/** One look at the file that would be taken now. */
export interface Looked {
  /** In the words of an error. */
  path: string
}

/**
 * Looks at a file until two looks have found the same. A list that somebody is still writing is half a list, and
 * cannot be told from a shorter one: so it is read when its mark is there, or when two looks found the same.
 * @throws UnavailableError `file_not_settled` while it keeps changing
 */
export async function settled<Look extends Looked>(
  look: () => Promise<Look>,
  {
    isSame,
    choice: { settle_seconds = settleSecondsDefault },
    signal,
    onPause,
  }: {
    isSame: (a: Look, b: Look) => boolean
    choice: Choice
    signal: AbortSignal
    /** Told before each pause. */
    onPause?: (seconds: number) => void
  },
): Promise<Look> {
  let before = await look()
  for (let looks = 1; looks < looksMax; looks++) {
    onPause?.(settle_seconds)
    await pause(settle_seconds * 1000, signal)
    signal.throwIfAborted()
    const now = await look()
    if (isSame(now, before)) return now
    before = now
  }
  throw notSettled(before.path)
}

/**
 * The names of a folder that are those of lists: where they need a mark, those that have it.
 * @param names without their folder
 * @throws NotFoundError `no_such_file` when there is none; UnavailableError `file_not_complete` when none is marked
 */
export function listsAmong(names: ReadonlySet<string>, choice: Choice): string[] {
  const { path, files, done_file } = choice
  const glob = files === undefined ? null : new Bun.Glob(files)
  const isMark = (name: string) => done_file !== undefined && name.endsWith(done_file)
  const isMeant = (name: string) =>
    glob === null
      ? !unfinished.test(name)
      : glob.match(name) && name.startsWith('.') === files?.startsWith('.')
  const lists = [...names].filter((name) => !isMark(name) && isMeant(name))
  if (lists.length === 0) throw noneFound(choice)
  if (done_file === undefined) return lists
  const marked = lists.filter((name) => names.has(posix.basename(markOf(name, done_file))))
  if (marked.length === 0) throw notMarked(posix.join(path, lists[0]!), done_file)
  return marked
}

/** What says that a list is complete: an ending, or one name for the whole folder. */
export const markOf = (path: string, doneFile: string) =>
  doneFile.startsWith('.') ? `${path}${doneFile}` : posix.join(path, '..', doneFile)

export const notSettled = (path: string, cause?: unknown) =>
  new UnavailableError(
    'file_not_settled',
    `${path} is still being written; it is read once it no longer changes.`,
    { cause },
  )

export const notMarked = (path: string, doneFile: string) =>
  new UnavailableError(
    'file_not_complete',
    `${path} is not marked as complete: there is no ${posix.basename(markOf(path, doneFile))} beside it.`,
  )

export const noneFound = ({ path, files }: Choice) =>
  new NotFoundError(
    'no_such_file',
    `The folder ${path} holds no file${files === undefined ? '' : ` that is called ${files}`}.`,
  )

export const tooManyFiles = ({ path }: Choice) =>
  new InvalidError(
    'too_many_files',
    `${path} holds more than ${namesMax} files, or ${nameBytesMax / 1024 ** 2} MiB of names; move the old ones away, or name a folder of their own.`,
  )
