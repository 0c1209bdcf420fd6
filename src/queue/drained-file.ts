import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { writeNewFile } from '../files/new-file.ts'
import { ConflictError, InvalidError, systemErrorCode } from '../lib/errors.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'

/**
 * The file that `queue drain` writes and `queue requeue` reads, one JSON value a line:
 *
 *   {"format":"tallyman-queue","version":1,"installation":…,"drained_at":…,"jobs":2}
 *   {"job_id":…,"was":"queued","supplier":…,"file_name":…, …}
 *   {"job_id":…,"was":"dead", …}
 *   {"end":true,"jobs":2,"sha256":…}
 *
 * The jobs themselves stay rows of the database; their ids are what counts here, and the rest is for people. The hash
 * is over all bytes before the last line, so a file that was cut off or changed is told from a whole one.
 */
const format = 'tallyman-queue'
const version = 1
/** Far more than the longest names take. */
const lineBytesMax = 64 * 1024
/** Most jobs that one file holds. */
export const drainedJobsMax = 100_000

const Header = t.Object({
  format: t.Literal(format),
  version: t.Integer({ minimum: 1 }),
  installation: t.String({ minLength: 1 }),
  drained_at: t.String(),
  jobs: t.Integer({ minimum: 0, maximum: drainedJobsMax }),
})

/** One job in the file. */
export const DrainedJob = t.Object({
  job_id: t.String({ minLength: 1, maxLength: 100 }),
  import_id: t.String(),
  was: oneOf(['queued', 'dead']),
  supplier: t.String(),
  source: t.String(),
  file_name: t.String(),
  /** Of the raw file; null: it is yet to be fetched. */
  sha256: textOrNull(''),
  created_at: t.String(),
  /** When it would have been tried. */
  run_at: t.String(),
  retry_count: t.Integer({ minimum: 0 }),
  error: t.Union([t.Object({ kind: t.String(), code: t.String(), message: t.String() }), t.Null()]),
})
export type DrainedJob = Static<typeof DrainedJob>

const End = t.Object({ end: t.Literal(true), jobs: t.Integer(), sha256: t.String() })

/** Which queue the jobs were taken from, and when. */
export interface DrainedFrom {
  installation: string
  drainedAt: Date
}

/** What a file holds that is whole. */
export interface DrainedFile extends DrainedFrom {
  jobs: DrainedJob[]
}

/**
 * Writes a file that was not there before, whole and synced when this returns.
 * @param path absolute
 * @param count how many jobs `pages` give
 * @throws what `writeNewFile` throws, such as ConflictError `file_exists`
 */
export async function writeDrainedFile(
  path: string,
  from: DrainedFrom & { count: number },
  pages: AsyncIterable<DrainedJob[]>,
): Promise<void> {
  await writeNewFile(path, async (to) => {
    const hash = createHash('sha256')
    const say = async (text: string) => {
      hash.update(text)
      await to.appendFile(text)
    }
    const { installation, drainedAt, count } = from
    const header: Static<typeof Header> = {
      format,
      version,
      installation,
      drained_at: drainedAt.toISOString(),
      jobs: count,
    }
    await say(lineOf(header))
    for await (const page of pages) await say(page.map(lineOf).join(''))
    await to.appendFile(
      lineOf({ end: true, jobs: count, sha256: hash.digest('hex') } satisfies Static<typeof End>),
    )
  })
}

/**
 * Reads a file, and checks all of it before anything is given back.
 * @param path absolute
 * @throws InvalidError `no_such_file`, `file_not_readable`, `not_a_queue_file`, `queue_file_too_new`, `queue_file_cut_off`,
 * `queue_file_changed`
 */
export async function readDrainedFile(path: string): Promise<DrainedFile> {
  const hash = createHash('sha256')
  const jobs: DrainedJob[] = []
  let header: Static<typeof Header> | null = null
  let end: Static<typeof End> | null = null
  for await (const line of linesOf(path)) {
    if (end !== null) throw changed(path, 'something follows its last line')
    if (header === null) {
      header = headerOf(path, line)
      hash.update(line)
      continue
    }
    const said = parsed(line)
    if (Value.Check(End, said)) {
      end = said
      checkEnd(path, { header, end, jobs: jobs.length, hash })
      continue
    }
    // A last line without its end is one that was cut.
    if (!line.endsWith('\n')) break
    if (!Value.Check(DrainedJob, said)) throw changed(path, `line ${jobs.length + 2} is no job`)
    if (jobs.length === header.jobs)
      throw changed(path, `it has more jobs than the ${header.jobs} that it announces`)
    hash.update(line)
    jobs.push(said)
  }
  if (header === null) throw noQueueFile(path)
  if (end === null)
    throw new InvalidError(
      'queue_file_cut_off',
      `${path} is cut off: it announces ${header.jobs} jobs and ends after ${jobs.length}, without its last line. Nothing was changed; take a whole copy of it.`,
    )
  return { installation: header.installation, drainedAt: new Date(header.drained_at), jobs }
}

/** @throws ConflictError `other_installation`: its jobs are rows of another database */
export function requireOwn(path: string, file: DrainedFrom, installation: string): void {
  if (file.installation === installation) return
  throw new ConflictError(
    'other_installation',
    `${path} was drained from another installation (${file.installation}; this one is ${installation}): its jobs are in that one's database. Nothing was changed; check DATABASE_URL.`,
  )
}

const lineOf = (value: object) => `${JSON.stringify(value)}\n`

function headerOf(path: string, line: string): Static<typeof Header> {
  const said = parsed(line)
  if (typeof said !== 'object' || said === null || !('format' in said) || said.format !== format)
    throw noQueueFile(path)
  if (!Value.Check(Header, said)) throw changed(path, 'its first line is not as "queue drain" writes it')
  if (said.version > version)
    throw new InvalidError(
      'queue_file_too_new',
      `${path} was written by a newer version of Tallyman (format ${said.version}, this one reads ${version}); requeue it with that one.`,
    )
  return said
}

function checkEnd(
  path: string,
  {
    header,
    end,
    jobs,
    hash,
  }: { header: { jobs: number }; end: Static<typeof End>; jobs: number; hash: Hash },
): void {
  if (end.jobs !== jobs || header.jobs !== jobs)
    throw changed(path, `it announces ${header.jobs} jobs and has ${jobs}`)
  if (end.sha256 !== hash.digest('hex'))
    throw changed(path, 'its lines do not have the hash that its last one says')
}

const changed = (path: string, how: string) =>
  new InvalidError(
    'queue_file_changed',
    `${path} is not as "queue drain" wrote it: ${how}. Nothing was changed; take the file as it was. Single jobs can be put back with "tallyman jobs retry ID".`,
  )

const noQueueFile = (path: string) =>
  new InvalidError('not_a_queue_file', `${path} is no file of "tallyman queue drain"; nothing was changed.`)

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Lines with their ends; one that is longer than any of ours ends the reading. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  try {
    for await (const piece of createReadStream(path)) {
      // The stream has no encoding, so its pieces are bytes.
      rest = Buffer.concat([rest, piece as Buffer])
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end + 1).toString()
        rest = rest.subarray(end + 1)
      }
      if (rest.length > lineBytesMax) throw noQueueFile(path)
    }
  } catch (error) {
    throw explained(error, path)
  }
  if (rest.length > 0) yield rest.toString()
}

function explained(error: unknown, path: string): unknown {
  const code = systemErrorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new InvalidError('no_such_file', `There is no file ${path}.`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EISDIR' || code === 'EIO')
    return new InvalidError('file_not_readable', `${path} cannot be read (${code}).`, { cause: error })
  return error
}
