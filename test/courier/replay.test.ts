import { describe, expect, test } from 'bun:test'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { approve } from '../../src/courier/held.ts'
import { replay } from '../../src/courier/replay.ts'
import { noPins } from '../../src/sources/pins.ts'
import { ingestList } from '../helpers/acme.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ImportJson, priceList } from '../helpers/lists.ts'
import { openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

interface Replay extends ImportJson {
  code: string
  detail: string
  fetched_at: string
  run_id: string
  is_replay: boolean
  sha256: string
}

async function imported(service: TestService, list: string, query = ''): Promise<Replay> {
  const { body } = await service.json<Replay>(
    `/api/v1/uploads?supplier=Acme&file_name=list.csv&mode=full${query}`,
    { method: 'POST', body: list },
  )
  await service.analyze(body.id)
  return show(service, body.id)
}

const show = async (service: TestService, id: string) =>
  (await service.json<Replay>(`/api/v1/imports/${id}`)).body

const post = (service: TestService, path: string, body: object | null = null) =>
  service.json<Replay>(path, {
    method: 'POST',
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })

/** Replays a file and sees it through, as far as it goes without a person. */
async function replayed(service: TestService, sha256: string, body: object = {}): Promise<Replay> {
  const { status, body: begun } = await post(service, `/api/v1/archive/${sha256}/replay`, body)
  expect([begun.detail, status]).toEqual([undefined as never, 202])
  await service.analyze(begun.id)
  return show(service, begun.id)
}

const refusal = async (service: TestService, sha256: string, body: object = {}) => {
  const { status, body: said } = await post(service, `/api/v1/archive/${sha256}/replay`, body)
  return [status, said.code, said.detail]
}

const catalog = (service: TestService) =>
  service.program.catalog().then((tables) => ({ ...tables, brands: [], categories: [] }))

/** A list with two prices of which the wrong one was taken. */
const twoPrices = csvOf(
  ['SKU', 'Name', 'Price EUR', 'Sale EUR'],
  ...Array.from({ length: 10 }, (_, n) => [`A-${n}`, `Article ${n}`, `${n + 10}.00`, `${n + 9}.00`]),
)

for (const engine of engines) {
  describe(engine, () => {
    test('a list through another mapping is shown, and published with its mapping once it is approved', async () => {
      await using service = await openService(engine)
      const first = await imported(service, twoPrices)
      const before = await catalog(service)
      const held = await replayed(service, first.sha256, { map: 'price=D' })
      expect(held).toMatchObject({
        status: 'held',
        is_replay: true,
        list_mode: 'full',
        fetched_at: first.fetched_at,
        hold_reasons: [{ code: 'replayed', message: expect.stringContaining('approve it to publish it') }],
        changes: { new: 0, changed: 10, price_down: 10, gone: 0 },
      })
      expect(held.run_id).not.toBe(first.run_id)
      const { body: report } = await service.json(`/api/v1/imports/${held.id}/changes`)
      expect(report).toMatchObject({
        items_before: 10,
        largest_falls: expect.arrayContaining([
          {
            sku: 'A-0',
            name: 'Article 0',
            old_price: '10.00',
            new_price: '9.00',
            currency: 'EUR',
            move: -0.1,
          },
        ]),
      })
      expect(await catalog(service)).toEqual(before)

      const next = await imported(service, `${twoPrices}A-99;Article 99;7.00;6.00\n`)
      expect(next.changes).toMatchObject({ new: 1, changed: 0 })
      // A newer list has been published since.
      const refused = await post(service, `/api/v1/imports/${held.id}/approve`)
      expect([refused.status, refused.body.code]).toEqual([409, 'stale_data'])
      expect(refused.body.detail).toContain('a newer list of the same source was published on 20')

      const again = await replayed(service, next.sha256, { map: 'price=D' })
      await post(service, `/api/v1/imports/${again.id}/approve`)
      await service.analyze(again.id)
      expect(await show(service, again.id)).toMatchObject({
        status: 'completed',
        changes: { price_down: 11 },
      })
      // Its source reads the next list so by itself.
      const third = await imported(service, `${twoPrices}A-99;Article 99;7.00;5.00\n`)
      expect(third).toMatchObject({ status: 'completed', changes: { changed: 1, price_down: 1 } })
    })

    test('an old list is compared with the catalog of today, and cannot be published', async () => {
      await using service = await openService(engine)
      const old = await imported(service, priceList(10))
      await imported(
        service,
        priceList(12, (n) => ({ price: `${n + 11}.00` })),
      )
      const before = await catalog(service)
      const held = await replayed(service, old.sha256)
      expect(held).toMatchObject({
        status: 'held',
        fetched_at: old.fetched_at,
        changes: { changed: 10, price_down: 10, gone: 2 },
      })
      expect(held.hold_reasons[0]).toMatchObject({
        code: 'replayed',
        message: expect.stringContaining(
          'cannot be published, because a newer list of the same source was published on',
        ),
      })
      const published = await replayed(service, old.sha256, { publish: true })
      expect(published).toMatchObject({ status: 'failed', error: { code: 'stale_data' } })
      expect(published.error!.message).toContain('newer list of the same source, published on 20')
      expect(await catalog(service)).toEqual(before)
    })

    test('an old workbook cannot be published after a newer one whose sheets are named otherwise', async () => {
      await using program = await openProgram(engine)
      const week = (no: number, price: number) =>
        makeWorkbook([
          {
            name: `Week ${no}`,
            rows: [
              ['SKU', 'Name', 'Price EUR'],
              ...Array.from({ length: 50 }, (_, n) => [`A-${n}`, `Article ${n}`, n + price]),
            ],
          },
        ])
      const old = await ingestList(program, week(46, 10), '--scope', 'sheet')
      const [{ sha256 } = { sha256: '' }] = await program.rows<{ sha256: string }>(
        'select sha256 from imports',
      )
      const replayOf = (...options: string[]) =>
        program.json<ImportJson>('archive', 'replay', sha256, ...options)
      const early = await replayOf()
      expect(early.json.hold_reasons[0]!.message).toContain('approve it to publish it')

      const next = await ingestList(program, week(47, 11))
      expect([old.json.status, next.json.status, next.json.changes.price_up]).toEqual([
        'completed',
        'completed',
        50,
      ])
      const before = await program.catalog()
      const approved = await program.run('imports', 'approve', early.json.id)
      expect([approved.code, approved.err]).toEqual([
        1,
        expect.stringContaining('a newer list of the same source was published on'),
      ])
      const shown = await replayOf()
      expect(shown.json).toMatchObject({
        status: 'held',
        changes: { price_down: 50 },
        hold_reasons: [{ code: 'replayed', message: expect.stringContaining('it cannot be published') }],
      })
      const published = await replayOf('--publish')
      expect(published.json).toMatchObject({ status: 'failed', error: { code: 'stale_data' } })
      expect(await program.catalog()).toEqual(before)
    })

    test('a list whose rows were corrected since is published, and so are the corrected rows', async () => {
      await using service = await openService(engine)
      const faulty = await imported(
        service,
        priceList(10, (n) => (n === 3 ? { price: '?' } : {})),
      )
      const rejects = await service.fetch(`/api/v1/imports/${faulty.id}/rejects?format=csv`)
      const brought = await imported(service, (await rejects.text()).replace('?', '13.00'))
      const again = await replayed(service, faulty.sha256, { publish: true })
      expect([again.status, again.error]).toEqual([faulty.status, null])
      await imported(service, priceList(11))
      const rows = await replayed(service, brought.sha256, { publish: true })
      expect([rows.status, rows.error]).toEqual(['completed', null])
    })

    test('what is to be published is, unless the guard holds it', async () => {
      await using service = await openService(engine)
      const first = await imported(service, twoPrices)
      const done = await replayed(service, first.sha256, { publish: true, map: 'price=D' })
      expect(done).toMatchObject({ status: 'completed', changes: { price_down: 10 } })
      const tenfold = await imported(service, twoPrices.replaceAll('.00', '0.00'))
      expect(tenfold.hold_reasons.map(({ code }) => code)).toEqual(['prices_moved'])
      await post(service, `/api/v1/imports/${tenfold.id}/discard`)
      const held = await replayed(service, tenfold.sha256, { publish: true })
      expect(held.hold_reasons.map(({ code }) => code)).toEqual(['prices_moved'])
      const shown = await replayed(service, tenfold.sha256)
      expect(shown.hold_reasons.map(({ code }) => code)).toEqual(['replayed', 'prices_moved'])
    })

    test('of several replays of a list one waits; a draft that is given up leaves nothing behind', async () => {
      await using service = await openService(engine)
      const first = await imported(service, twoPrices)
      const drafts: string[] = []
      for (const map of ['price=D', 'price=C', 'price=D']) {
        const { id } = await replayed(service, first.sha256, { map })
        drafts.push(id)
      }
      const states = await Promise.all(drafts.map(async (id) => (await show(service, id)).status))
      expect(states).toEqual(['cancelled', 'cancelled', 'held'])
      await post(service, `/api/v1/imports/${drafts[2]}/discard`)
      const next = await imported(service, `${twoPrices}A-99;Article 99;7.00;6.00\n`)
      expect(next.changes).toMatchObject({ new: 1, changed: 0 })

      const { body } = await post(service, `/api/v1/archive/${first.sha256}/replay`, {})
      expect(await refusal(service, first.sha256)).toEqual([
        409,
        'replay_under_way',
        expect.stringContaining(body.id),
      ])
    })

    test('a replay that is corrected waits again, and is read as it is said then', async () => {
      await using service = await openService(engine)
      const first = await imported(service, twoPrices)
      const draft = await replayed(service, first.sha256, { map: 'price=C' })
      expect(draft.changes).toMatchObject({ changed: 0 })
      await post(service, `/api/v1/imports/${draft.id}/correct`, { map: 'price=D' })
      await service.analyze(draft.id)
      expect(await show(service, draft.id)).toMatchObject({
        status: 'held',
        hold_reasons: [{ code: 'replayed' }],
        changes: { price_down: 10 },
      })
    })

    test('corrected rows that are replayed wait like any list', async () => {
      await using service = await openService(engine)
      const faulty = await imported(
        service,
        priceList(10, (n) => (n === 3 ? { price: '?' } : {})),
      )
      const rejects = await service.fetch(`/api/v1/imports/${faulty.id}/rejects?format=csv`)
      const corrected = (await rejects.text()).replace('?', '13.00')
      const brought = await imported(service, corrected)
      expect(brought).toMatchObject({ status: 'completed', changes: { new: 1 } })
      expect(await replayed(service, brought.sha256)).toMatchObject({
        status: 'held',
        hold_reasons: [{ code: 'replayed' }],
      })
    })

    test('whose list it is has to be said where that is not clear', async () => {
      await using service = await openService(engine)
      const { sha256 } = await imported(service, twoPrices)
      await imported(service, twoPrices, '&source=second')
      expect(await refusal(service, sha256)).toEqual([
        422,
        'several_sources',
        expect.stringContaining('Acme/second, Acme/upload'),
      ])
      expect(await replayed(service, sha256, { source: 'second' })).toMatchObject({ source: 'second' })
      expect((await refusal(service, sha256, { source: 'third' })).slice(0, 2)).toEqual([422, 'no_source'])
      expect(await replayed(service, sha256, { supplier: 'Other', source: 'third' })).toMatchObject({
        supplier: 'Other',
        source: 'third',
        changes: { new: 10 },
      })
    })

    test('of a file that two named sources have read, the supplier alone does not tell whose it is', async () => {
      await using service = await openService(engine)
      const { sha256 } = await imported(service, twoPrices, '&source=first')
      await imported(service, twoPrices, '&source=second')
      expect(await refusal(service, sha256, { supplier: 'Acme' })).toEqual([
        422,
        'several_sources',
        expect.stringContaining('Acme/second, Acme/first'),
      ])
      expect(await service.program.rows('select name from sources order by name')).toEqual([
        { name: 'first' },
        { name: 'second' },
      ])
    })

    test('a list whose source was deleted is replayed under another', async () => {
      await using service = await openService(engine)
      const { sha256, id } = await imported(service, twoPrices)
      const { body } = await service.json<{ source_id: string }>(`/api/v1/imports/${id}`)
      const deleted = await service.fetch(`/api/v1/sources/${body.source_id}?with_history=true`, {
        method: 'DELETE',
      })
      expect(deleted.status).toBe(200)
      expect((await refusal(service, sha256)).slice(0, 2)).toEqual([422, 'no_source'])
      expect(await replayed(service, sha256, { supplier: 'Acme', source: 'new' })).toMatchObject({
        source: 'new',
        status: 'held',
      })
    })

    test('a paused source, a file that is gone, and one that never was, say so', async () => {
      await using service = await openService(engine)
      const { sha256, id } = await imported(service, twoPrices)
      const { body } = await service.json<{ source_id: string }>(`/api/v1/imports/${id}`)
      await post(service, `/api/v1/sources/${body.source_id}/pause`)
      expect(await refusal(service, sha256)).toEqual([
        409,
        'paused',
        expect.stringContaining('resume it first'),
      ])
      await post(service, `/api/v1/sources/${body.source_id}/resume`)
      expect((await refusal(service, sha256, { map: 'price' })).slice(0, 2)).toEqual([422, 'invalid_option'])
      expect((await refusal(service, 'f'.repeat(64))).slice(0, 2)).toEqual([404, 'unknown_file'])
      expect((await refusal(service, 'no-hash')).slice(0, 2)).toEqual([422, 'invalid_hash'])
      await rm(join(service.program.dataFolder, 'raw', sha256.slice(0, 2), sha256))
      expect((await refusal(service, sha256)).slice(0, 2)).toEqual([404, 'raw_file_missing'])
    })

    test('a file whose bytes have changed in the archive is not parsed, replayed or approved', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, twoPrices)
      const [{ sha256 } = { sha256: '' }] = await program.rows<{ sha256: string }>(
        'select sha256 from imports',
      )
      const held = await program.json<ImportJson>('archive', 'replay', sha256, '--map', 'price=D')
      expect(held.json.status).toBe('held')
      const path = join(program.dataFolder, 'raw', sha256.slice(0, 2), sha256)
      await chmod(path, 0o600)
      await writeFile(path, twoPrices.replaceAll('.00', '.50'))
      const before = await program.catalog()
      const wrong = {
        status: 'failed',
        error: { code: 'wrong_hash', message: expect.stringContaining(`expected ${sha256}`) },
      }
      const approved = await program.json<ImportJson>('imports', 'approve', held.json.id)
      expect(approved.json).toMatchObject(wrong)
      const published = await program.json<ImportJson>('archive', 'replay', sha256, '--publish')
      expect(published.json).toMatchObject({ ...wrong, decision: null })
      expect(await program.catalog()).toEqual(before)
      expect(await program.leftovers()).toEqual([])
    })

    test('the service replays a list through its analyzer, and publishes it when that is approved', async () => {
      await using bench = await openTestService(engine)
      const { parts, courier } = bench.service
      const intake = { ...parts, carrier: null }
      const first = await bench.ended(await bench.take(twoPrices))
      const request = {
        sha256: first.sha256!,
        supplier: null,
        source: null,
        publish: false,
        trigger: 'api',
      } as const
      const pins = { ...noPins, map: { price: 'D' } }
      const { importId, jobId } = await replay(intake, { ...request, pins })
      courier.wake(jobId)
      const held = await bench.ended(importId)
      expect(held).toMatchObject({
        status: 'held',
        analyzedBy: 'analyzer',
        fetchedAt: first.fetchedAt,
        report: { changes: { priceDown: 10 }, falls: expect.any(Array) },
      })
      courier.wake(await approve(intake, importId))
      await until(async () => (await bench.get(importId)).status === 'completed')
      const next = await bench.ended(await bench.take(`${twoPrices}A-99;Article 99;7.00;6.00\n`))
      expect(next.changes).toMatchObject({ new: 1, changed: 0 })
    }, 120_000)
  })
}
