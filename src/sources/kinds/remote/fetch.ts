import { noOrigin, type Origin } from '../../../imports/model.ts'
import { InvalidError, NotFoundError, UnavailableError } from '../../../lib/errors.ts'
import { type Choice, settled } from '../choose-file.ts'
import type { FetchContext, Fetched, LookContext, Looked, Unmodified } from '../kind.ts'
import { timeoutSecondsDefault } from './fields.ts'
import { type Line, openLine, type Remote } from './line.ts'
import { lookAt } from './look.ts'
import { piecesOf } from './pieces.ts'
import { CannotResume, isSame, type RemoteFile } from './session.ts'

/** How long a server may take. */
export interface RemoteTimes {
  timeout_seconds?: number
}

type RemoteChoice = Choice & RemoteTimes

/** A connection is kept while nothing is asked for so long, and closed where the pause is longer. */
const keptOpenSecondsMax = 10
/** Times of files are told by the second, and by two on some disks. */
const clockGrainMs = 2000
/** How much clocks of servers are trusted. */
const clocksApartMs = 60_000
/** How often a file is begun again that cannot be gone on with. */
const beginningsMax = 3
/** What counts against a server; all else is about the file, or about this machine. */
const troubles = new Set(['host_not_found', 'unreachable', 'timed_out', 'cut_off', 'server_failed'])

/**
 * Fetches the file that a configuration names from a server, once it is whole.
 * @throws UnavailableError `file_not_settled`, `file_not_complete`; whatever the session and the way out throw
 */
export async function fetchRemote(
  remote: Remote,
  choice: RemoteChoice,
  context: FetchContext,
): Promise<Fetched | Unmodified> {
  const { archive, clock, last, sizeBytesMax } = context
  return visiting(remote, choice, context, async ({ line, atHost, signal }) => {
    const look = () => atHost(async () => lookAt(await line.session(), choice))
    const first = { file: await look(), at: clock.now() }
    if (isThatOf(last, first.file)) return { received: null, fetchedAt: first.at }
    const file = choice.done_file === undefined ? await stayed(look, first.file) : first.file
    const fetchedAt = clock.now()
    refuseTooLarge(file, context)
    const received = await atHost(() =>
      fromItsBeginning(file, () =>
        archive.receive(piecesOf(line, file, { ...context, signal }), { sizeBytesMax }),
      ),
    )
    const origin = { ...originOf(file), ...(isRacy(file, first.at, fetchedAt) && { lastModified: null }) }
    return { received, fileName: file.shownName, fetchedAt, origin }

    /** The look that was had already is the first of them. */
    function stayed(again: () => Promise<RemoteFile>, known: RemoteFile): Promise<RemoteFile> {
      const looks = [known]
      return settled(async () => looks.pop() ?? again(), {
        isSame,
        choice,
        signal,
        onPause: (seconds) => {
          if (seconds > keptOpenSecondsMax) line.close()
        },
      })
    }
  })
}

/** Whether there is another file than the one that was fetched last. */
export function lookRemote(remote: Remote, choice: RemoteChoice, context: LookContext): Promise<Looked> {
  return visiting(remote, choice, context, async ({ line, atHost }) => {
    try {
      const file = await atHost(async () => lookAt(await line.session(), choice))
      if (context.last.lastModified === null || file.modifiedAt === null) return 'unknown'
      return isThatOf(context.last, file) ? 'same' : 'changed'
    } catch (error) {
      const isNothingNew =
        error instanceof NotFoundError ||
        (error instanceof UnavailableError && error.code === 'file_not_complete')
      if (isNothingNew) return 'same'
      throw error
    }
  })
}

interface Visit {
  line: Line
  /** Runs work within the limits of the host. */
  atHost<Result>(work: () => Promise<Result>): Promise<Result>
  /** Also aborted when the whole time is up. */
  signal: AbortSignal
}

async function visiting<Result>(
  remote: Remote,
  { timeout_seconds = timeoutSecondsDefault }: RemoteTimes,
  { out, signal: given }: Pick<FetchContext, 'out' | 'signal'>,
  work: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const deadline = AbortSignal.timeout(timeout_seconds * 1000)
  const signal = AbortSignal.any([given, deadline])
  const line = openLine(remote, signal)
  const atHost: Visit['atHost'] = async (asked) => {
    const outcome = await out.atHost(remote.host, () => outcomeOf(asked), { signal })
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }
  try {
    return await work({ line, atHost, signal })
  } catch (error) {
    given.throwIfAborted()
    if (deadline.aborted)
      throw new UnavailableError(
        'timed_out',
        `${remote.host} was not done within ${timeout_seconds} s; timeout_seconds of the source may give it longer.`,
      )
    throw error
  } finally {
    line.close()
  }
}

type Outcome<Result> = { value: Result } | { error: unknown }

/** What counts against the host is thrown, anything else is handed through. */
async function outcomeOf<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof UnavailableError && troubles.has(error.code)) throw error
    return { error }
  }
}

async function fromItsBeginning<Result>(file: RemoteFile, read: () => Promise<Result>): Promise<Result> {
  for (let beginnings = 1; ; beginnings++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof CannotResume)) throw error
      if (beginnings === beginningsMax)
        throw new UnavailableError(
          'cut_off',
          `${file.path} was cut off ${beginnings} times, and its server cannot go on where it ended.`,
        )
    }
  }
}

/** Before any of it is read. @throws InvalidError `file_too_large` */
function refuseTooLarge(
  { path, sizeBytes }: RemoteFile,
  { sizeBytesMax, bytesEnough }: Pick<FetchContext, 'sizeBytesMax' | 'bytesEnough'>,
): void {
  if (bytesEnough === null && sizeBytes !== null && sizeBytes > sizeBytesMax)
    throw new InvalidError(
      'file_too_large',
      `${path} is larger than ${sizeBytesMax} bytes; raise TALLYMAN_FILE_BYTES_MAX if that is right.`,
    )
}

const originOf = ({ url, modifiedAt, sizeBytes }: RemoteFile): Origin => ({
  ...noOrigin,
  url,
  lastModified: modifiedAt?.toISOString() ?? null,
  sizeBytes,
})

function isThatOf(last: Origin | null, file: RemoteFile): boolean {
  if (last === null || last.lastModified === null || last.sizeBytes === null) return false
  const now = originOf(file)
  return now.url === last.url && now.lastModified === last.lastModified && now.sizeBytes === last.sizeBytes
}

/**
 * Whether the file could be written once more without its time telling: within the second that it was written in. It
 * cannot when it was there with this time for longer than that, by whatever clock the server goes.
 */
function isRacy({ modifiedAt }: RemoteFile, firstSeenAt: Date, fetchedAt: Date): boolean {
  if (modifiedAt === null) return true
  const seenForMs = fetchedAt.getTime() - firstSeenAt.getTime()
  return seenForMs < clockGrainMs && fetchedAt.getTime() - modifiedAt.getTime() < clocksApartMs
}
