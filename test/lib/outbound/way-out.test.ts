import { expect, test } from 'bun:test'
import { systemClock } from '../../../src/lib/clock.ts'
import type { Lookup } from '../../../src/lib/outbound/host.ts'
import { type DownloadRequest, openWayOut } from '../../../src/lib/outbound/way-out.ts'
import { rejection } from '../../helpers/open-database.ts'
import { openWebServer, page, sendOn } from '../../helpers/web-server.ts'

const signal = new AbortController().signal
const small = { timeoutMs: 20_000, sizeBytesMax: 1000, signal }
const large = { ...small, idleMs: 20_000, bytesEnough: null }

const open = (options: { allow?: string[]; lookup?: Lookup } = {}) =>
  openWayOut({ allow: ['127.0.0.1'], clock: systemClock, userAgent: 'Tallyman/test', ...options })

async function downloaded(request: DownloadRequest, out = open()): Promise<string> {
  const download = await out.download(request)
  if (download.status === 304) throw new Error('not modified')
  const pieces: Uint8Array[] = []
  for await (const piece of download.pieces) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString()
}

test('asks with JSON, a form or nothing, says who asks, and wants nothing packed', async () => {
  await using server = await openWebServer({
    '/echo': async (request, response) => {
      let body = ''
      for await (const piece of request) body += piece
      response.setHeader('content-type', 'Text/Plain; charset=x')
      response.end(`${request.method} ${request.headers['content-type']} ${body}`)
    },
  })
  const url = server.at('/echo?a=1')
  const text = async (more: object) =>
    Buffer.from((await open().request({ ...small, url, ...more })).body).toString()
  expect(await text({})).toBe('GET undefined ')
  expect(await text({ json: { a: 1 } })).toBe('POST application/json {"a":1}')
  expect(await text({ form: new URLSearchParams({ a: 'b c' }) })).toBe(
    'POST application/x-www-form-urlencoded a=b+c',
  )
  expect(await open().request({ ...small, url })).toMatchObject({ status: 200, mediaType: 'text/plain' })
  expect(server.requests[0]!.headers).toMatchObject({
    'user-agent': 'Tallyman/test',
    'accept-encoding': 'identity',
    host: server.url.host,
  })
  expect(server.requests[0]!.url).toBe('/echo?a=1')
})

test('a status is the caller’s to judge for a request, and an error for a download', async () => {
  await using server = await openWebServer({
    '/401': (_, response) => response.writeHead(401).end('secret'),
    '/410': (_, response) => response.writeHead(410).end('secret'),
    '/418': (_, response) => response.writeHead(418).end('secret'),
  })
  expect(await open().request({ ...small, url: server.at('/401') })).toMatchObject({ status: 401 })
  for (const [path, name, code] of [
    ['/401', 'ForbiddenError', 'not_authorized'],
    ['/410', 'NotFoundError', 'not_found_there'],
    ['/none', 'NotFoundError', 'not_found_there'],
    ['/418', 'InvalidError', 'refused_there'],
  ]) {
    const error = await rejection(open().download({ ...large, url: server.at(path!) }))
    expect(error).toMatchObject({ name, code, message: expect.stringContaining(server.url.origin) })
    expect(String(error)).not.toContain('secret')
  }
})

test('a condition that holds is answered without a body', async () => {
  const etag = '"a"'
  await using server = await openWebServer({
    '/list': (request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
      else response.end('list')
    },
  })
  const url = server.at('/list')
  expect(await open().download({ ...large, url, conditions: { etag, lastModified: null } })).toEqual({
    status: 304,
  })
  const conditions = { etag: '"b"', lastModified: 'Sun, 22 Nov 2026 10:00:00 GMT' }
  expect(await downloaded({ ...large, url, conditions })).toBe('list')
  expect(server.requests[1]!.headers).toMatchObject({ 'if-modified-since': conditions.lastModified })
})

test('what may not be connected to is not, neither at once nor after a redirect', async () => {
  await using inner = await openWebServer({ '/': page('inner') })
  const { port } = inner.url
  const lookup = async (name: string) => [name === 'outer.example' ? '127.0.0.2' : '127.0.0.1']
  await using outer = await openWebServer({ '/': sendOn(`http://inner.example:${port}/`) })
  const out = open({ allow: ['outer.example', '127.0.0.2'], lookup })
  const url = new URL(`http://inner.example:${port}/`)
  const refused = { name: 'ForbiddenError', code: 'address_not_allowed' }
  expect(await rejection(out.request({ ...small, url }))).toMatchObject(refused)
  const sent = new URL(`http://outer.example:${outer.url.port}/`)
  const through = open({ allow: ['outer.example'], lookup: async () => ['127.0.0.1'] })
  expect(await rejection(through.request({ ...small, url: sent }))).toMatchObject(refused)
  expect(await rejection(through.download({ ...large, url: sent }))).toMatchObject(refused)
  expect(outer.connections()).toBe(2)
  expect(inner.connections()).toBe(0)
})

test('gives addresses of hosts for other protocols', async () => {
  const out = open({ lookup: async () => ['2606:4700::1', '8.8.8.8'] })
  const options = { signal, timeoutMs: 20_000 }
  expect(await out.addressOf('FTP.example.com.', options)).toBe('8.8.8.8')
  expect(await out.addressOf('127.1', options)).toBe('127.0.0.1')
  expect(await rejection(out.addressOf('127.2', options))).toMatchObject({ code: 'address_not_allowed' })
})

test('what a refusal says is there as far as it is taken, however long it is', async () => {
  await using server = await openWebServer({
    '/': (_, response) => response.writeHead(403).end('x'.repeat(5000)),
  })
  const { status, body } = await open().request({ ...small, url: server.url })
  expect([status, body.length]).toEqual([403, 1000])
})

test('an answer that does not say how long it is ends at the limit', async () => {
  await using server = await openWebServer({
    '/': (_, response) => {
      response.write('x'.repeat(600))
      response.end('x'.repeat(600))
    },
  })
  expect(await rejection(open().request({ ...small, url: server.url }))).toMatchObject({
    code: 'file_too_large',
  })
})

test('a source’s own header replaces the usual one', async () => {
  await using server = await openWebServer({ '/': page('') })
  await open().request({ ...small, url: server.url, headers: { 'User-Agent': 'other', Accept: 'text/csv' } })
  expect(server.requests[0]!.headers).toMatchObject({ 'user-agent': 'other', accept: 'text/csv' })
})

test('a host that another one sent us on to is told apart when it wants credentials', async () => {
  await using there = await openWebServer({ '/': (_, response) => response.writeHead(401).end() })
  await using here = await openWebServer({ '/': sendOn(there.url.href) })
  expect(await rejection(open().download({ ...large, url: here.url }))).toMatchObject({
    code: 'not_authorized',
    message: `${there.url.origin} answered 401. Another server sent us on to it, and credentials are not sent along; if they are for this one, give its address.`,
  })
})
