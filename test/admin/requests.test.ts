import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { addressOf } from '../../src/admin/api/address.ts'
import { failureOf } from '../../src/admin/api/api-error.ts'
import { curlOf } from '../../src/admin/api/curl.ts'
import { eventParser } from '../../src/admin/api/event-stream.ts'

test('addresses have their parameters filled in, and nothing that is not said', () => {
  expect(addressOf('/api/v1/items/:id/history', { id: 'a/b' }, { limit: 5, cursor: null, from: '' })).toBe(
    '/api/v1/items/a%2Fb/history?limit=5',
  )
  expect(addressOf('/api/v1/archive/:sha256/content', { sha256: 'f0' })).toBe('/api/v1/archive/f0/content')
  expect(addressOf('/api/v1/items', {}, { characteristic: ['a=1', 'b=2'], with_gone: true })).toBe(
    '/api/v1/items?characteristic=a%3D1&characteristic=b%3D2&with_gone=true',
  )
})

test('a request as curl is taken by a shell as it was meant, and holds no credentials', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme-ascii' }), async (name) => {
      const body = JSON.stringify({ name })
      const text = curlOf({
        method: 'PATCH',
        url: 'http://localhost/x',
        headers: { 'if-match': '"a"' },
        body,
      })
      expect(text).toContain('Bearer $TALLYMAN_TOKEN')
      const shell = Bun.spawn(['sh', '-c', `curl() { printf '%s\\n' "$@"; }; TALLYMAN_TOKEN=t; ${text}`])
      const given = (await new Response(shell.stdout).text()).split('\n').slice(0, -1)
      expect(given).toEqual([
        '-X',
        'PATCH',
        'http://localhost/x',
        '-H',
        'Authorization: Bearer t',
        '-H',
        'if-match: "a"',
        '-H',
        'Content-Type: application/json',
        '-d',
        body,
      ])
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('a failure is told in the service’s words, and what a proxy says in ours', () => {
  const answer = (status: number, headers = {}) => ({ status, statusText: '', headers: new Headers(headers) })
  const body = JSON.stringify({ title: 'Conflict', status: 409, code: 'name_taken', detail: 'There is one.' })
  expect(failureOf('POST /x', answer(409), body)).toEqual({
    request: 'POST /x',
    status: 409,
    code: 'name_taken',
    title: 'Conflict',
    detail: 'There is one.',
    retryAfter: null,
    requestId: null,
  })
  expect(
    failureOf('GET /x', answer(502, { 'retry-after': '5', 'x-request-id': 'ab12' }), '<html>'),
  ).toMatchObject({
    code: 'http_502',
    title: 'Status 502',
    retryAfter: 5,
    requestId: 'ab12',
  })
})

test('events are found however the stream is cut', () => {
  const text =
    'retry: 2000\n\nid: a.1\nevent: reset\ndata: {}\n\n:\n\nid: a.2\nevent: import\ndata: {"id":"x: y"}\n\n'
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const parse = eventParser()
      const places = [0, ...cuts.sort((a, b) => a - b), text.length]
      const events = places.slice(1).flatMap((end, index) => parse(text.slice(places[index], end)))
      expect(events).toEqual([
        { id: 'a.1', name: 'reset', data: '{}' },
        { id: 'a.2', name: 'import', data: '{"id":"x: y"}' },
      ])
    }),
  )
})
