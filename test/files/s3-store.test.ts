import { expect, test } from 'bun:test'
import type { Socket } from 'bun'
import { openArchive } from '../../src/files/archive.ts'
import type { FileKey } from '../../src/files/file-store.ts'
import { type Bucket, bucketOf, s3Store } from '../../src/files/s3-store.ts'
import { rejection } from '../helpers/open-database.ts'
import { openBucket } from '../helpers/s3.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const key: FileKey = { sha256: 'ab'.repeat(32), form: 'plain' }
const secret = 'canary-of-the-bucket'

/** A server that does the same to whoever comes. */
function rude(answer: (socket: Socket) => void) {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: answer } })
  const bucket: Bucket = {
    bucket: 'raw',
    endpoint: `http://127.0.0.1:${server.port}`,
    region: null,
    prefix: '',
    accessKeyId: 'somebody',
    secretAccessKey: secret,
    timeoutMs: 500,
  }
  return { store: s3Store(bucket), [Symbol.dispose]: () => server.stop(true) }
}

/** Everything that a store can be asked for. */
async function refusals(store: ReturnType<typeof s3Store>, path: string): Promise<unknown[]> {
  const asked = [
    () => store.stat(key),
    () => store.put(key, { path, sizeBytes: 3 }),
    () => store.put({ ...key, form: 'note' }, { path, sizeBytes: 3 }),
    () => store.remove(key),
    () => store.placeId(),
    () => Array.fromAsync(store.list()),
    () => Array.fromAsync(store.read(key)),
  ]
  const errors: unknown[] = []
  for (const ask of asked) errors.push(await rejection(ask()))
  return errors
}

const answers: Record<string, (socket: Socket) => void> = {
  'answers that it failed': (socket) => {
    socket.write('HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    socket.end()
  },
  'closes the connection': (socket) => void socket.end(),
  'never answers': () => {},
  'stops in the middle of an answer': (socket) =>
    void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Half: '),
}
for (const [what, answer] of Object.entries(answers))
  test(`a server that ${what} is worth another try, whatever it was asked for`, async () => {
    await using folder = await temporaryDirectory()
    await Bun.write(folder.file('list'), 'abc')
    using server = rude(answer)
    for (const error of await refusals(server.store, folder.file('list'))) {
      expect(error).toMatchObject({ name: 'UnavailableError', code: 'store_unavailable' })
      expect(String(error)).not.toContain(secret)
    }
  }, 60_000)

test('a server that is not there is worth another try, and one that refuses is not', async () => {
  await using folder = await temporaryDirectory()
  await Bun.write(folder.file('list'), 'abc')
  await using opened = await openBucket()
  const put = (bucket: Bucket) =>
    s3Store(bucket).put({ ...key, form: 'note' }, { path: folder.file('list'), sizeBytes: 3 })
  expect(await rejection(put({ ...opened.bucket, endpoint: 'http://127.0.0.1:1' }))).toMatchObject({
    code: 'store_unavailable',
  })
  expect(await rejection(put({ ...opened.bucket, bucket: 'somebody-elses' }))).toMatchObject({
    name: 'ForbiddenError',
    code: 'store_refused',
  })
})

test('a file that is cut short or stalls on the way is no file', async () => {
  const head =
    'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\nETag: "x"\r\n\r\n'
  for (const stalls of [true, false]) {
    using server = rude((socket) => {
      socket.write(`${head}abc`)
      if (!stalls) socket.end()
    })
    const error = await rejection(Array.fromAsync(server.store.read(key)))
    expect(error).toMatchObject({ name: 'UnavailableError', code: 'store_unavailable' })
  }
}, 30_000)

test('an archive on a bucket keeps, lends and deletes, and leaves no copy behind', async () => {
  await using folder = await temporaryDirectory()
  await using opened = await openBucket()
  const archive = openArchive(folder.file('raw'), { store: s3Store(opened.bucket) })
  await Bun.write(folder.file('list.csv'), 'sku;price\n')
  const { sha256 } = await archive.keep(folder.file('list.csv'), { sizeBytesMax: 100 })
  const elsewhere = openArchive(folder.file('elsewhere'), { store: s3Store(opened.bucket) })
  {
    await using borrowed = await elsewhere.borrow(sha256)
    expect(borrowed).toMatchObject({ sizeBytes: 10, isFileItself: false })
    expect(await Bun.file(borrowed.path).text()).toBe('sku;price\n')
  }
  expect(await Array.fromAsync(new Bun.Glob('**/*').scan(folder.file('elsewhere')))).toEqual([])
  expect(await Array.fromAsync(new Bun.Glob('**/*').scan(folder.file('raw')))).toEqual([])
  expect(await elsewhere.remove(sha256)).toBe(true)
  expect(await rejection(archive.borrow(sha256))).toMatchObject({ code: 'raw_file_missing' })
})

test('bytes that are no longer what was kept are not read', async () => {
  await using folder = await temporaryDirectory()
  await using opened = await openBucket()
  const store = s3Store(opened.bucket)
  const archive = openArchive(folder.file('raw'), { store })
  await Bun.write(folder.file('list.csv'), 'sku;price\n')
  const { sha256 } = await archive.keep(folder.file('list.csv'), { sizeBytesMax: 100 })
  await Bun.write(folder.file('other.csv'), 'sku;other\n')
  await store.remove({ sha256, form: 'plain' })
  await store.put({ sha256, form: 'plain' }, { path: folder.file('other.csv'), sizeBytes: 10 })
  expect(await rejection(archive.borrow(sha256))).toMatchObject({
    name: 'InvalidError',
    code: 'raw_file_damaged',
  })
  expect(await archive.check(sha256)).toMatchObject({ state: 'damaged' })
  expect(await Array.fromAsync(new Bun.Glob('**/*').scan(folder.file('raw')))).toEqual([])
})

test('what was sent ahead and never kept says whose it is', async () => {
  await using folder = await temporaryDirectory()
  await using opened = await openBucket()
  const archive = openArchive(folder.file('raw'), { store: s3Store(opened.bucket), installationId: 'ours' })
  await Bun.write(folder.file('list.csv'), 'sku;price\n')
  const received = await archive.copy(folder.file('list.csv'), { sizeBytesMax: 100 })
  await received.prepare()
  await received.discard()
  expect(await archive.isOursAlone(received.sha256)).toBe(true)
  expect(await Array.fromAsync(new Bun.Glob('**/*').scan(folder.file('raw')))).toEqual([])
})

test('a file that two installations keep is deleted by the last of them', async () => {
  await using folder = await temporaryDirectory()
  await using opened = await openBucket()
  const store = s3Store(opened.bucket)
  const [ours, theirs] = ['ours', 'theirs'].map((installationId) =>
    openArchive(folder.file(installationId), { store, installationId }),
  )
  await Bun.write(folder.file('list.csv'), 'sku;price\n')
  const { sha256 } = await ours!.keep(folder.file('list.csv'), { sizeBytesMax: 100 })
  await theirs!.keep(folder.file('list.csv'), { sizeBytesMax: 100 })
  expect(await ours!.release(sha256)).toBe('others')
  expect(await ours!.release(sha256)).toBe('others')
  expect(await theirs!.has(sha256)).toBe(true)
  expect(await theirs!.isOursAlone(sha256)).toBe(true)
  expect(await theirs!.release(sha256)).toBe('deleted')
  expect(await ours!.release(sha256)).toBe('nothing')
})

test('what a clean-up has deleted between preparing and keeping is sent once more', async () => {
  await using folder = await temporaryDirectory()
  await using opened = await openBucket()
  const archive = openArchive(folder.file('raw'), { store: s3Store(opened.bucket) })
  await Bun.write(folder.file('list.csv'), 'sku;price\n')
  const received = await archive.copy(folder.file('list.csv'), { sizeBytesMax: 100 })
  await received.prepare()
  await archive.remove(received.sha256)
  await received.keep()
  expect(await archive.check(received.sha256)).toMatchObject({ state: 'ok', sizeBytes: 10 })
})

test('a store without a prefix does not take what lies under other prefixes for its own', async () => {
  await using folder = await temporaryDirectory()
  await Bun.write(folder.file('list'), 'abc')
  await using opened = await openBucket({ prefix: '' })
  const store = s3Store(opened.bucket)
  const other: FileKey = { sha256: 'cd'.repeat(32), form: 'plain' }
  const file = { path: folder.file('list'), sizeBytes: 3 }
  await store.put(key, file)
  await s3Store({ ...opened.bucket, prefix: 'other/' }).put(other, file)
  const listed = (await Array.fromAsync(store.list())).flat()
  expect(listed.map((each) => each.key)).toEqual([key])
})

test('buckets of the same name on two servers are two places', async () => {
  await using one = await openBucket({ bucket: 'raw' })
  await using other = await openBucket({ bucket: 'raw' })
  const ids = await Promise.all([one, other].map(({ bucket }) => s3Store(bucket).placeId()))
  expect(ids[0]).not.toBe(ids[1]!)
})

test('a bucket without its keys is no bucket, and a prefix ends in one slash', () => {
  const set = {
    s3Bucket: 'raw',
    s3Endpoint: null,
    s3Region: null,
    s3Prefix: '/lists//',
    s3AccessKeyId: 'a',
    s3SecretAccessKey: 'b',
  }
  expect(bucketOf({ ...set, s3Bucket: null })).toBe(null)
  expect(bucketOf(set)?.prefix).toBe('lists/')
  expect(bucketOf({ ...set, s3Prefix: null })?.prefix).toBe('')
  expect(() => bucketOf({ ...set, s3SecretAccessKey: null })).toThrow('TALLYMAN_S3_SECRET_ACCESS_KEY')
})
