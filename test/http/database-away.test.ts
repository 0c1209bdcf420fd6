import { expect, test } from 'bun:test'
import { requireCurrent } from '../../src/db/migrate.ts'
import { createHealthServer } from '../../src/http/health.ts'
import { engines, freshDatabaseUrl } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { openUrl, silentLog } from '../helpers/open-database.ts'
import { openTcpProxy } from '../helpers/tcp-proxy.ts'
import { until } from '../helpers/until.ts'

interface Problem {
  status: number
  code: string
}

test.skipIf(!engines.includes('postgres'))(
  'while the database is away every answer is 503, and all is well when it is back',
  async () => {
    await using fresh = await freshDatabaseUrl('postgres')
    await using proxy = await openTcpProxy(fresh.url)
    await using service = await openService('postgres', { env: { DATABASE_URL: proxy.url } })
    const roleDb = await openUrl(proxy.url)
    const role = createHealthServer({ check: () => requireCurrent(roleDb), log: silentLog })
    role.listen({ hostname: '127.0.0.1', port: 0 })
    const ready = () => fetch(`http://127.0.0.1:${role.server?.port}/readyz`)
    try {
      expect((await service.fetch('/readyz')).status).toBe(200)
      expect((await ready()).status).toBe(200)
      await proxy.stop()
      const trigger = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }
      for (const [path, init] of [
        ['/readyz', {}],
        ['/api/v1/ingestion/trigger', trigger],
        ['/api/v1/jobs', {}],
        ['/api/v1/items', {}],
        ['/api/v1/suppliers', {}],
      ] as const) {
        const { body, headers } = await service.json<Problem>(path, init)
        expect({ path, body }).toMatchObject({ path, body: { status: 503, code: 'database_unreachable' } })
        expect(headers.get('retry-after')).not.toBeNull()
      }
      expect(await (await ready()).json()).toMatchObject({ status: 503, code: 'database_unreachable' })

      await proxy.start()
      await until(async () => (await service.fetch('/readyz')).status === 200)
      await until(async () => (await ready()).status === 200)
      expect((await service.fetch('/api/v1/items')).status).toBe(200)
    } finally {
      await role.server?.stop(true)
      await roleDb.close()
    }
  },
  120_000,
)

test('a database that says nothing at all is unreachable after some seconds', async () => {
  const role = createHealthServer({ check: () => new Promise(() => {}), log: silentLog })
  const answer = await role.handle(new Request('http://localhost/readyz'))
  expect(await answer.json()).toMatchObject({ status: 503, code: 'database_unreachable' })
}, 60_000)
