import { copyFile, mkdir, mkdtemp, open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadLimits } from '../analyzer/formats/format.ts'
import { sweepTries, tryPrefix } from '../analyzer/preview.ts'
import type { Sample } from '../analyzer/sample/read-sample.ts'
import type { SampleReader } from '../analyzer/sample/sample-process.ts'
import { importOptions, noPins } from '../courier/pins.ts'
import { openArchive } from '../files/archive.ts'
import type { Origin } from '../imports/model.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError, InvalidError } from '../lib/errors.ts'
import type { WayOut } from '../lib/outbound/way-out.ts'
import { connectorOf, type Fetched, type FetchSettings } from '../sources/kinds/index.ts'
import type { SourceKind, SourceSettings } from '../sources/model.ts'
import type { WholeConfig } from '../sources/secrets.ts'

export interface TestParts {
  clock: Clock
  out: WayOut
  fetchSettings: FetchSettings
  limits: Omit<ReadLimits, 'apart'>
  /** Here lies what was fetched, until the test ends. It is there. */
  temporaryFolder: string
  /** Reads what was fetched, in a process of its own. */
  read: SampleReader
}

/** A source that is to be tested, whether it is kept anywhere or not. */
export interface TestRequest {
  name: string
  kind: SourceKind
  config: WholeConfig
  /** How its lists are read. */
  settings: SourceSettings
  /** Assumed where the list does not say; null: nothing is. */
  currency: string | null
  /** What was learned of it before; null: nothing. */
  learned: unknown
  /** How many rows of each table are shown as they stand in the file; left out: none. */
  tableRows?: number
}

/** What a test has found; nothing of it is kept. */
export interface TestedSource {
  fileName: string
  fetchedAt: Date
  origin: Origin
  /** Of these bytes all that follows was read. */
  readBytes: number
  /** There is more of the list. */
  isPart: boolean
  /** What a fetch would keep of where the list comes from, such as a host key; null: nothing. */
  learned: unknown
  /** Null: it cannot be read, and `problem` says why. */
  sample: Sample | null
  problem: { code: string; message: string } | null
}

/** Enough to look at, of a list that may be cut. */
export const bytesEnough = 1024 * 1024
/** Of one that may not. */
const wholeBytesMax = 32 * 1024 * 1024

/**
 * Fetches a little of a source and reads it as an import would, without keeping anything: what is fetched lies in a
 * temporary folder until this ends.
 * @throws InvalidError `not_fetchable`, `too_large_to_test`; whatever the source's kind throws; the signal's reason
 */
export async function testSource(
  parts: TestParts,
  request: TestRequest,
  signal: AbortSignal,
): Promise<TestedSource> {
  return inTrialFolder(parts, async (folder) => {
    const fetched = await fetchEnough(parts, { request, folder, signal })
    const { fileName, fetchedAt, origin, learned = null, path, readBytes, isPart } = fetched
    const about = { fileName, fetchedAt, origin, readBytes, isPart, learned }
    return { ...about, ...(await readTried(parts, { path, ...request }, signal)) }
  })
}

/** Gives the work a temporary folder of its own, which goes with it. */
export async function inTrialFolder<Result>(
  { temporaryFolder, clock }: Pick<TestParts, 'temporaryFolder' | 'clock'>,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(temporaryFolder, { recursive: true })
  sweepTries(temporaryFolder, clock.now().getTime())
  const folder = await mkdtemp(join(temporaryFolder, tryPrefix))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads a file as an import would. A file that cannot be read is an answer too. @throws the signal's reason */
export async function readTried(
  { read, limits }: Pick<TestParts, 'read' | 'limits'>,
  {
    path,
    settings,
    currency,
    tableRows = 0,
  }: Pick<TestRequest, 'settings' | 'currency' | 'tableRows'> & { path: string },
  signal: AbortSignal,
): Promise<Pick<TestedSource, 'sample' | 'problem'>> {
  const options = importOptions(settings, { ...noPins, mayHold: true, force: false }, currency)
  try {
    return { sample: await read({ path, options, limits, tableRows }, signal), problem: null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof AppError)) throw error
    return { sample: null, problem: { code: error.code, message: error.message } }
  }
}

type Enough = Omit<Fetched, 'received'> & { path: string; readBytes: number; isPart: boolean }

async function fetchEnough(
  parts: TestParts,
  { request, folder, signal }: { request: TestRequest; folder: string; signal: AbortSignal },
): Promise<Enough> {
  const beginning = await fetched(parts, { request, folder, signal, bytesEnough })
  const { received, ...others } = beginning
  const path = await laidOut(folder, beginning)
  const { sizeBytes: allBytes } = others.origin
  const isPart = received.sizeBytes >= bytesEnough && (allBytes === null || allBytes > received.sizeBytes)
  if (!isPart) return { ...others, path, readBytes: received.sizeBytes, isPart }
  const cutAt = await lastLineEnd(path)
  if (cutAt !== null) {
    await truncate(path, cutAt)
    return { ...others, path, readBytes: cutAt, isPart }
  }
  const { received: whole, ...of } = await fetched(parts, { request, folder, signal, bytesEnough: null })
  return {
    ...of,
    path: await laidOut(folder, { ...of, received: whole }),
    readBytes: whole.sizeBytes,
    isPart: false,
  }
}

async function fetched(
  { clock, out, fetchSettings: settings }: TestParts,
  {
    request: { name, kind, config, learned },
    folder,
    signal,
    bytesEnough,
  }: { request: TestRequest; folder: string; signal: AbortSignal; bytesEnough: number | null },
): Promise<Fetched> {
  const { fetch } = connectorOf(kind)
  if (fetch === null)
    throw new InvalidError(
      'not_fetchable',
      `Lists of source "${name}" are handed in (kind ${kind}); try one with "tallyman try FILE".`,
    )
  const archive = openArchive(folder)
  const context = { archive, clock, out, settings, signal, learned, last: null, bytesEnough }
  const found = await fetch(config, {
    ...context,
    sizeBytesMax: wholeBytesMax,
    // A test leaves nothing behind.
    learn: async () => {},
    onProgress: () => {},
  }).catch((error) => {
    if (!(error instanceof AppError) || error.code !== 'file_too_large') throw error
    throw new InvalidError(
      'too_large_to_test',
      `The list is larger than ${wholeBytesMax / 1024 ** 2} MiB and can only be read whole; fetch it with "tallyman sources run", or hand it to "tallyman try".`,
      { cause: error },
    )
  })
  if (found.received === null) throw new Error('A list that was never fetched is said to be the same.')
  return { ...found, received: found.received }
}

/** Where a file goes that is to be called as people know it, in a folder of its own. */
export async function namedPath(folder: string, fileName: string): Promise<string> {
  const name = fileName.replace(/[/\\\0]/g, '_').slice(-100)
  await mkdir(join(folder, 'read'), { recursive: true })
  return join(folder, 'read', /^\.{0,2}$/.test(name) ? 'list' : name)
}

/** The file under a name that people know, for what is said of it. */
async function laidOut(folder: string, { received, fileName }: Fetched): Promise<string> {
  const { sha256 } = await received.keep()
  const path = await namedPath(folder, fileName)
  await using borrowed = await openArchive(folder).borrow(sha256)
  await copyFile(borrowed.path, path)
  return path
}

/**
 * Where a list whose end is missing may be cut: behind its last whole line.
 * @returns null when it may not: it is packed, a workbook or a PDF, or one document from its first byte to its last
 */
export async function lastLineEnd(path: string): Promise<number | null> {
  await using file = await open(path, 'r')
  const { buffer: bytes, bytesRead } = await file.read(Buffer.alloc(2 * bytesEnough), 0, 2 * bytesEnough, 0)
  const head = bytes.subarray(0, 1024)
  const isWide = head[0] === 0xff || head[0] === 0xfe
  const text = head.toString(isWide && head[0] === 0xff ? 'utf16le' : 'latin1').replace(/^(\ufeff|ï»¿)/, '')
  // Apart from UTF-16, no text has a NUL in it.
  if ((!isWide && head.includes(0)) || /^(PK|%PDF|\x1f\x8b|\s*[<{[])/.test(text)) return null
  const all = bytes.subarray(0, bytesRead)
  if (!isWide) return lineEnd(all.lastIndexOf(0x0a), 1)
  const mark = head[0] === 0xff ? [0x0a, 0x00] : [0x00, 0x0a]
  let at = all.lastIndexOf(Buffer.from(mark))
  while (at > 0 && at % 2 !== 0) at = all.lastIndexOf(Buffer.from(mark), at - 1)
  return lineEnd(at, 2)
}

const lineEnd = (at: number, width: number) => (at < 0 ? null : at + width)
