import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { until } from '../helpers/until.ts'

interface Event {
  id: string | null
  event: string
  data: Record<string, unknown>
}

/** Listens until it is disposed of. */
async function listen(service: TestService, query = '', lastEventId?: string) {
  const ending = new AbortController()
  const response = await service.fetch(`/api/v1/events${query}`, {
    signal: ending.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })
  const heard: Event[] = []
  const reading = (async () => {
    let text = ''
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => {
              const colon = line.indexOf(':')
              return [line.slice(0, colon), line.slice(colon + 1).trim()]
            }),
        )
        text = text.slice(end + 2)
        const event = fields.get('event')
        if (event !== undefined)
          heard.push({ id: fields.get('id') ?? null, event, data: JSON.parse(fields.get('data')!) })
      }
    }
  })().catch(() => {})
  return {
    response,
    heard,
    next: (event: string, matches: (data: Event['data']) => boolean = () => true) =>
      until(() => heard.find((each) => each.event === event && matches(each.data))),
    async [Symbol.asyncDispose]() {
      ending.abort()
      await reading
    },
  }
}

async function upload(service: TestService, list: string, query = 'supplier=Acme'): Promise<string> {
  const init = { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } }
  return (await service.json<{ id: string }>(`/api/v1/uploads?${query}`, init)).body.id
}

for (const engine of engines)
  describe(engine, () => {
    test('what changes is told as the API shows it, whoever changed it', async () => {
      await using service = await openService(engine)
      const first = await upload(service, priceList(10))
      await service.analyze(first)
      await using all = await listen(service)
      expect(all.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      await using jobsOnly = await listen(service, '?kinds=job')
      await all.next('reset')
      await jobsOnly.next('reset')
      // What has not changed since is not told.
      expect(all.heard.length).toBe(1)

      // Another process, as far as the service knows.
      const file = join(service.program.folder, 'list.csv')
      await Bun.write(file, priceList(11))
      await service.program.run('ingest', file, '--supplier', 'Bolt')
      const { data: done } = await all.next('import', ({ status }) => status === 'completed')
      expect((await service.json(`/api/v1/imports/${done.id}`)).body).toEqual(done)
      const { data: run } = await all.next(
        'run',
        ({ id, status }) => id === done.run_id && status === 'completed',
      )
      expect((await service.json(`/api/v1/ingestion/runs/${run.id}`)).body).toMatchObject(run)
      const { data: job } = await jobsOnly.next('job', ({ status }) => status === 'succeeded')
      expect((await service.json(`/api/v1/jobs/${job.job_id}`)).body).toEqual(job)
      expect(new Set(jobsOnly.heard.map(({ event }) => event))).toEqual(new Set(['reset', 'job']))

      // A held import has no job that is under way, and is told all the same.
      const tenfold = priceList(10, (n) => ({ price: `${n + 1}00.00` }))
      const held = await upload(service, tenfold)
      await service.analyze(held)
      await all.next('import', ({ id, status }) => id === held && status === 'held')
      await service.json(`/api/v1/imports/${held}/discard`, { method: 'POST' })
      await all.next('import', ({ id, status }) => id === held && status === 'cancelled')
    }, 60_000)

    test('who comes back hears what it missed, or that it has to read anew', async () => {
      await using service = await openService(engine)
      await service.analyze(await upload(service, priceList(2)))
      let last: string
      {
        await using listener = await listen(service)
        await listener.next('reset')
        await upload(service, priceList(3))
        last = (await listener.next('import')).id!
      }
      const missed = await upload(service, priceList(4))
      {
        await using listener = await listen(service, '', last)
        await listener.next('import', ({ id }) => id === missed)
        expect(listener.heard.some(({ event }) => event === 'reset')).toBe(false)
      }
      for (const unknown of ['nonsense', 'another0.5', `${last}999`, '']) {
        await using listener = await listen(service, '?kinds=run', unknown)
        await listener.next('reset')
      }
    }, 60_000)

    test('what is deleted while it is under way is told to be gone', async () => {
      await using service = await openService(engine)
      await using listener = await listen(service, '?kinds=import,job')
      await listener.next('reset')
      const id = await upload(service, priceList(2))
      const { data } = await listener.next('import', (each) => each.id === id)
      await service.json(`/api/v1/sources/${data.source_id}?with_history=true`, { method: 'DELETE' })
      expect((await listener.next('gone', ({ kind }) => kind === 'import')).data.id).toBe(id)
      await listener.next('gone', ({ kind }) => kind === 'job')
    }, 60_000)
  })

test('kinds that there are not are refused', async () => {
  await using service = await openService('sqlite')
  for (const kinds of ['item', 'job,', ',', 'job,item'])
    expect([kinds, (await service.fetch(`/api/v1/events?kinds=${kinds}`)).status]).toEqual([kinds, 422])
})
