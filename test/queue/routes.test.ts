import { describe, expect, test } from 'bun:test'
import type { JobView } from '../../src/queue/view.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { written } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

async function upload(service: TestService, list: string, supplier = 'Acme'): Promise<string> {
  const { body } = await service.json<{ id: string }>(`/api/v1/uploads?supplier=${supplier}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: list,
  })
  return body.id
}

const jobs = async (service: TestService, query = '') =>
  (await service.json<{ jobs: JobView[]; next_cursor: string | null }>(`/api/v1/jobs${query}`)).body

const jobOf = async (service: TestService, importId: string) =>
  (await jobs(service)).jobs.find(({ import_id }) => import_id === importId)!

const post = (service: TestService, path: string, body?: unknown) =>
  service.json<{ code?: string } & JobView>(path, {
    method: 'POST',
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })

/** What an address sends for as long as it is listened to. */
async function listen(service: TestService, path: string) {
  const stop = new AbortController()
  const response = await service.fetch(path, { signal: stop.signal })
  let text = ''
  const read = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk
  })().catch(() => {})
  return {
    response,
    events: () =>
      text
        .split('\n\n')
        .filter((event) => event.startsWith('event: job\n'))
        .map((event): JobView => JSON.parse(event.split('\ndata: ')[1]!)),
    async end() {
      stop.abort()
      await read
    },
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a job is shown from its place in the queue to its end', async () => {
      await using service = await openService(engine)
      const importId = await upload(service, priceList(3))
      const queued = await jobOf(service, importId)
      expect(queued).toMatchObject({
        status: 'queued',
        phase: null,
        ml_job_id: null,
        download_progress: null,
        analysis_progress: null,
        error: null,
        can_retry: false,
        retry_count: 0,
        supplier: 'Acme',
      })
      await service.analyze(importId)
      const { body } = await service.json<JobView>(queued.links.self)
      expect(body).toMatchObject({
        job_id: queued.job_id,
        status: 'succeeded',
        phase: 'complete',
        analysis_progress: { items_processed: 4, items_total: 4 },
        error: null,
        can_retry: false,
      })
      expect((await service.json('/api/v1/jobs/nobody')).body).toMatchObject({ code: 'unknown_job' })
    })

    test('jobs are listed newest first, by pages, state, supplier and cause', async () => {
      await using service = await openService(engine)
      const ids = [
        await upload(service, priceList(3)),
        await upload(service, priceList(3), 'Other'),
        await upload(service, 'no list at all'),
      ]
      await service.analyze(ids[2]!)
      const importsOf = async (query: string) => (await jobs(service, query)).jobs.map((job) => job.import_id)
      expect(await importsOf('')).toEqual(ids.toReversed())
      const first = await jobs(service, '?limit=2')
      expect(first.jobs.map((job) => job.import_id)).toEqual([ids[2]!, ids[1]!])
      expect(await importsOf(`?limit=2&cursor=${first.next_cursor}`)).toEqual([ids[0]!])
      expect(await importsOf('?status=queued')).toEqual([ids[1]!, ids[0]!])
      const { supplier_id: other } = await jobOf(service, ids[1]!)
      expect(await importsOf(`?supplier_id=${other}`)).toEqual([ids[1]!])
      expect(await importsOf('?cause=validation%2Fnot_a_price_list')).toEqual([ids[2]!])
      expect(await importsOf('?status=dead&discarded=false')).toEqual([ids[2]!])
      expect(await importsOf('?status=dead&discarded=true')).toEqual([])
    })

    test('a dead letter is grouped by its cause, retried and discarded', async () => {
      await using service = await openService(engine)
      const failed = [await upload(service, 'no list at all'), await upload(service, 'none here either')]
      for (const id of failed) await service.analyze(id)
      const letters = async () =>
        (
          await service.json<{ dead_letters: { cause: string; count: number; example: JobView }[] }>(
            '/api/v1/dead-letters',
          )
        ).body.dead_letters
      expect(await letters()).toMatchObject([
        { cause: 'validation/not_a_price_list', kind: 'validation', count: 2 },
      ])
      const cause = 'validation/not_a_price_list'
      const { job_id: jobId } = await jobOf(service, failed[0]!)
      const again = await post(service, `/api/v1/admin/jobs/${jobId}/retry`)
      expect([again.status, again.headers.get('location')]).toEqual([202, `/api/v1/jobs/${jobId}`])
      expect(again.body).toMatchObject({ status: 'queued', manual_retry_count: 1, error: null })
      expect(service.woken()).toBeGreaterThan(2)
      expect((await post(service, `/api/v1/jobs/${jobId}/retry`)).body).toMatchObject({ code: 'job_queued' })
      expect((await post(service, '/api/v1/dead-letters/retry', { cause })).body).toMatchObject({
        retried: 1,
        refused: [],
        has_more: false,
      })
      expect(await letters()).toEqual([])
      for (const id of failed) await service.analyze(id)
      expect((await post(service, '/api/v1/dead-letters/discard', { cause })).body).toMatchObject({
        discarded: 2,
      })
      expect(await letters()).toEqual([])
      expect((await jobs(service, '?status=dead')).jobs).toHaveLength(2)
    })

    test('one dead letter is given up by its id, and only a dead one', async () => {
      await using service = await openService(engine)
      const [dead, queued] = [await upload(service, 'no list at all'), await upload(service, priceList(3))]
      await service.analyze(dead)
      const discard = async (importId: string) =>
        post(service, `/api/v1/jobs/${(await jobOf(service, importId)).job_id}/discard`)
      const { status, body } = await discard(dead)
      expect([status, body.status, body.discarded_at]).toEqual([200, 'dead', expect.any(String)])
      expect((await discard(dead)).body.discarded_at).toBe(body.discarded_at)
      expect((await discard(queued)).body).toMatchObject({ code: 'not_dead' })
      expect((await post(service, '/api/v1/jobs/nobody/discard')).body).toMatchObject({ code: 'unknown_job' })
    })

    test('a queued job is cancelled over HTTP, once', async () => {
      await using service = await openService(engine)
      const { job_id: jobId } = await jobOf(service, await upload(service, priceList(3)))
      expect((await post(service, `/api/v1/jobs/${jobId}/cancel`)).body).toMatchObject({
        status: 'cancelled',
        can_retry: true,
      })
      const twice = await post(service, `/api/v1/jobs/${jobId}/cancel`)
      expect([twice.status, twice.body.code]).toEqual([409, 'job_ended'])
    })

    test('events of all jobs tell of those that are over: given up, or ended as soon as they began', async () => {
      await using service = await openService(engine)
      const dead = await jobOf(service, await upload(service, 'no list'))
      await using other = await written(service.program.url)
      await other.run(
        `update jobs set state = 'dead', error_kind = 'validation', error_code = 'x', cause = 'validation/x'`,
      )
      await upload(service, priceList(3), 'Other')
      const all = await listen(service, '/api/v1/jobs/events')
      // It has looked once.
      await until(() => all.events().length === 1)
      await post(service, '/api/v1/dead-letters/discard', { cause: 'validation/x' })
      const told = (is: (job: JobView) => boolean) => until(() => all.events().some(is))
      await told((job) => job.job_id === dead.job_id && job.discarded_at !== null)
      const brief = await upload(service, priceList(4), 'Brief')
      await service.analyze(brief)
      await told((job) => job.import_id === brief && job.status === 'succeeded')
      await all.end()
    }, 60_000)

    test('events tell how jobs change: of one job, and of all', async () => {
      await using service = await openService(engine)
      const importId = await upload(service, priceList(3))
      const job = await jobOf(service, importId)
      const one = await listen(service, job.links.events)
      expect(one.response.headers.get('content-type')).toContain('text/event-stream')
      const all = await listen(service, '/api/v1/jobs/events')
      await until(() => one.events().length > 0 && all.events().length > 0)
      const other = await upload(service, priceList(3), 'Other')
      await until(() => all.events().some((event) => event.import_id === other))
      service.progress.set(importId, { phase: 'reading', rows: 2, percent: 50 })
      await service.analyze(importId)
      for (const { events } of [one, all])
        await until(() =>
          events().some((event) => event.job_id === job.job_id && event.status === 'succeeded'),
        )
      expect(one.events()[0]).toEqual(job)
      expect(new Set(one.events().map((event) => event.job_id))).toEqual(new Set([job.job_id]))
      // Nothing is said twice.
      const told = all.events().map((event) => JSON.stringify(event))
      expect(new Set(told).size).toBe(told.length)
      await one.end()
      await all.end()
      expect((await service.fetch('/api/v1/jobs/nobody/events')).status).toBe(404)
    })
  })
}
