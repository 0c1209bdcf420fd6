import { describe, expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'

interface QueueJson {
  jobs: Record<string, number>
  dead_letters: number
  next_at: string | null
  paused_at: string | null
}

async function queue(service: TestService, action: '' | '/pause' | '/resume' = ''): Promise<QueueJson> {
  const { status, body } = await service.json<QueueJson>(
    `/api/v1/queue${action}`,
    action === '' ? {} : { method: 'POST' },
  )
  expect([action, status]).toEqual([action, 200])
  return body
}

for (const engine of engines) {
  describe(engine, () => {
    test('the queue says how full it is, is paused and resumed, and whoever works on it is told', async () => {
      await using service = await openService(engine)
      expect(await queue(service)).toMatchObject({
        jobs: { queued: 0, running: 0, drained: 0 },
        dead_letters: 0,
        next_at: null,
        paused_at: null,
      })
      await service.json('/api/v1/uploads?supplier=Acme', {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: priceList(3),
      })
      const woken = service.woken()
      const { paused_at, jobs } = await queue(service, '/pause')
      expect([jobs.queued, Date.parse(paused_at!)]).toEqual([1, expect.any(Number)])
      expect(service.woken()).toBe(woken + 1)
      // Twice is no later.
      expect((await queue(service, '/pause')).paused_at).toBe(paused_at)
      expect((await queue(service)).paused_at).toBe(paused_at)
      expect(await queue(service, '/resume')).toMatchObject({ paused_at: null, jobs: { queued: 1 } })
      expect((await queue(service, '/resume')).paused_at).toBeNull()
    }, 60_000)
  })
}
