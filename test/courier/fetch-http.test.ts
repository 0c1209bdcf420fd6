import { describe, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { trigger } from '../../src/courier/trigger.ts'
import { importStore } from '../../src/imports/store.ts'
import { newId } from '../../src/lib/id.ts'
import type { SourceKind } from '../../src/sources/model.ts'
import { noPins, pinnedSettings } from '../../src/sources/pins.ts'
import { keptConfig } from '../../src/sources/secrets.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { supplierStore } from '../../src/suppliers/store.ts'
import { engines } from '../helpers/engines.ts'
import { openGoogleStandIn } from '../helpers/google-stand-in.ts'
import { answerKnown, openListServer } from '../helpers/list-server.ts'
import { priceList } from '../helpers/lists.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { testKey } from '../helpers/sealer.ts'
import { openTestService, type TestService } from '../helpers/service.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

interface Fixture extends AsyncDisposable {
  bench: TestService
  /** Makes a source of Acme, its secrets sealed. @returns its id */
  add(kind: SourceKind, config: object): Promise<string>
  change(source: string, pins: Partial<typeof noPins>): Promise<void>
  /** Has one source fetched. @returns its import, once that has ended */
  fetched(source: string, cause?: { force: true }): ReturnType<TestService['ended']>
}

async function open(engine: (typeof engines)[number], env: Record<string, string> = {}): Promise<Fixture> {
  const bench = await openTestService(engine, {
    TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
    TALLYMAN_SECRET_KEY: testKey,
    ...env,
  })
  const { db, parts, courier } = bench.service
  const inTx = <Result>(work: (stores: Parameters<typeof sourceStore>[0]) => Promise<Result>) =>
    db.tx(({ query }) => work({ query, tables: db.tables }))
  return {
    bench,
    add: (kind, config) =>
      inTx(async (stores) => {
        const now = new Date()
        const id = newId()
        const supplier = await supplierStore(stores).findOrAdd('Acme', now)
        await sourceStore(stores).add({
          ...keptConfig(parts.sealer, { id, kind, config: { ...config } }),
          id,
          supplierId: supplier.id,
          name: 'daily',
          kind,
          schedule: null,
          timeZone: null,
          retryDelaysMs: null,
          listMode: 'full',
          currency: null,
          now,
        })
        return id
      }),
    change: (source, pins) =>
      inTx(async (stores) => {
        const found = (await sourceStore(stores).get(source))!
        await sourceStore(stores).change(source, pinnedSettings(found, { ...noPins, ...pins }))
      }),
    async fetched(source, cause) {
      const { started } = await db.tx((tx) =>
        trigger(tx, parts, { sources: [source], trigger: 'api', now: new Date(), ...cause }),
      )
      courier.wake(started[0]!.jobId)
      return bench.ended(started[0]!.importId)
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a list on the web is fetched, kept, read and published; while it is the same it is neither sent nor read', async () => {
      await using fixture = await open(engine)
      const { bench } = fixture
      let list = { body: priceList(3), etag: '"one"' }
      await using server = await openListServer((response, request) => answerKnown(response, request, list))
      const url = `${server.url}/acme.csv`
      const source = await fixture.add('http', { url, token: 'SECRET-TOKEN' })
      const first = await fixture.fetched(source)
      expect(first).toMatchObject({
        status: 'completed',
        fileName: 'acme.csv',
        changes: { new: 3 },
        origin: { url, etag: '"one"', sizeBytes: null },
        error: null,
      })
      expect(server.requests[0]!.headers).toMatchObject({ authorization: 'Bearer SECRET-TOKEN' })
      const kept = rawPath(bench.service.parts.archive, first.sha256!)
      expect(await Bun.file(kept).text()).toBe(list.body)

      const same = await fixture.fetched(source)
      expect(same).toMatchObject({ status: 'unchanged', sameAsImportId: first.id, sha256: first.sha256 })
      expect(server.requests[1]!.headers).toMatchObject({ 'if-none-match': '"one"' })

      // Read in another way: the bytes that are kept are read again, without having been sent again.
      await fixture.change(source, { currency: 'GBP' })
      expect(await fixture.fetched(source)).toMatchObject({
        status: 'completed',
        sha256: first.sha256,
        options: { table: { currency: 'GBP' } },
      })
      expect(server.requests[2]!.headers).toMatchObject({ 'if-none-match': '"one"' })

      list = { body: priceList(2), etag: '"two"' }
      expect(await fixture.fetched(source)).toMatchObject({ status: 'completed', changes: { gone: 1 } })

      const sent = server.requests.length
      expect(await fixture.fetched(source, { force: true })).toMatchObject({
        status: 'completed',
        sameAsImportId: null,
      })
      expect(server.requests.slice(sent).map(({ headers }) => headers['if-none-match'])).toEqual([undefined])

      // Bytes that are gone are fetched in any case.
      await rm(rawPath(bench.service.parts.archive, (await bench.get(same.id)).sha256!), { force: true })
      const last = (await fixture.fetched(source)).sha256!
      await rm(rawPath(bench.service.parts.archive, last))
      expect(await fixture.fetched(source)).toMatchObject({ sha256: last })
      expect(server.requests.at(-1)!.headers).not.toHaveProperty('if-none-match')
      const rows = await bench.program.rows('select * from imports')
      expect(JSON.stringify([rows, bench.events])).not.toContain('SECRET-TOKEN')
    }, 240_000)

    test('a list that comes after another one is newer, though the clock was put back an hour meanwhile', async () => {
      await using fixture = await open(engine)
      let list = { body: priceList(3), etag: '"one"' }
      await using server = await openListServer((response, request) => answerKnown(response, request, list))
      const source = await fixture.add('http', { url: `${server.url}/acme.csv` })
      const first = await fixture.fetched(source)
      const later = new Date(first.fetchedAt.getTime() + 3_600_000)
      const { db } = fixture.bench.service
      await db.tx(({ query }) =>
        importStore({ query, tables: db.tables }).change(first.id, { fetchedAt: later }),
      )

      list = { body: priceList(2), etag: '"two"' }
      const second = await fixture.fetched(source)
      expect(second).toMatchObject({ status: 'completed', changes: { gone: 1 } })
      expect(second.fetchedAt.getTime()).toBe(later.getTime() + 1)
      expect(await fixture.fetched(source)).toMatchObject({
        status: 'unchanged',
        sameAsImportId: second.id,
        fetchedAt: new Date(later.getTime() + 2),
      })
    }, 240_000)

    test('a login page in place of the list changes nothing, and says what is wrong', async () => {
      await using fixture = await open(engine)
      let page = priceList(3)
      await using server = await openListServer((response) => response.end(page))
      const source = await fixture.add('http', { url: `${server.url}/acme.csv`, password: 'SECRET-WORD' })
      expect(await fixture.fetched(source)).toMatchObject({ status: 'completed' })
      page = '<!DOCTYPE html><title>SECRET-WORD is wrong</title>'
      expect(await fixture.fetched(source)).toMatchObject({
        status: 'failed',
        sha256: null,
        error: { code: 'html_instead_of_list', message: expect.stringContaining('"*** is wrong"') },
      })
      const { rows } = fixture.bench.program
      expect(await rows('select count(*) as n from supplier_items where gone_at is null')).toEqual([{ n: 3 }])
      expect(await rows('select count(*) as n from raw_files')).toEqual([{ n: 1 }])
    }, 240_000)

    test('a sheet of Google is exported, read by its tabs, and unchanged as long as it is', async () => {
      await using google = await openGoogleStandIn()
      await using fixture = await open(engine, {
        TALLYMAN_GOOGLE_URL: google.url,
        TALLYMAN_GOOGLE_TOKEN_URL: google.tokenUrl,
      })
      const id = '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'
      const workbook = (price: number) =>
        makeWorkbook([
          {
            name: 'Prices',
            rows: [
              ['SKU', 'Name', 'Price EUR'],
              ['A-1', 'Zange', price],
            ],
          },
        ])
      const share = (price: number) =>
        google.sheets.set(id, { sharedWith: [google.account.email], workbook: workbook(price) })
      share(1.5)
      const source = await fixture.add('google-sheets', {
        spreadsheet: `https://docs.google.com/spreadsheets/d/${id}/edit`,
        key: google.account.key,
      })
      const first = await fixture.fetched(source)
      expect(first).toMatchObject({ status: 'completed', fileName: 'Preise.xlsx', changes: { new: 1 } })
      expect(await fixture.fetched(source)).toMatchObject({ status: 'unchanged', sameAsImportId: first.id })
      share(1.6)
      expect(await fixture.fetched(source)).toMatchObject({ status: 'completed', changes: { priceUp: 1 } })
      // The token was asked for once, and each export was one request.
      expect(google.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET'])
      google.deletedKeys.add(google.account.keyId)
      google.takeTokensBack()
      expect(await fixture.fetched(source)).toMatchObject({
        status: 'failed',
        error: { code: 'google_key_refused' },
      })
      const jobs = await fixture.bench.program.rows('select * from jobs')
      expect(JSON.stringify([jobs, fixture.bench.events])).not.toMatch(/PRIVATE KEY|ya29/)
    }, 240_000)
  })
}
