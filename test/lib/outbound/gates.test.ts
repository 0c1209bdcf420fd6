import { expect, test } from 'bun:test'
import { InvalidError, UnavailableError } from '../../../src/lib/errors.ts'
import { calm, hostsOfOneProcess, type SharedHosts } from '../../../src/lib/outbound/shared-hosts.ts'
import { openWayOut } from '../../../src/lib/outbound/way-out.ts'
import { hurried } from '../../helpers/hurried.ts'
import { rejection } from '../../helpers/open-database.ts'
import { until } from '../../helpers/until.ts'
import { openWebServer, page } from '../../helpers/web-server.ts'

const signal = new AbortController().signal
const small = { timeoutMs: 20_000, sizeBytesMax: 1000, signal }
const host = 'ftp.example:21'

function open(hosts: SharedHosts = hostsOfOneProcess()) {
  const hurry = hurried()
  const out = openWayOut({ allow: ['127.0.0.1'], userAgent: 'test', random: () => 0.5, hosts, ...hurry })
  const broken = () => Promise.reject(new UnavailableError('unreachable', 'x'))
  return {
    ...hurry,
    out,
    /** One request that comes to the host. @returns the code of what went wrong */
    async fail(): Promise<unknown> {
      return rejection(out.atHost(host, broken, { signal }))
    },
    work: <Result>(work: () => Promise<Result>) => out.atHost(host, work, { signal }),
  }
}

test('a host that says when to come back is left alone until then, by everybody at once', async () => {
  await using server = await openWebServer({
    '/': (_, response) => response.writeHead(429, { 'retry-after': '120' }).end(),
    '/list': page('list'),
  })
  const { out, waits, pass } = open()
  expect(await rejection(out.request({ ...small, url: server.url }))).toMatchObject({
    code: 'rate_limited',
    retryAfterMs: 120_000,
  })
  pass(20_000)
  expect(await rejection(out.request({ ...small, url: server.at('/list') }))).toMatchObject({
    code: 'host_paused',
    retryAfterMs: 100_000,
  })
  expect(server.requests).toHaveLength(1)
  expect(waits).toEqual([])
  pass(100_000)
  expect(await out.request({ ...small, url: server.at('/list') })).toMatchObject({ status: 200 })
})

test('a short pause is waited for, also by those who were not told', async () => {
  let asked = 0
  await using server = await openWebServer({
    '/': (_, response) => response.writeHead(asked++ === 0 ? 503 : 200, { 'retry-after': '5' }).end(),
  })
  const { out, waits } = open()
  expect(await out.request({ ...small, url: server.url })).toMatchObject({ status: 200 })
  expect(waits).toEqual([5000])
  const shared = hostsOfOneProcess()
  const other = open(shared)
  const now = other.clock.now()
  await shared.pause(host, new Date(now.getTime() + 7000), now)
  expect(await other.work(async () => 'done')).toBe('done')
  expect(other.waits).toEqual([7000])
})

test('Retry-After is seconds or a date, and never more than a day', async () => {
  const told = [
    ['9', 9000],
    ['Sun, 22 Nov 2026 09:01:00 GMT', 60_000],
    ['99999999', 86_400_000],
    ['Sun, 22 Nov 2099 09:00:00 GMT', 86_400_000],
  ] as const
  for (const [text, retryAfterMs] of told) {
    await using server = await openWebServer({
      '/': (_, response) => response.writeHead(429, { 'retry-after': text }).end(),
    })
    expect(await rejection(open().out.request({ ...small, url: server.url }))).toMatchObject({ retryAfterMs })
  }
  for (const text of ['soon', '-1', '1.5', '2026']) {
    await using server = await openWebServer({
      '/': (_, response) => response.writeHead(503, { 'retry-after': text }).end(),
    })
    const { out } = open()
    const error = await rejection(out.request({ ...small, url: server.url }))
    expect([text, error]).toMatchObject([text, { retryAfterMs: text === '2026' ? 2_026_000 : null }])
  }
})

test('after five failures in a row a host is asked no more, and then by one', async () => {
  const { fail, work, pass } = open()
  for (let n = 0; n < 5; n++) expect(await fail()).toMatchObject({ code: 'unreachable' })
  expect(await fail()).toMatchObject({ code: 'circuit_open', retryAfterMs: 30_000 })
  pass(30_000)
  const { promise, resolve } = Promise.withResolvers<string>()
  const probe = work(() => promise)
  expect(await fail()).toMatchObject({ code: 'circuit_open' })
  resolve('works')
  expect(await probe).toBe('works')
  expect(await fail()).toMatchObject({ code: 'unreachable' })
})

test('a probe that fails closes the host for twice as long, up to ten minutes', async () => {
  const { fail, pass } = open()
  for (let n = 0; n < 5; n++) await fail()
  for (const ms of [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
    expect(await fail()).toMatchObject({ code: 'circuit_open', retryAfterMs: ms })
    pass(ms)
    expect(await fail()).toMatchObject({ code: 'unreachable' })
  }
})

test('only what the host is at fault for counts, and only in a row', async () => {
  const { fail, work } = open()
  for (let n = 0; n < 10; n++) {
    await rejection(work(() => Promise.reject(new InvalidError('x', 'x'))))
    await rejection(work(() => Promise.reject(new UnavailableError('disk_full', 'x'))))
    await rejection(work(() => Promise.reject(new UnavailableError('rate_limited', 'x'))))
    await rejection(work(() => Promise.reject(new TypeError('x'))))
  }
  for (let n = 0; n < 4; n++) await fail()
  await work(async () => 'works')
  for (let n = 0; n < 4; n++) expect(await fail()).toMatchObject({ code: 'unreachable' })
})

test('those that were under way when a host was closed do not close it for longer', async () => {
  const { fail, work } = open()
  const { promise, reject } = Promise.withResolvers<never>()
  const slow = [1, 2, 3].map(() => rejection(work(() => promise)))
  for (let n = 0; n < 5; n++) await fail()
  reject(new UnavailableError('cut_off', 'x'))
  await Promise.all(slow)
  expect(await fail()).toMatchObject({ code: 'circuit_open', retryAfterMs: 30_000 })
})

test('a request tells its own fault, and when its host is asked again, once the host is closed to it', async () => {
  await using server = await openWebServer({ '/': (_, response) => response.writeHead(500).end() })
  const { out } = open()
  const ask = () => rejection(out.request({ ...small, url: server.url }))
  expect(await ask()).toMatchObject({ code: 'server_failed', retryAfterMs: null })
  expect(await ask()).toMatchObject({ code: 'server_failed', retryAfterMs: 29_000 })
  expect(await ask()).toMatchObject({ code: 'circuit_open' })
  expect(server.requests).toHaveLength(5)
})

test('four are let in at a time, in the order in which they asked', async () => {
  const { work } = open()
  const ends: (() => void)[] = []
  const begun: number[] = []
  const all = [...Array(10).keys()].map((n) =>
    work(async () => {
      begun.push(n)
      await new Promise<void>((resolve) => ends.push(resolve))
    }),
  )
  for (let n = 0; n < 10; n++) {
    const count = Math.min(10, n + 4)
    await until(() => ends.length >= count)
    expect(begun).toEqual([...Array(count).keys()])
    ends[n]!()
  }
  await Promise.all(all)
})

test('whoever no longer waits for a turn is not given one', async () => {
  const { out, work } = open()
  const ends: (() => void)[] = []
  const busy = () => work(() => new Promise<void>((resolve) => ends.push(resolve)))
  const all = [busy(), busy(), busy(), busy()]
  await until(() => ends.length === 4)
  const stop = new AbortController()
  const given = rejection(out.atHost(host, async () => expect.unreachable(), { signal: stop.signal }))
  const next = work(async () => 'next')
  stop.abort(new Error('enough'))
  expect(String(await given)).toBe('Error: enough')
  ends[0]!()
  expect(await next).toBe('next')
  for (const end of ends) end()
  await Promise.all(all)
})

test('a look, which reads nothing of the body, shows that a host works', async () => {
  let isBroken = true
  await using server = await openWebServer({
    '/': (_, response) => response.writeHead(isBroken ? 500 : 200).end('a list'),
  })
  const hosts = hostsOfOneProcess()
  const { out, pass } = open(hosts)
  const look = async () => {
    const asked = { ...small, url: server.url, idleMs: 20_000, bytesEnough: 0 }
    const download = await out.download(asked)
    if (download.status === 200) await download.pieces[Symbol.asyncIterator]().return?.()
    return download.status
  }
  while ((await hosts.read(server.url.host)).closedUntil === null) await rejection(look())
  pass(30_000)
  isBroken = false
  expect(await look()).toBe(200)
  expect(await hosts.read(server.url.host)).toEqual(calm)
})

test('a budget is kept: what fits soon is waited for, the rest is told when', async () => {
  await using server = await openWebServer({ '/': page('') })
  const { out, waits, pass } = open()
  const ask = (perMs: number) => out.request({ ...small, url: server.url, budget: { requests: 2, perMs } })
  await ask(6000)
  await ask(6000)
  await ask(6000)
  expect(waits).toEqual([6000])
  await ask(100_000)
  pass(1000)
  expect(await rejection(ask(100_000))).toMatchObject({ code: 'host_paused', retryAfterMs: 99_000 })
  expect(server.requests).toHaveLength(4)
})

test('what is known of a host is read once a second at most, and written only when it changes', async () => {
  const inner = hostsOfOneProcess()
  const calls: string[] = []
  const told =
    <Given extends unknown[], Result>(name: string, work: (...given: Given) => Promise<Result>) =>
    (...given: Given) => {
      calls.push(name)
      return work(...given)
    }
  const counted: SharedHosts = {
    read: told('read', inner.read),
    pause: told('pause', inner.pause),
    failed: told('failed', inner.failed),
    worked: told('worked', inner.worked),
    probe: told('probe', inner.probe),
    spend: told('spend', inner.spend),
  }
  const { work, fail, pass } = open(counted)
  for (let n = 0; n < 20; n++) await work(async () => {})
  expect(calls).toEqual(['read'])
  pass(1000)
  await work(async () => {})
  await fail()
  await work(async () => {})
  await work(async () => {})
  expect(calls).toEqual(['read', 'read', 'failed', 'read', 'worked', 'read'])
})

test('nobody slips through while it is asked what is known of a host', async () => {
  const inner = hostsOfOneProcess()
  const { promise, resolve } = Promise.withResolvers<void>()
  const { work, clock } = open({ ...inner, read: (name) => promise.then(() => inner.read(name)) })
  const now = clock.now()
  await inner.pause(host, new Date(now.getTime() + 60_000), now)
  const refused = [1, 2, 3].map(() => rejection(work(async () => 'slipped through')))
  // Whoever does not wait has come through by then.
  setTimeout(resolve, 20)
  for (const error of await Promise.all(refused)) expect(error).toMatchObject({ code: 'host_paused' })
})

test('a database that is away ends no download', async () => {
  const away = async () => Promise.reject(new Error('away'))
  const { work } = open({ ...hostsOfOneProcess(), read: away, failed: away, worked: away, pause: away })
  expect(await work(async () => 'done')).toBe('done')
})
