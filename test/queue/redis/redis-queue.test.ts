import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Queue as BullQueue, createNodeRedisClient } from 'bullmq'
import { createClient } from 'redis'
import { startRedis } from '../../../scripts/lib/redis.ts'
import type { Server } from '../../../scripts/lib/server.ts'
import { announceJobs } from '../../../src/queue/announce.ts'
import { openRedisQueue, type RedisQueue } from '../../../src/queue/redis/redis-queue.ts'
import { type Engine, engines } from '../../helpers/engines.ts'
import { type Logged, openLogged } from '../../helpers/logged.ts'
import { doOnce, openQueueBench, type QueueBench } from '../../helpers/queue-bench.ts'
import { openRedisProxy } from '../../helpers/redis-proxy.ts'
import { until } from '../../helpers/until.ts'

const now = new Date(Date.UTC(2026, 10, 22, 9))
const neverMs = 3_600_000
const down = 'Redis cannot be used; the database serves the queue meanwhile'
const up = 'Redis serves the queue again'
const putBack = 'the queue had lost jobs; they were put back'
const soon = () => AbortSignal.timeout(30_000)

let redis: Server
/** A look at what is there, and the hand that disturbs it. */
let client: ReturnType<typeof createClient>
beforeAll(async () => {
  redis = await startRedis(null)
  client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
}, 180_000)
afterAll(async () => {
  client.destroy()
  await redis[Symbol.asyncDispose]()
})

interface Bench extends AsyncDisposable {
  bench: QueueBench
  open(options?: { lookMs?: number; url?: string }): Promise<{ queue: RedisQueue } & Logged>
}

/** A database, and queues on it whose Redis has this address. */
async function openBench(engine: Engine, url: string): Promise<Bench> {
  let opened: ({ queue: RedisQueue } & Logged) | null = null
  let address = url
  const bench = await openQueueBench(
    engine,
    async (options) => {
      const logged = openLogged()
      const queue = await openRedisQueue({ ...options, url: address, log: logged.log })
      opened = { queue, ...logged }
      return queue
    },
    url,
  )
  return {
    bench,
    async open(options = {}) {
      address = options.url ?? url
      await bench.queue({ lookMs: options.lookMs ?? 50 })
      return opened!
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

/** Adds and announces jobs, takes and ends all of them, and disturbs meanwhile. */
async function run(
  { bench }: Bench,
  queues: RedisQueue[],
  count: number,
  disturb: (done: number) => Promise<void> | void = () => {},
): Promise<void> {
  const stop = new AbortController()
  let done = 0
  const works = queues.map(async (queue) => {
    while (!stop.signal.aborted)
      for (const taken of await queue.next({ limit: 4, signal: stop.signal })) {
        await doOnce(bench.bench.db, taken.lease, now)
        queue.announce(taken.job.id)
        await disturb(++done)
      }
  })
  for (let n = 0; n < count; n++) {
    const id = await bench.add(n % 3 === 0 ? { lane: `lane ${n % 2}` } : {})
    queues[n % queues.length]!.announce(id)
  }
  await until(() => done >= count)
  stop.abort()
  await Promise.all(works)
  expect(await bench.states()).toEqual({ succeeded: count })
  expect(Object.values(await bench.effects())).toEqual(Array(count).fill(1))
}

const hasNoSecret = (logged: Logged, secret: string) =>
  expect(JSON.stringify(logged.events)).not.toContain(secret)

for (const engine of engines) {
  test(`on ${engine}, Redis that is emptied again and again costs no job`, async () => {
    await using bench = await openBench(engine, redis.url)
    const opened = [await bench.open(), await bench.open()]
    await run(
      bench,
      opened.map(({ queue }) => queue),
      80,
      async (done) => {
        if (done % 10 === 0) await client.flushAll()
      },
    )
  })

  test(`on ${engine}, Redis that goes away and comes back empty costs no job`, async () => {
    await using proxy = await openRedisProxy(redis.url)
    await using bench = await openBench(engine, proxy.url)
    const opened = [await bench.open(), await bench.open()]
    await run(
      bench,
      opened.map(({ queue }) => queue),
      80,
      async (done) => {
        if (done % 40 === 10) proxy.become('away')
        if (done % 40 !== 30) return
        await client.flushAll()
        await client.scriptFlush()
        proxy.become('pass')
      },
    )
    for (const each of opened) {
      await until(() => each.queue.health().status === 'ok')
      // Once for each time, however often it was tried to connect.
      expect(each.count(down)).toBeLessThanOrEqual(2)
      expect(each.count(down)).toBe(each.count(up))
    }
  })
}

test('what Redis has lost is put back at the next look, and the log says how many', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue, events } = await bench.open({ lookMs: 300 })
  // Taken by nobody as yet: announced, and then lost.
  const added = [await bench.bench.add(), await bench.bench.add()]
  for (const id of added) queue.announce(id)
  await until(async () => (await client.keys('*anywhere:wait')).length === 1)
  await client.flushAll()
  await until(() => events.some(({ message }) => message === putBack))
  expect(events.filter(({ message }) => message === putBack)).toEqual([
    { level: 'warn', message: putBack, fields: { jobs: 2 } },
  ])
  const taken = await queue.next({ limit: 2, signal: soon() })
  expect(taken.map(({ job }) => job.id).sort()).toEqual(added)
})

test('a worker that died between fetching an id and taking its job loses no job', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue } = await bench.open({ lookMs: 200 })
  const id = await bench.bench.add()
  await using dead = await bullQueueOf(bench)
  queue.announce(id)
  await until(async () => (await dead.queue.getBackend().moveToActive('0'))[1] === id)
  const [taken] = await queue.next({ limit: 1, signal: soon() })
  expect(taken?.job.id).toBe(id)
})

test('an id that comes twice is taken once', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue } = await bench.open({ lookMs: neverMs })
  const first = await bench.bench.add()
  queue.announce(first)
  await queue.next({ limit: 1, signal: soon() })
  await using other = await bullQueueOf(bench)
  await other.queue.add('job', null, { jobId: first })
  const second = await bench.bench.add()
  queue.announce(second)
  const taken = await queue.next({ limit: 5, signal: soon() })
  expect(taken.map(({ job }) => job.id)).toEqual([second])
})

test('a job that waits on Redis for later is taken at once when its row is due', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue } = await bench.open({ lookMs: 100 })
  const id = await bench.bench.add()
  const { db } = bench.bench.bench
  await db.run('update jobs set run_at = run_at + 3600000 where id = $1', [id])
  queue.announce(id)
  await until(async () => (await client.keys('*anywhere:delayed')).length === 1)
  await db.run('update jobs set run_at = run_at - 3600000 where id = $1', [id])
  const [taken] = await queue.next({ limit: 1, signal: soon() })
  expect(taken?.job.id).toBe(id)
})

test('installations that share a Redis do not take each other’s ids', async () => {
  await using one = await openBench('sqlite', redis.url)
  await using other = await openBench('sqlite', redis.url)
  const near = await one.open({ lookMs: neverMs })
  const far = await other.open({ lookMs: neverMs })
  const stop = new AbortController()
  const elsewhere = far.queue.next({ limit: 1, signal: stop.signal })
  const id = await one.bench.add()
  near.queue.announce(id)
  const [taken] = await near.queue.next({ limit: 1, signal: soon() })
  expect(taken?.job.id).toBe(id)
  stop.abort()
  expect(await elsewhere).toEqual([])
  const keys = (await client.keys('*')).filter((key) => !key.startsWith('job:'))
  expect(keys.filter((key) => !/^tallyman:[0-9a-f-]{36}:/.test(key))).toEqual([])
})

test('what others say on the channel does no harm', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue } = await bench.open({ lookMs: neverMs })
  const channel = `tallyman:${await installationOf(bench)}:changes`
  for (const text of ['', '{', 'null', '{"from":1}', '{"from":"x","shelves":[2],"jobs":[]}', '[[[[]]]]'])
    expect(await client.publish(channel, text)).toBe(1)
  const id = await bench.bench.add()
  queue.announce(id)
  expect((await queue.next({ limit: 1, signal: soon() }))[0]?.job.id).toBe(id)
})

test('what a command has changed is heard at once', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const { queue } = await bench.open({ lookMs: neverMs })
  const wait = queue.next({ limit: 1, signal: soon() })
  const id = await bench.bench.add()
  await announceJobs({ db: bench.bench.bench.db, redisUrl: redis.url }, [id])
  expect((await wait)[0]?.job.id).toBe(id)
})

test('a command waits for no Redis that is silent or away', async () => {
  await using bench = await openBench('sqlite', redis.url)
  await bench.open()
  const { db } = bench.bench.bench
  await using proxy = await openRedisProxy(null)
  await announceJobs({ db, redisUrl: proxy.url }, ['any'])
  proxy.become('away')
  await announceJobs({ db, redisUrl: proxy.url }, ['any'])
})

for (const when of ['from the start', 'in the middle of the work'] as const)
  test(`Redis that accepts connections and says nothing ${when} holds nothing up`, async () => {
    await using proxy = await openRedisProxy(when === 'from the start' ? null : redis.url)
    await using bench = await openBench('sqlite', proxy.url)
    const opened = await bench.open()
    const { queue } = opened
    if (when !== 'from the start') {
      expect(queue.health()).toEqual({ status: 'ok', message: null })
      proxy.become('silent')
    }
    await run(bench, [queue], 10)
    await until(() => queue.health().status === 'unavailable')
    expect(queue.health().message).toContain('it did not answer within 2 s')
    expect(opened.count(down)).toBe(1)
  })

test('Redis that is not there at the start is used once it is', async () => {
  await using proxy = await openRedisProxy(redis.url)
  proxy.become('away')
  await using bench = await openBench('sqlite', proxy.url)
  const opened = await bench.open()
  expect(opened.queue.health().status).toBe('unavailable')
  await run(bench, [opened.queue], 5)
  proxy.become('pass')
  await until(() => opened.queue.health().status === 'ok')
  expect(opened.queue.health().message).toBeNull()
  expect([opened.count(down), opened.count(up)]).toEqual([1, 1])
})

test('a wrong password is said, and not shown', async () => {
  await client.sendCommand(['ACL', 'SETUSER', 'worker', 'on', '>right', '~*', '&*', '+@all'])
  const url = new URL(redis.url)
  url.username = 'worker'
  url.password = 'wr0ng%2Fone'
  await using bench = await openBench('sqlite', url.href)
  const opened = await bench.open()
  const { status, message } = opened.queue.health()
  expect(status).toBe('unavailable')
  expect(message).toContain('check the user and the password in REDIS_URL')
  await run(bench, [opened.queue], 5)
  hasNoSecret(opened, 'wr0ng')
})

test('a server that repeats the password in its answer does not bring it into the log', async () => {
  using server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket) {
        socket.write("-ERR unknown command 'HELLO', with args: '3' 'AUTH' 'default' 's3cret/one'\r\n")
      },
    },
  })
  await using bench = await openBench('sqlite', `redis://:s3cret%2Fone@127.0.0.1:${server.port}`)
  const opened = await bench.open()
  expect(opened.queue.health().message).toContain("unknown command 'HELLO'")
  hasNoSecret(opened, 's3cret')
  expect(opened.queue.health().message).not.toContain('s3cret')
})

test('a full Redis takes no job away, and is used again when there is room', async () => {
  await using bench = await openBench('sqlite', redis.url)
  const opened = await bench.open()
  const { queue } = opened
  try {
    await client.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '1' })
    await until(() => queue.health().status === 'unavailable')
    expect(queue.health().message).toContain('it is full')
    await run(bench, [queue], 10)
    // It lets everybody in all the while: that is no sign that it can be used.
    const refused = await refusedWrites()
    await until(async () => (await refusedWrites()) > refused + 2)
    expect([opened.count(down), opened.count(up)]).toEqual([1, 0])
  } finally {
    await client.configSet('maxmemory', '0')
  }
  await until(() => queue.health().status === 'ok')
  expect([opened.count(down), opened.count(up)]).toEqual([1, 1])
})

const refusedWrites = async () =>
  Number(/cmdstat_set:.*rejected_calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0)

const installationOf = async ({ bench }: Bench) =>
  (await bench.bench.db.all<{ id: string }>('select id from installation'))[0]!.id

/** The queue of ids that may be done anywhere, as another process would have it. */
async function bullQueueOf(bench: Bench): Promise<{ queue: BullQueue } & AsyncDisposable> {
  const own = await createClient({ url: redis.url }).connect()
  const queue = new BullQueue('anywhere', {
    connection: createNodeRedisClient(own),
    prefix: `tallyman:${await installationOf(bench)}`,
  })
  await queue.waitUntilReady()
  return {
    queue,
    async [Symbol.asyncDispose]() {
      await queue.close()
      own.destroy()
    },
  }
}
