import { createHash } from 'node:crypto'
import { S3Client, type S3Options } from 'bun'
import { AppError, ForbiddenError, InvalidError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import { isRight } from './check-stored.ts'
import { missing } from './damaged.ts'
import { type FileKey, type FileStore, keyOf, nameOf, type StoredFile, type WholeFile } from './file-store.ts'
import { idIn } from './place.ts'

/** A bucket of S3, or of whatever speaks as S3 does. */
export interface Bucket {
  bucket: string
  /** Null: that of AWS. */
  endpoint: string | null
  region: string | null
  /** What the names of our objects begin with; '' or ending in a slash. */
  prefix: string
  accessKeyId: string
  secretAccessKey: string
  /** How long one answer, or the next piece of one, is waited for. */
  timeoutMs?: number
}

const timeoutDefaultMs = 60_000
/** A server that takes less in than this per second is not waited for. */
const uploadBytesPerSecond = 50_000
/** Files that were prepared and not put yet: there are no more than lists that come in at the same time. */
const preparedMax = 1000
/** Objects that are listed at a time: as many as S3 gives. */
const listedMax = 1000

/**
 * Raw files in a bucket, so that workers of several machines share them. An object is there whole or not at all, and is
 * never changed but for notes. What comes from there is hashed by whoever reads it: see borrow.ts.
 */
export function s3Store(options: Bucket): FileStore {
  const { bucket, prefix, timeoutMs = timeoutDefaultMs } = options
  const client = new S3Client(clientOptions(options))
  const where = `s3://${bucket}/${prefix}`
  const objectOf = (key: FileKey) => prefix + nameOf(key)
  /** What was sent there, or seen to be right, a moment ago: it need not be read once more to be put. */
  const prepared = new Set<string>()

  /** @returns null: it is none of ours; the whole name counts, another prefix may lie below this one */
  function storedObject(object: { key: string; size?: number; lastModified?: string }): StoredFile | null {
    const key = keyOf(object.key.slice(object.key.lastIndexOf('/') + 1))
    if (key === null || objectOf(key) !== object.key) return null
    return { key, sizeBytes: object.size ?? 0, storedAt: new Date(object.lastModified ?? 0) }
  }

  /** @param ms how long it may take */
  async function asked<Result>(work: Promise<Result>, ms = timeoutMs): Promise<Result> {
    try {
      return await within(work, ms)
    } catch (error) {
      throw storeError(error, where)
    }
  }

  async function found(key: FileKey): Promise<StoredFile | null> {
    try {
      const { size, lastModified } = await within(client.stat(objectOf(key)), timeoutMs)
      return { key, sizeBytes: size, storedAt: lastModified }
    } catch (error) {
      if (isMissing(error)) return null
      throw storeError(error, where)
    }
  }

  async function send(key: FileKey, { path, sizeBytes }: WholeFile): Promise<void> {
    const ms = timeoutMs + (1000 * sizeBytes) / uploadBytesPerSecond
    await asked(client.write(objectOf(key), Bun.file(path)), ms)
    const sent = await found(key)
    if (sent?.sizeBytes !== sizeBytes) throw unavailable(where, 'it has not taken all of the file')
  }

  /** What is there already and is right stays; but notes change. */
  async function bring(key: FileKey, file: WholeFile): Promise<void> {
    const isThere = key.form !== 'note' && (await found(key))?.sizeBytes === file.sizeBytes
    // What was packed was unpacked before it came here, and is looked at by whoever packs.
    if (isThere && (key.form !== 'plain' || (await isRight(read(key), key)))) return
    await send(key, file)
  }

  async function prepare(key: FileKey, file: WholeFile): Promise<void> {
    await bring(key, file)
    prepared.add(nameOf(key))
    // Of those that were prepared and never put.
    for (const name of prepared) if (prepared.size > preparedMax) prepared.delete(name)
  }

  async function put(key: FileKey, file: WholeFile): Promise<void> {
    const wasPrepared = prepared.delete(nameOf(key))
    if (wasPrepared && key.form !== 'note' && (await found(key))?.sizeBytes === file.sizeBytes) return
    await bring(key, file)
  }

  async function* read(key: FileKey, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const stored = await found(key)
    if (stored === null) throw missing(key)
    let bytes = 0
    const reader = client.file(objectOf(key)).stream().getReader()
    try {
      for (;;) {
        signal?.throwIfAborted()
        const { done, value } = await within(reader.read(), timeoutMs)
        if (done) break
        bytes += value.length
        yield value
      }
    } catch (error) {
      if (isMissing(error)) throw missing(key)
      throw storeError(error, where)
    } finally {
      // Not waited for: a server that has stalled does not answer this either.
      reader.cancel().catch(() => {})
    }
    if (bytes < stored.sizeBytes) throw unavailable(where, 'it broke off in the middle of a file')
  }

  return {
    where,

    async placeId() {
      const object = `${prefix}place.id`
      const read = () => client.file(object).text()
      let text = ''
      try {
        text = await within(read(), timeoutMs)
      } catch (error) {
        if (!isMissing(error)) throw storeError(error, where)
      }
      // Some servers show an object while it is being written.
      if (text !== '') return idIn(`${where}place.id`, text)
      // Of several that make it at the same moment each makes the same.
      const id = placeIdOf(options)
      await asked(client.write(object, `${id}\n`))
      return id
    },

    // The whole way there; then `put` has only to look whether a clean-up has deleted it meanwhile.
    prepare,
    put,
    stat: found,

    read,

    // A copy has to be made.
    lend: async () => null,
    // Whoever reads has a copy, or begins again where it is packed by then.
    isLent: async () => false,

    async *list() {
      let startAfter: string | undefined
      /** What lies under the last hash may go on in the next answer. */
      let rest: StoredFile[] = []
      do {
        const from = startAfter === undefined ? {} : { startAfter }
        const { contents = [], isTruncated } = await asked(
          client.list({ prefix, maxKeys: listedMax, ...from }),
        )
        const stored = [...rest, ...contents.map(storedObject).filter((file) => file !== null)]
        startAfter = isTruncated ? contents.at(-1)?.key : undefined
        const last = startAfter === undefined ? null : (stored.at(-1)?.key.sha256 ?? null)
        rest = stored.filter(({ key }) => key.sha256 === last)
        yield stored.filter(({ key }) => key.sha256 !== last)
      } while (startAfter !== undefined)
    },

    async remove(key) {
      if ((await found(key)) === null) return false
      await asked(client.delete(objectOf(key)))
      return true
    },
  }
}

function clientOptions({ bucket, endpoint, region, accessKeyId, secretAccessKey }: Bucket): S3Options {
  return {
    bucket,
    accessKeyId,
    secretAccessKey,
    ...(endpoint !== null && { endpoint }),
    ...(region !== null && { region }),
  }
}

/** An id that is made of the bucket's own name. Buckets of two servers may have the same. */
function placeIdOf({ endpoint, bucket, prefix }: Bucket): string {
  const server = endpoint === null ? '' : `${endpoint.replace(/\/+$/, '')} `
  const hex = createHash('sha256').update(`${server}s3://${bucket}/${prefix}`).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** Bun's client has no time limit of its own. What it gave up on may still end, and nobody hears of it. */
async function within<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new TimeoutError()), ms)
  work.catch(() => {})
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

class TimeoutError extends Error {}

const isMissing = (error: unknown) => systemErrorCode(error) === 'NoSuchKey'

/** What another try does not change. */
const refusals = [
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'NoSuchBucket',
  'InvalidBucketName',
  'AuthorizationHeaderMalformed',
  'ERR_S3_MISSING_CREDENTIALS',
  'ERR_S3_INVALID_ENDPOINT',
]

function storeError(error: unknown, where: string): unknown {
  if (error instanceof AppError || (error instanceof Error && error.name === 'AbortError')) return error
  if (error instanceof TimeoutError) return unavailable(where, 'it did not answer in time', error)
  const code = systemErrorCode(error)
  // Of this machine's own disk.
  if (code === null || /^E[A-Z]+$/.test(code)) return error
  if (refusals.includes(code))
    return new ForbiddenError(
      'store_refused',
      `${where} refused (${code}); check TALLYMAN_S3_BUCKET and its keys.`,
      { cause: error },
    )
  return unavailable(where, code, error)
}

const unavailable = (where: string, why: string, cause?: unknown) =>
  new UnavailableError(
    'store_unavailable',
    `The raw files in ${where} cannot be reached now (${why}); it is tried again.`,
    { cause },
  )

/** The settings of a bucket, as far as they are set. @throws InvalidError `no_s3_keys` */
export function bucketOf({
  s3Bucket,
  s3Endpoint,
  s3Region,
  s3Prefix,
  s3AccessKeyId,
  s3SecretAccessKey,
}: {
  s3Bucket: string | null
  s3Endpoint: string | null
  s3Region: string | null
  s3Prefix: string | null
  s3AccessKeyId: string | null
  s3SecretAccessKey: string | null
}): Bucket | null {
  if (s3Bucket === null) return null
  if (s3AccessKeyId === null || s3SecretAccessKey === null)
    throw new InvalidError(
      'no_s3_keys',
      'TALLYMAN_S3_BUCKET needs TALLYMAN_S3_ACCESS_KEY_ID and TALLYMAN_S3_SECRET_ACCESS_KEY.',
    )
  const prefix = (s3Prefix ?? '').replace(/^\/+|\/+$/g, '')
  return {
    bucket: s3Bucket,
    endpoint: s3Endpoint,
    region: s3Region,
    prefix: prefix === '' ? '' : `${prefix}/`,
    accessKeyId: s3AccessKeyId,
    secretAccessKey: s3SecretAccessKey,
  }
}
