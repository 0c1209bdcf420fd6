import { expect, setDefaultTimeout, test } from 'bun:test'
import { longAnswer } from '../../src/http/long-answer.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ImportJson } from '../helpers/lists.ts'
import { addLogin } from '../helpers/logins.ts'
import { rejection } from '../helpers/open-database.ts'
import { slowReader } from '../helpers/slow-reader.ts'
import { until } from '../helpers/until.ts'

setDefaultTimeout(120_000)

/** More than the kernel takes for a reader on loopback that takes nothing. */
const largeBytes = 24 * 1024 * 1024
const pieceBytes = 64 * 1024

/** Bytes that are made as they are taken. */
function bytes(sizeBytes: number, onCancel = () => {}) {
  let left = sizeBytes
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (left <= 0) return controller.close()
        controller.enqueue(new Uint8Array(Math.min(left, pieceBytes)).fill(120))
        left -= pieceBytes
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  )
}

/** A server that answers with so many bytes; what seconds there would be are one. */
function serving(sizeBytes: number, { silenceMs = 60_000, onCancel = () => {} } = {}) {
  return Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 1,
    fetch(request, server) {
      const patience = {
        timeout: (asked: Request, seconds: number) => server.timeout(asked, Math.min(seconds, 1)),
      }
      const who = { mayStill: async () => true }
      return new Response(
        longAnswer(bytes(sizeBytes, onCancel), { request, server: patience, who, isWhole: false, silenceMs }),
      )
    },
  })
}

/** Longer than Bun's idle timeout of one second ever takes. */
async function forAWhile(): Promise<void> {
  const startedMs = performance.now()
  await until(() => performance.now() - startedMs > 12_000)
}

test('a reader that takes nothing for long counts as gone: its file breaks off, and its connection ends', async () => {
  const cancelled = Promise.withResolvers<void>()
  const server = serving(largeBytes, { silenceMs: 500, onCancel: cancelled.resolve })
  try {
    using reader = slowReader(server.port!, '/')
    await cancelled.promise
    // Though nobody has read a byte more.
    await until(() => server.pendingRequests === 0)
    const { isWhole } = await reader.rest()
    expect(isWhole).toBe(false)
    await reader.closed
  } finally {
    await server.stop(true)
  }
})

test('a connection is let go though its reader takes nothing of an answer that is written', async () => {
  const sizeBytes = 1024 * 1024
  const server = serving(sizeBytes)
  try {
    using reader = slowReader(server.port!, '/')
    await reader.head
    await forAWhile()
    const { text, isWhole } = await reader.rest()
    expect([isWhole, text.length > sizeBytes]).toEqual([true, true])
    // What was written came all the same, and behind it the end of the connection.
    await reader.closed
  } finally {
    await server.stop(true)
  }
})

async function uploaded(service: TestService, list: string): Promise<ImportJson & { sha256: string }> {
  const address = '/api/v1/uploads?supplier=Acme&no_hold=true'
  const { body: made } = await service.json<{ id: string }>(address, { method: 'POST', body: list })
  await service.analyze(made.id)
  const { body } = await service.json<ImportJson & { sha256: string }>(`/api/v1/imports/${made.id}`)
  expect(body.counts.rejected).toBeGreaterThan(10_000)
  return body
}

/** A list whose file, and whose rejected rows, are more than the kernel takes. */
function largeList(): string {
  const long = 'x'.repeat(2000)
  const wrong = Array.from({ length: largeBytes / long.length }, (_, n) => [
    `B-${n}`,
    `${long} ${n}`,
    'see reverse',
  ])
  const right = Array.from({ length: wrong.length * 2 }, (_, n) => [`A-${n}`, `Valve ${n}`, `${n}.50`])
  return csvOf(['SKU', 'Name', 'Price EUR'], ...right, ...wrong)
}

test('files and events may take longer than a connection may be idle', async () => {
  await using service = await openService('sqlite', { listening: { idleTimeout: 1 } })
  const list = largeList()
  const { id, sha256 } = await uploaded(service, list)
  const { jobs } = (await service.json<{ jobs: { job_id: string }[] }>('/api/v1/jobs')).body
  const files = [`/archive/${sha256}/content`, `/imports/${id}/rejects?format=csv`].map((path) => {
    return { path, reader: slowReader(service.port, `/api/v1${path}`) }
  })
  const events = ['/events', '/jobs/events', `/jobs/${jobs[0]!.job_id}/events`].map((path) => {
    return { path, reader: slowReader(service.port, `/api/v1${path}`) }
  })
  for (const { path, reader } of [...files, ...events])
    expect([path, await reader.head]).toEqual([path, expect.stringContaining('HTTP/1.1 200 ')])
  await forAWhile()
  for (const { path, reader } of files) {
    const { text, isWhole } = await reader.rest()
    expect([path, isWhole, text.length > largeBytes]).toEqual([path, true, true])
    reader[Symbol.dispose]()
  }
  for (const { path, reader } of events) {
    const ended = reader.rest().then(() => 'ended')
    const stillOpen = new Promise((resolve) => setImmediate(() => resolve('open')))
    expect([path, await Promise.race([ended, stillOpen])]).toEqual([path, 'open'])
    reader[Symbol.dispose]()
  }
})

test('downloads break off when whoever reads them may not any longer', async () => {
  await using service = await openService('sqlite')
  const { id, sha256 } = await uploaded(service, largeList())
  const root = await addLogin(service, { name: 'Root', role: 'admin' })
  for (const path of [`/archive/${sha256}/content`, `/imports/${id}/rejects?format=csv`]) {
    const ada = await addLogin(service, { name: `Ada of ${path.slice(1, 4)}`, role: 'operator' })
    using reader = slowReader(service.port, `/api/v1${path}`, ada.bearer)
    expect(await reader.head).toContain('HTTP/1.1 200 ')
    await service.json(`/api/v1/tokens/${ada.tokenId}`, { method: 'DELETE', headers: root.bearer })
    // Though nothing was read of it meanwhile.
    await until(() => service.server.server?.pendingRequests === 0)
    expect([path, (await reader.rest()).isWhole]).toEqual([path, false])
  }
})

test('a reader who has gone before the answer begins, or while it goes on, lets go of what is read', async () => {
  for (const isBefore of [true, false]) {
    const leaving = new AbortController()
    if (isBefore) leaving.abort()
    const ended: string[] = []
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => void ended.push('cancelled'),
    })
    const request = new Request('http://localhost/', { signal: leaving.signal })
    const reader = longAnswer(stream, {
      request,
      server: null,
      who: { mayStill: async () => true },
      isWhole: false,
      onEnd: () => void ended.push('told'),
    }).getReader()
    if (!isBefore) {
      expect((await reader.read()).value).toHaveLength(10)
      leaving.abort()
    }
    await rejection(reader.read().then(() => reader.read()))
    expect(ended).toEqual(['told', 'cancelled'])
  }
})
