import { describe, expect, test } from 'bun:test'
import { hostStore } from '../../src/courier/hosts.ts'
import { calm, hostsOfOneProcess, type SharedHosts } from '../../src/lib/outbound/shared-hosts.ts'
import { openWayOut } from '../../src/lib/outbound/way-out.ts'
import { engines } from '../helpers/engines.ts'
import { hurried } from '../helpers/hurried.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'
import { openWebServer, page } from '../helpers/web-server.ts'

/** What two workers know of hosts. */
interface Two extends AsyncDisposable {
  one: SharedHosts
  other: SharedHosts
}

async function open(kind: 'memory' | (typeof engines)[number]): Promise<Two> {
  if (kind === 'memory') {
    const hosts = hostsOfOneProcess()
    return { one: hosts, other: hosts, [Symbol.asyncDispose]: async () => {} }
  }
  const database = await openMigrated(kind)
  const second = await openUrl(database.url)
  return {
    one: hostStore(database.db),
    other: hostStore(second),
    async [Symbol.asyncDispose]() {
      await second.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

const host = 'prices.example:443'
const start = new Date('2026-11-22T09:00:00.123Z')
const at = (ms: number) => new Date(start.getTime() + ms)
const seen = { isProbe: false }

for (const kind of ['memory', ...engines] as const)
  describe(`hosts in ${kind}`, () => {
    test('a host of which nothing is known is calm', async () => {
      await using hosts = await open(kind)
      expect(await hosts.one.read(host)).toEqual(calm)
    })

    test('a pause is everybody’s, and the later one counts', async () => {
      await using hosts = await open(kind)
      await hosts.one.pause(host, at(5000), start)
      expect(await hosts.other.read(host)).toEqual({ ...calm, pausedUntil: at(5000) })
      await hosts.other.pause(host, at(9000), start)
      await hosts.one.pause(host, at(7000), start)
      expect(await hosts.one.read(host)).toMatchObject({ pausedUntil: at(9000) })
      expect(await hosts.one.read('other.example:443')).toEqual(calm)
    })

    test('failures of all are counted together, and what works again is forgotten', async () => {
      await using hosts = await open(kind)
      for (let n = 0; n < 4; n++)
        await (n % 2 ? hosts.one : hosts.other).failed(host, { now: start, ...seen })
      expect(await hosts.one.read(host)).toEqual({ ...calm, failures: 4 })
      await hosts.other.failed(host, { now: start, ...seen })
      expect(await hosts.one.read(host)).toEqual({ ...calm, failures: 5, closedUntil: at(30_000) })
      await hosts.one.pause(host, at(1000), start)
      await hosts.one.worked(host, start)
      expect(await hosts.other.read(host)).toEqual({ ...calm, pausedUntil: at(1000) })
    })

    test('a closed host is probed by one, whose failure alone counts', async () => {
      await using hosts = await open(kind)
      for (let n = 0; n < 8; n++) await hosts.one.failed(host, { now: start, ...seen })
      expect(await hosts.other.read(host)).toMatchObject({ failures: 5, closedUntil: at(30_000) })
      const now = at(30_000)
      const probe = { seen: at(30_000), until: at(90_000), now }
      const taken = await Promise.all([hosts.one.probe(host, probe), hosts.other.probe(host, probe)])
      expect(taken.sort()).toEqual([false, true])
      expect(await hosts.one.read(host)).toMatchObject({ closedUntil: at(90_000) })
      await hosts.one.failed(host, { now, ...seen })
      await hosts.one.failed(host, { now, isProbe: true })
      expect(await hosts.other.read(host)).toMatchObject({ failures: 6, closedUntil: at(90_000) })
    })

    test('a budget is one for all', async () => {
      await using hosts = await open(kind)
      const budget = { requests: 5, perMs: 1000 }
      const spend = (ms: number) =>
        Promise.all(
          [1, 2, 3, 4]
            .flatMap(() => [hosts.one, hosts.other])
            .map((each) => each.spend(host, budget, at(ms))),
        )
      const first = await spend(0)
      expect(first.filter((again) => again === null)).toHaveLength(5)
      expect(first.filter((again) => again?.getTime() === at(1000).getTime())).toHaveLength(3)
      expect(await hosts.one.spend(host, budget, at(999))).toEqual(at(1000))
      expect((await spend(1000)).filter((again) => again === null)).toHaveLength(5)
    })

    test('a budget holds for every stretch of its time, whenever it begins', async () => {
      await using hosts = await open(kind)
      const spend = (ms: number, requests = 5) => hosts.one.spend(host, { requests, perMs: 1000 }, at(ms))
      for (const ms of [0, 980, 970, 990, 990]) expect(await spend(ms)).toBeNull()
      for (const ms of [995, 1000, 1989]) expect(await spend(ms)).toEqual(at(1990))
      expect(await spend(1990)).toBeNull()
    })

    test('whoever asks all the time keeps to a budget, and gets half of it at least', async () => {
      await using hosts = await open(kind)
      const budget = { requests: 5, perMs: 1000 }
      for (const everyMs of [70, 130, 190]) {
        const name = `every-${everyMs}.example:443`
        const taken: number[] = []
        for (let ms = 0; ms < 10_000; ms += everyMs)
          if ((await hosts.one.spend(name, budget, at(ms))) === null) taken.push(ms)
        const most = Math.max(
          ...taken.map((from) => taken.filter((ms) => ms >= from && ms < from + 1000).length),
        )
        expect(most).toBe(5)
        expect(taken.length).toBeGreaterThanOrEqual(25)
      }
    })
  })

for (const engine of engines)
  test(`a worker on ${engine} leaves a host alone that has told another one so`, async () => {
    await using hosts = await open(engine)
    await using server = await openWebServer({
      '/': (_, response) => response.writeHead(429, { 'retry-after': '60' }).end(),
      '/list': page('list'),
    })
    const hurry = hurried()
    const signal = new AbortController().signal
    const small = { timeoutMs: 20_000, sizeBytesMax: 1000, signal }
    const [one, other] = [hosts.one, hosts.other].map((each) =>
      openWayOut({ allow: ['127.0.0.1'], userAgent: 'test', hosts: each, ...hurry }),
    )
    expect(await other!.request({ ...small, url: server.at('/list') })).toMatchObject({ status: 200 })
    expect(await rejection(one!.request({ ...small, url: server.url }))).toMatchObject({
      code: 'rate_limited',
    })
    const refused = await until(async () => {
      // What is known may be a second old.
      hurry.pass(500)
      return other!.request({ ...small, url: server.at('/list') }).then(
        () => null,
        (error: unknown) => error,
      )
    })
    expect(refused).toMatchObject({ code: 'host_paused' })
  })
