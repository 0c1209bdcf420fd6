import { expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { type DownloadRequest, openWayOut } from '../../../src/lib/outbound/way-out.ts'
import { hurried } from '../../helpers/hurried.ts'
import { rejection } from '../../helpers/open-database.ts'
import { openRawServer } from '../../helpers/raw-server.ts'
import { openWebServer, type Pages, type WebServer } from '../../helpers/web-server.ts'

const signal = new AbortController().signal
const large = {
  timeoutMs: 60_000,
  idleMs: 20_000,
  sizeBytesMax: 10_000_000,
  bytesEnough: null,
  signal,
} satisfies Omit<DownloadRequest, 'url'>

function open() {
  const hurry = hurried()
  return {
    ...hurry,
    out: openWayOut({ allow: ['127.0.0.1'], userAgent: 'test', random: () => 0.5, ...hurry }),
  }
}

const bytesOf = (length: number, seed = 7) =>
  Buffer.from(Array.from({ length }, (_, n) => (n * 31 + seed) % 251))

interface Cutting {
  /** After how many bytes of its body each answer is cut off; the last ones are not. */
  cuts: readonly number[]
  headers?: Record<string, string>
  /** What the n-th answer is made of instead. */
  instead?: Record<number, (response: ServerResponse, start: number) => void>
}

/** A file of which parts are given, and whose answers are cut off. */
function openCutting(
  file: Buffer,
  { cuts, headers = { etag: '"a"' }, instead = {} }: Cutting,
): Promise<WebServer> {
  let asked = 0
  const list: Pages[string] = (request, response) => {
    const index = asked++
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const isSame = request.headers['if-range'] === (headers.etag ?? headers['last-modified'])
    const start = range !== null && isSame ? Number(range[1]) : 0
    if (instead[index] !== undefined) return instead[index](response, start)
    const part = file.subarray(start)
    response.writeHead(start > 0 ? 206 : 200, {
      ...headers,
      'content-length': part.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    })
    const cut = cuts[index]
    if (cut === undefined || cut >= part.length) return response.end(part)
    response.write(part.subarray(0, cut), () => response.socket?.end())
    if (cut === 0) response.flushHeaders()
  }
  return openWebServer({ '/list': list })
}

async function fetched(
  server: Pick<WebServer, 'at'>,
  more: Partial<DownloadRequest> = {},
  { out } = open(),
): Promise<Buffer> {
  const download = await out.download({ ...large, url: server.at('/list'), ...more })
  if (download.status === 304) throw new Error('not modified')
  const pieces: Uint8Array[] = []
  for await (const piece of download.pieces) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** Not the bytes, which would be shown when something is not refused. */
const length = async (...given: Parameters<typeof fetched>) => (await fetched(...given)).length

test('a download that is cut off anywhere, several times, is the file at last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200_000 }),
      fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 3 }),
      async (length, cuts) => {
        const file = bytesOf(length)
        await using server = await openCutting(file, { cuts })
        expect((await fetched(server)).equals(file)).toBe(true)
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)

test('goes on from where it was, and says by what it knows the file', async () => {
  const file = bytesOf(300_000)
  await using server = await openCutting(file, { cuts: [100_000, 100_000] })
  expect((await fetched(server, { conditions: { etag: '"old"', lastModified: null } })).equals(file)).toBe(
    true,
  )
  expect(
    server.requests.map(({ headers }) => [headers.range, headers['if-range'], headers['if-none-match']]),
  ).toEqual([
    [undefined, undefined, '"old"'],
    ['bytes=100000-', '"a"', undefined],
    ['bytes=200000-', '"a"', undefined],
  ])
})

test('a date of change does where it is old enough', async () => {
  const file = bytesOf(1000)
  const headers = { 'last-modified': 'Sun, 22 Nov 2020 09:00:00 GMT' }
  await using server = await openCutting(file, { cuts: [600], headers })
  expect((await fetched(server)).equals(file)).toBe(true)
  const now = new Date().toUTCString()
  await using young = await openCutting(file, { cuts: [600], headers: { 'last-modified': now, date: now } })
  expect(await rejection(length(young))).toMatchObject({ code: 'cut_off' })
  expect(young.requests).toHaveLength(1)
})

test('without a promise of the same bytes nothing is put together', async () => {
  const file = bytesOf(1000)
  for (const headers of [{ 'x-none': '' }, { etag: 'W/"a"' }, { etag: '"a"', 'accept-ranges': 'none' }]) {
    await using server = await openCutting(file, { cuts: [600], headers })
    expect(await rejection(length(server))).toMatchObject({ name: 'UnavailableError', code: 'cut_off' })
    expect(server.requests).toHaveLength(1)
  }
})

test('what came of nothing is asked for anew, whatever is promised', async () => {
  const file = bytesOf(1000)
  await using server = await openCutting(file, { cuts: [0, 0], headers: { 'x-none': '' } })
  expect((await fetched(server)).equals(file)).toBe(true)
})

/** A part that claims to be the whole rest, and whose end is not told by a length. */
const claimed =
  (file: Buffer, length: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse, start: number) =>
    response
      .writeHead(206, {
        etag: '"a"',
        'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
        ...headers,
      })
      .end(Buffer.concat([file, bytesOf(5000)]).subarray(start, start + length))

test('a part that has less than it claims is gone on with, not taken for the whole', async () => {
  const file = bytesOf(200_000)
  const instead = { 1: claimed(file, 1000) }
  await using server = await openCutting(file, { cuts: [100_000], instead })
  expect((await fetched(server)).equals(file)).toBe(true)
  expect(server.requests.map(({ headers: { range } }) => range)).toEqual([
    undefined,
    'bytes=100000-',
    'bytes=101000-',
  ])
})

test('so is a part whose end is that of its connection', async () => {
  const file = bytesOf(200_000)
  await using server = await openRawServer((socket, { head, index }) => {
    const start = Number(/range: bytes=(\d+)-/i.exec(head)?.[1] ?? 0)
    const range = `content-range: bytes ${start}-199999/200000`
    socket.write(`HTTP/1.1 ${index === 0 ? '200 OK\r\ncontent-length: 200000' : `206 Part\r\n${range}`}\r\n`)
    socket.write('etag: "a"\r\nconnection: close\r\n\r\n')
    socket.end(file.subarray(start, start + [100_000, 1000, 99_000][index]!))
  })
  expect((await fetched({ at: () => server.url })).equals(file)).toBe(true)
  expect(server.heads).toHaveLength(3)
})

test('where the first answer told no length, the first part’s total is the one that counts', async () => {
  const file = bytesOf(200_000)
  const first = (response: ServerResponse) => {
    response.writeHead(200, { etag: '"a"' })
    response.write(file.subarray(0, 100_000), () => response.socket?.end())
  }
  const early = { 0: first, 1: claimed(file, 1000) }
  await using short = await openCutting(file, { cuts: [], instead: early })
  expect((await fetched(short)).equals(file)).toBe(true)
  const other = { ...early, 2: claimed(bytesOf(200_500), 99_500) }
  await using grown = await openCutting(file, { cuts: [], instead: other })
  expect(await rejection(length(grown))).toMatchObject({ code: 'changed_meanwhile' })
})

test('a part that has more than it claims is refused, and nothing behind the end is given', async () => {
  const file = bytesOf(200_000)
  const instead = { 1: claimed(file, 101_000) }
  await using server = await openCutting(file, { cuts: [100_000], instead })
  const download = await open().out.download({ ...large, url: server.at('/list') })
  let given = 0
  const read = async () => {
    if (download.status === 200) for await (const piece of download.pieces) given += piece.length
  }
  expect(await rejection(read())).toMatchObject({ name: 'UnavailableError', code: 'changed_meanwhile' })
  expect(given).toBeLessThanOrEqual(200_000)
})

const part =
  (range: string, body: Buffer, headers: Record<string, string> = { etag: '"a"' }) =>
  (response: ServerResponse) =>
    response.writeHead(206, { 'content-range': range, 'content-length': body.length, ...headers }).end(body)
const other = bytesOf(1000, 8)
const lies: [string, (response: ServerResponse) => void][] = [
  ['another start', part('bytes 500-999/1000', other.subarray(500))],
  ['another size', part('bytes 600-1999/2000', Buffer.concat([other, other.subarray(600)]))],
  ['the same end of another size', part('bytes 600-999/2000', other.subarray(600))],
  ['another ETag', part('bytes 600-999/1000', other.subarray(600), { etag: '"b"' })],
  ['no ETag', part('bytes 600-999/1000', other.subarray(600), {})],
  ['a weak ETag', part('bytes 600-999/1000', other.subarray(600), { etag: 'W/"a"' })],
  ['a date in place of its ETag', part('bytes 600-999/1000', other.subarray(600), { 'last-modified': 'x' })],
  ['a part that ends early', part('bytes 600-799/1000', other.subarray(600, 800))],
  ['no range', part('', other.subarray(600))],
  ['all of it', (response) => response.writeHead(200, { etag: '"a"' }).end(other)],
  ['no such part', (response) => response.writeHead(416).end()],
]
for (const [what, lie] of lies) {
  test(`an answer with ${what} is not put together with what came before`, async () => {
    await using server = await openCutting(bytesOf(1000), { cuts: [600], instead: { 1: lie } })
    expect(await rejection(length(server))).toMatchObject({
      name: 'UnavailableError',
      code: 'changed_meanwhile',
    })
  })
}

test('a part with another date of change, or without one, is not put together with what came before', async () => {
  const changed = { 'last-modified': 'Sun, 22 Nov 2020 09:00:00 GMT' }
  for (const headers of [{}, { 'last-modified': 'Sun, 22 Nov 2020 09:00:01 GMT' }, { etag: '"a"' }]) {
    const instead = { 1: part('bytes 600-999/1000', other.subarray(600), headers) }
    await using server = await openCutting(bytesOf(1000), { cuts: [600], headers: changed, instead })
    expect(await rejection(length(server))).toMatchObject({ code: 'changed_meanwhile' })
  }
})

test('another file than the one whose ETag was told is not taken from its beginning either', async () => {
  const instead = { 1: (response: ServerResponse) => response.writeHead(200, { etag: '"b"' }).end(other) }
  await using server = await openCutting(bytesOf(1000), { cuts: [0], instead })
  expect(await rejection(length(server))).toMatchObject({ code: 'changed_meanwhile' })
})

test('cuts that bring something do not use up the tries, those that bring nothing do', async () => {
  const file = Buffer.alloc(5_000_000, 'prices')
  const some = Array(20).fill(100_000)
  await using server = await openCutting(file, { cuts: some })
  const steady = open()
  expect((await fetched(server, {}, steady)).equals(file)).toBe(true)
  expect(new Set(steady.waits)).toEqual(new Set([1000]))
  await using stuck = await openCutting(file, { cuts: [100_000, 0, 0, 0, 0, 0, 0] })
  const vain = open()
  expect(await rejection(length(stuck, {}, vain))).toMatchObject({ code: 'cut_off' })
  expect(vain.waits).toEqual([1000, 2000, 4000])
  await using endless = await openCutting(file, { cuts: Array(200).fill(70_000) })
  const crawling = open()
  expect(await rejection(length(endless, {}, crawling))).toMatchObject({ name: 'UnavailableError' })
  expect(crawling.waits).toHaveLength(50)
})

test('what was posted is not gone on with', async () => {
  await using server = await openCutting(bytesOf(1000), { cuts: [600] })
  expect(await rejection(length(server, { json: {} }))).toMatchObject({ code: 'cut_off' })
  expect(server.requests).toHaveLength(1)
})

test('a cut download ends when the host is gone, and says why', async () => {
  const instead = { 1: (response: ServerResponse) => response.writeHead(404).end() }
  await using server = await openCutting(bytesOf(1000), { cuts: [600], instead })
  expect(await rejection(length(server))).toMatchObject({ code: 'not_found_there' })
})

test('a size limit holds for the whole, however many parts it comes in', async () => {
  await using server = await openCutting(bytesOf(1000), { cuts: [600] })
  const download = length(server, { sizeBytesMax: 999 })
  expect(await rejection(download)).toMatchObject({ code: 'file_too_large' })
  expect(server.requests).toHaveLength(1)
  const chunked: Pages = {
    '/list': (_, response) => {
      response.write(bytesOf(600))
      response.end(bytesOf(600))
    },
  }
  await using silent = await openWebServer(chunked)
  expect(await rejection(length(silent, { sizeBytesMax: 999 }))).toMatchObject({ code: 'file_too_large' })
})

test('of a file of which some is enough no more is read, however large it is', async () => {
  const file = bytesOf(500_000)
  await using server = await openCutting(file, { cuts: [] })
  const some = await fetched(server, { bytesEnough: 1234, sizeBytesMax: 10_000 })
  expect(some.equals(file.subarray(0, 1234))).toBe(true)
  const all = await fetched(server, { bytesEnough: 600_000, sizeBytesMax: 1_000_000 })
  expect(all.equals(file)).toBe(true)
})

test('a reader that stops, or never begins, lets others in', async () => {
  const file = bytesOf(500_000)
  await using server = await openCutting(file, { cuts: [] })
  const { out } = open()
  for (let n = 0; n < 6; n++) {
    const download = await out.download({ ...large, url: server.at('/list') })
    if (download.status === 200) for await (const _piece of download.pieces) break
  }
  const stop = new AbortController()
  for (let n = 0; n < 4; n++) await out.download({ ...large, url: server.at('/list'), signal: stop.signal })
  const next = out.download({ ...large, url: server.at('/list') })
  stop.abort()
  expect(await next).toMatchObject({ status: 200 })
})

test('a reader that gives up before it begins lets others in at once', async () => {
  await using server = await openCutting(bytesOf(500_000), { cuts: [] })
  const { out } = open()
  for (let n = 0; n < 6; n++) {
    const download = await out.download({ ...large, url: server.at('/list') })
    if (download.status === 200) await download.pieces[Symbol.asyncIterator]().return?.()
  }
  expect(server.requests).toHaveLength(6)
})
