import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createClient } from 'redis'
import { startRedis } from '../../../scripts/lib/redis.ts'
import type { Server } from '../../../scripts/lib/server.ts'
import { openProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { openRedisProxy } from '../../helpers/redis-proxy.ts'
import { startServe } from '../../helpers/serve.ts'
import { until } from '../../helpers/until.ts'

/** A built executable, whose bundle must have all of BullMQ; null: the program is run from its sources. */
const executable = process.env.TALLYMAN_TEST_EXECUTABLE || null
const command = executable === null ? undefined : [executable]

let redis: Server
let client: ReturnType<typeof createClient>
beforeAll(async () => {
  redis = await startRedis(process.env.TALLYMAN_TEST_REDIS_URL || null)
  client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
}, 180_000)
afterAll(async () => {
  client.destroy()
  await redis[Symbol.asyncDispose]()
})

interface JobJson {
  job_id: string
  status: string
}

/** Hands a list in and waits for the end of its job. */
async function importOne(url: string): Promise<JobJson> {
  const answer = await fetch(`${url}api/v1/uploads?supplier=Acme&file_name=list.csv`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: 'sku;name;price\nA;Hammer;1,50\nB;Pliers;2,50\n',
  })
  expect(answer.status).toBe(202)
  return until(async () => {
    const { jobs } = (await (await fetch(`${url}api/v1/jobs`)).json()) as { jobs: JobJson[] }
    return jobs.find(({ status }) => status === 'succeeded')
  })
}

for (const engine of engines)
  test(`on ${engine}, a service with Redis sees a list through and copies its job`, async () => {
    await using program = await openProgram(engine)
    const serving = await startServe(program, { REDIS_URL: redis.url, TALLYMAN_CURRENCY: 'EUR' }, command)
    try {
      // Where the machine is busy Redis may be slow at first.
      const ready = await until(async () => {
        const answer = (await (await fetch(`${serving.url}readyz`)).json()) as {
          status: string
          redis: unknown
        }
        return answer.status === 'ok' ? answer : null
      })
      expect(ready).toEqual({ status: 'ok', redis: { status: 'ok', message: null } })
      const job = await importOne(serving.url)
      const copy = await until(async () => {
        const found = await client.hGetAll(`job:${job.job_id}`)
        return found.status === 'succeeded' ? found : null
      })
      expect(JSON.parse(copy.analysis_progress!)).toEqual({ items_processed: 3, items_total: 3 })
    } finally {
      serving.child.kill()
    }
    expect((await serving.ended()).code).toBe(0)
  })

test('a service whose Redis says nothing starts, sees a list through, says what is wrong and ends', async () => {
  await using program = await openProgram('sqlite')
  await using proxy = await openRedisProxy(null)
  const url = new URL(proxy.url)
  url.password = 's3cret'
  const serving = await startServe(program, { REDIS_URL: url.href, TALLYMAN_CURRENCY: 'EUR' }, command)
  try {
    const answer = await fetch(`${serving.url}readyz`)
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(JSON.parse(text)).toEqual({
      status: 'degraded',
      redis: { status: 'unavailable', message: expect.stringContaining('did not answer within 2 s') },
    })
    expect(text).not.toContain('s3cret')
    await importOne(serving.url)
  } finally {
    serving.child.kill()
  }
  const { code, messages, stderr } = await serving.ended()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(messages.filter((message) => message.startsWith('Redis cannot be used'))).toHaveLength(1)
})
