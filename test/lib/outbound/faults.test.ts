import { expect, test } from 'bun:test'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { openWayOut, type WayOutOptions } from '../../../src/lib/outbound/way-out.ts'
import { hurried } from '../../helpers/hurried.ts'
import { rejection } from '../../helpers/open-database.ts'
import { openRawServer } from '../../helpers/raw-server.ts'
import { openWebServer, page, sendOn } from '../../helpers/web-server.ts'

const signal = new AbortController().signal
const small = { timeoutMs: 20_000, sizeBytesMax: 1000, signal }
const large = { ...small, idleMs: 20_000, bytesEnough: null }

/** Waits for nothing, and says how long it would have. */
function open(options: Partial<WayOutOptions> = {}) {
  const hurry = hurried()
  const out = openWayOut({ allow: ['127.0.0.1'], userAgent: 'test', random: () => 0.5, ...hurry, ...options })
  return { ...hurry, out }
}

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(Buffer.from(piece))
  return Buffer.concat(all).toString()
}

const ok = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`

const answers: [what: string, (socket: Socket) => void, expected: object][] = [
  ['no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'), { code: 'no_http_answer' }],
  ['a wrong status line', (socket) => socket.end('HTTP/1.1 good\r\n\r\n'), { code: 'no_http_answer' }],
  [
    'two lengths',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
    { code: 'no_http_answer' },
  ],
  [
    'a huge header',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`),
    { code: 'no_http_answer' },
  ],
  ['headers without end', endlessHeaders, { code: 'no_http_answer' }],
  ['nothing, and hangs up', (socket) => socket.end(), { code: 'unreachable' }],
  ['half of the head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), { code: 'unreachable' }],
  [
    'less than it said',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    { code: 'cut_off' },
  ],
  [
    'half of its chunks',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'),
    { code: 'cut_off' },
  ],
  [
    'chunks that are none',
    (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc'),
    { name: 'UnavailableError' },
  ],
  ['a body that never ends', endlessBody, { name: 'InvalidError', code: 'file_too_large' }],
  [
    'a length beyond the limit',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n'),
    { name: 'InvalidError', code: 'file_too_large' },
  ],
  [
    'a packed body',
    (socket) =>
      socket.end(
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'), gzipSync('a')]),
      ),
    { name: 'InvalidError', code: 'answer_packed' },
  ],
  [
    'an upgrade',
    (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    { name: 'UnavailableError' },
  ],
  [
    'a part that nobody asked for',
    (socket) =>
      socket.end('HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-0/9\r\nContent-Length: 1\r\n\r\na'),
    { code: 'refused_there' },
  ],
  [
    'that nothing has changed, unasked',
    (socket) => socket.end('HTTP/1.1 304 Not Modified\r\n\r\n'),
    { code: 'refused_there' },
  ],
  ['a redirect to nowhere', (socket) => socket.end('HTTP/1.1 302 Found\r\n\r\n'), { code: 'refused_there' }],
]
for (const [what, answer, expected] of answers) {
  test(`a server that answers with ${what} is told in words of ours`, async () => {
    await using server = await openRawServer(answer)
    const { out } = open()
    const error = await rejection(
      out
        .download({ ...large, url: server.url })
        .then((got) => (got.status === 200 ? text(got.pieces) : 'none')),
    )
    expect(error).toMatchObject(expected)
    expect(String(error)).toContain(server.url.host)
  })
}

test('a body of no said length whose connection is reset does not pass for the whole', async () => {
  const begun = Promise.withResolvers<Socket>()
  await using server = await openRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc')
    begun.resolve(socket)
  })
  const got = await open().out.download({ ...large, url: server.url })
  if (got.status !== 200) throw new Error('It has not changed.')
  const seen: string[] = []
  const reading = (async () => {
    for await (const piece of got.pieces) {
      seen.push(Buffer.from(piece).toString())
      // Not before the first of it is here: what has not been read yet goes with the connection.
      ;(await begun.promise).resetAndDestroy()
    }
  })()
  expect(await rejection(reading)).toMatchObject({ name: 'UnavailableError' })
  expect(seen).toEqual(['abc'])
})

test('more bytes than were said do not pass for the file', async () => {
  await using server = await openRawServer((socket) => socket.end(`${ok('abc')}defg`))
  const { out } = open()
  const body = await out.request({ ...small, url: server.url }).then(
    ({ body }) => Buffer.from(body).toString(),
    () => 'abc',
  )
  expect(body).toBe('abc')
})

test('a header that was sent before the real one, and names that mean something, do no harm', async () => {
  await using server = await openRawServer((socket) =>
    socket.end(
      `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok('abc', '__proto__: 1\r\nconstructor: 2\r\n')}`,
    ),
  )
  const { status, headers } = await open().out.request({ ...small, url: server.url })
  expect(status).toBe(200)
  expect(Object.keys(headers)).toContain('constructor')
  expect(({} as Record<string, unknown>)['1']).toBeUndefined()
})

test('a server that goes silent is not waited for: before the head, within it, within the body', async () => {
  for (const [begin, code] of [
    ['', 'timed_out'],
    ['HTTP/1.1 200 OK\r\nContent-', 'timed_out'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'timed_out'],
  ] as const) {
    await using server = await openRawServer((socket) => socket.write(begin))
    const { out } = open()
    const got = out.download({ ...large, url: server.url, idleMs: 50 })
    expect(await rejection(got.then((each) => (each.status === 200 ? text(each.pieces) : '')))).toMatchObject(
      { code },
    )
  }
})

test('a server that drips is given up when the time for all of it is over', async () => {
  await using server = await openRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n')
    const dripping = setInterval(() => socket.write('x'), 5)
    socket.on('close', () => clearInterval(dripping))
  })
  const { out } = open()
  const got = out.download({ ...large, sizeBytesMax: 100_000, url: server.url, timeoutMs: 200 })
  expect(await rejection(got.then((each) => (each.status === 200 ? text(each.pieces) : '')))).toMatchObject({
    code: 'timed_out',
    message: `${server.url.origin} was not done within 0.2 s.`,
  })
  const asked = out.request({ ...small, sizeBytesMax: 100_000, url: server.url, timeoutMs: 100 })
  expect(await rejection(asked)).toMatchObject({ code: 'timed_out' })
})

test('five redirects are followed and no more, and none to what is no HTTP or less safe', async () => {
  await using server = await openWebServer({
    ...Object.fromEntries([...Array(10).keys()].map((n) => [`/${n}`, sendOn(`/${n + 1}`, 301)])),
    '/10': page('there'),
    '/file': sendOn('file:///etc/passwd'),
    '/ftp': sendOn('ftp://127.0.0.1/'),
    '/none': sendOn('http://'),
    '/round': sendOn('/round'),
  })
  const { out } = open()
  expect(await out.request({ ...small, url: server.at('/5') })).toMatchObject({ status: 200 })
  for (const [path, code] of [
    ['/4', 'too_many_redirects'],
    ['/round', 'too_many_redirects'],
    ['/file', 'not_http'],
    ['/ftp', 'not_http'],
    ['/none', 'redirect_refused'],
  ])
    expect(await rejection(out.request({ ...small, url: server.at(path!) }))).toMatchObject({ code })
  expect(await rejection(out.request({ ...small, url: new URL('file:///etc/passwd') }))).toMatchObject({
    code: 'not_http',
  })
})

test('another origin is told what is wanted, and no credentials', async () => {
  await using there = await openWebServer({ '/': page('there') })
  await using here = await openWebServer({
    '/': sendOn(there.url.href),
    '/in': sendOn('/out'),
    '/out': page('out'),
  })
  const headers = {
    Authorization: 'Bearer canary',
    Cookie: 'canary',
    'X-Shop-Key': 'canary',
    Accept: 'text/csv',
  }
  const { out } = open()
  await out.request({ ...small, url: new URL(here.url.href.replace('//', '//canary:canary@')), headers })
  expect(there.requests[0]!.headers).toMatchObject({ accept: 'text/csv', 'user-agent': 'test' })
  expect(JSON.stringify(there.requests[0]!.rawHeaders)).not.toContain('canary')
  expect(here.requests[0]!.headers.authorization).toBe('Bearer canary')
  await out.request({ ...small, url: here.at('/in'), headers })
  expect(here.requests[2]!.headers).toMatchObject({ 'x-shop-key': 'canary' })
})

test('what was posted is not posted elsewhere', async () => {
  await using server = await openWebServer({
    '/see': sendOn('/done', 303),
    '/again': sendOn('/done', 307),
    '/done': (request, response) => response.end(`${request.method} ${request.headers['content-type']}`),
  })
  const { out } = open()
  const { body } = await out.request({ ...small, url: server.at('/see'), json: { a: 1 } })
  expect(Buffer.from(body).toString()).toBe('GET undefined')
  expect(await rejection(out.request({ ...small, url: server.at('/again'), json: {} }))).toMatchObject({
    code: 'redirect_refused',
  })
})

test('what fails is asked three times more, after 1, 2 and 4 seconds', async () => {
  await using server = await openWebServer({ '/': (_, response) => response.writeHead(500).end() })
  const { out, waits } = open()
  expect(await rejection(out.request({ ...small, url: server.url }))).toMatchObject({
    name: 'UnavailableError',
    code: 'server_failed',
  })
  expect(server.requests).toHaveLength(4)
  expect(waits).toEqual([1000, 2000, 4000])
})

test('what works at last is an answer, and what is no fault is not asked again', async () => {
  let asked = 0
  await using server = await openWebServer({
    '/': (_, response) => response.writeHead(++asked < 3 ? 503 : 200).end('list'),
  })
  const { out } = open()
  const got = await out.download({ ...large, url: server.url })
  expect(got.status === 200 && (await text(got.pieces))).toBe('list')
  expect(await rejection(out.download({ ...large, url: server.at('/none') }))).toMatchObject({
    code: 'not_found_there',
  })
  expect(server.requests).toHaveLength(4)
})

test('a header that cannot be sent is refused without showing it', async () => {
  const error = await rejection(
    open().out.request({ ...small, url: new URL('http://127.0.0.1:9/'), headers: { a: 'canary\r\nb: c' } }),
  )
  expect(error).toMatchObject({ name: 'InvalidError', code: 'invalid_request' })
  expect(Bun.inspect(error)).not.toContain('canary')
})

test('an abort ends it with its own reason, whatever it waits for', async () => {
  await using server = await openRawServer((socket, { path }) => {
    if (path === '/body') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')
  })
  for (const path of ['/head', '/body']) {
    const stop = new AbortController()
    const url = new URL(path, server.url)
    const got = open().out.download({ ...large, url, signal: stop.signal })
    const read = got.then((each) => (each.status === 200 ? text(each.pieces) : ''))
    setTimeout(() => stop.abort(new Error('enough')), 20)
    expect(String(await rejection(read))).toBe('Error: enough')
  }
})

test('another address of a host is tried when nothing listens at the first', async () => {
  await using server = await openWebServer({ '/': page('here') })
  const url = new URL(`http://two.example:${server.url.port}/`)
  const { out, waits } = open({ allow: ['two.example'], lookup: async () => ['127.0.0.2', '127.0.0.1'] })
  expect(await out.request({ ...small, url })).toMatchObject({ status: 200 })
  expect(waits).toEqual([])
})

function endlessHeaders(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n')
  const writing = setInterval(() => socket.write(`X-${'x'.repeat(500)}: ${'y'.repeat(500)}\r\n`), 1)
  socket.on('close', () => clearInterval(writing))
}

function endlessBody(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  const writing = setInterval(() => socket.write('x'.repeat(100)), 1)
  socket.on('close', () => clearInterval(writing))
}
