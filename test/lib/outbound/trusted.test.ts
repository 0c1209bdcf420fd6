import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFile, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { outbound, outboundToFile } from '../../../src/lib/outbound/trusted.ts'
import { rejection } from '../../helpers/open-database.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const signal = new AbortController().signal
const limits = { timeoutMs: 20_000, sizeBytesMax: 1000, signal }

let server: Bun.Server<undefined>
let other: Bun.Server<undefined>
beforeAll(() => {
  other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('elsewhere') })
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/echo')
        return Response.json({
          method: request.method,
          token: request.headers.get('x'),
          body: await request.text(),
        })
      if (pathname === '/page') return new Response('<p>', { headers: { 'content-type': 'text/html' } })
      if (pathname === '/packed')
        return new Response(Bun.gzipSync('{}'), {
          headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
        })
      if (pathname === '/big') return new Response('x'.repeat(1001))
      if (pathname === '/here') return Response.redirect('/echo', 302)
      if (pathname === '/round') return Response.redirect('/round', 302)
      if (pathname === '/away') return Response.redirect(other.url.href, 302)
      if (pathname === '/never') return new Promise(() => {})
      return new Response('none', { status: 404 })
    },
  })
})
afterAll(() => Promise.all([server.stop(true), other.stop(true)]))

const at = (path: string) => new URL(path, server.url)

test('sends JSON and headers, and gives status, media type and bytes', async () => {
  const answer = await outbound({
    ...limits,
    url: at('/echo'),
    method: 'POST',
    json: { a: 1 },
    headers: { x: 't' },
  })
  expect(answer).toMatchObject({ status: 200, mediaType: 'application/json' })
  expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({
    method: 'POST',
    token: 't',
    body: '{"a":1}',
  })
  expect(await outbound({ ...limits, url: at('/none') })).toMatchObject({ status: 404 })
})

test('follows redirects within the origin, a few of them, and no others', async () => {
  expect(await outbound({ ...limits, url: at('/here') })).toMatchObject({ status: 200 })
  for (const path of ['/away', '/round'])
    expect(await rejection(outbound({ ...limits, url: at(path) }))).toMatchObject({ code: 'redirected' })
  expect(await rejection(outbound({ ...limits, url: at('/here'), method: 'POST', json: {} }))).toMatchObject({
    code: 'redirected',
  })
})

test('a file gets what is wanted: another type or a packed answer is not taken', async () => {
  await using folder = await temporaryDirectory()
  const path = folder.file('a')
  const request = { ...limits, url: at('/page'), mediaType: 'application/x-ndjson' }
  expect(await outboundToFile(request, path)).toEqual({ status: 200, mediaType: 'text/html' })
  expect(await rejection(outboundToFile({ ...request, url: at('/packed') }, path))).toMatchObject({
    code: 'answer_packed',
    message: expect.stringContaining('gzip'),
  })
  expect(await Bun.file(path).exists()).toBe(false)
})

test('a file that cannot be written is no fault of the other side', async () => {
  await using folder = await temporaryDirectory()
  const request = { ...limits, url: at('/page'), mediaType: 'text/html' }
  for (const path of [folder.file('nowhere/a'), folder.path])
    expect(await rejection(outboundToFile(request, path))).toMatchObject({ code: 'answer_not_kept' })
})

test('an answer that is too large, too late or cut off is an error that says which', async () => {
  await using folder = await temporaryDirectory()
  expect(await rejection(outbound({ ...limits, url: at('/big') }))).toMatchObject({
    code: 'file_too_large',
  })
  expect(
    await rejection(
      outboundToFile({ ...limits, url: at('/big'), mediaType: 'text/plain' }, folder.file('a')),
    ),
  ).toMatchObject({
    code: 'file_too_large',
  })
  expect(await rejection(outbound({ ...limits, url: at('/never'), timeoutMs: 50 }))).toMatchObject({
    name: 'UnavailableError',
    code: 'timed_out',
  })
  const half = await halfAnswering()
  const { port } = half.address() as { port: number }
  try {
    const cut = await rejection(outbound({ ...limits, url: new URL(`http://127.0.0.1:${port}/`) }))
    expect(cut).toMatchObject({ name: 'UnavailableError' })
  } finally {
    half.close()
  }
  expect(await rejection(outbound({ ...limits, url: new URL(`http://127.0.0.1:${port}/`) }))).toMatchObject({
    name: 'UnavailableError',
    code: 'unreachable',
    message: `http://127.0.0.1:${port} cannot be reached: nothing listens there.`,
  })
})

test('an answer goes into a new file, and only one that is 200', async () => {
  const mediaType = 'application/json'
  await using folder = await temporaryDirectory()
  await outboundToFile({ ...limits, url: at('/echo'), mediaType }, folder.file('a'))
  expect(await readFile(folder.file('a'), 'utf8')).toContain('"method":"GET"')
  expect(await outboundToFile({ ...limits, url: at('/none'), mediaType }, folder.file('b'))).toMatchObject({
    status: 404,
  })
  expect(await rejection(stat(folder.file('b')))).toMatchObject({ code: 'ENOENT' })
})

test('nothing but HTTP is spoken, and no proxy of the environment is asked', async () => {
  expect(await rejection(outbound({ ...limits, url: new URL('file:///etc/passwd') }))).toMatchObject({
    code: 'not_http',
  })
  const script = `
    import { outbound } from ${JSON.stringify(`${import.meta.dir}/../../../src/lib/outbound/trusted.ts`)}
    const answer = await outbound({ url: new URL(${JSON.stringify(at('/echo').href)}), timeoutMs: 20000, sizeBytesMax: 1000, signal: new AbortController().signal })
    console.log(answer.status)`
  const child = Bun.spawn([process.execPath, '-e', script], {
    env: { ...process.env, HTTP_PROXY: other.url.href, http_proxy: other.url.href },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  expect(await new Response(child.stdout).text()).toBe('200\n')
})

test('an abort ends the waiting with its own reason', async () => {
  const stop = new AbortController()
  const asked = outbound({ ...limits, url: at('/never'), signal: stop.signal })
  stop.abort(new Error('enough'))
  expect(String(await rejection(asked))).toBe('Error: enough')
})

/** A server that promises ten bytes, sends three and hangs up. */
async function halfAnswering(): Promise<Server> {
  const half = createServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve))
  return half
}
