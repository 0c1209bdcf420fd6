import { describe, expect, test } from 'bun:test'
import { noReport } from '../../src/imports/model.ts'
import { type Import, type ImportChange, importStore } from '../../src/imports/store.ts'
import { type Bench, openBench, plainOptions, sha256OfNothing } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'

const inTx = <Result>({ db }: Bench, work: (store: ReturnType<typeof importStore>) => Promise<Result>) =>
  db.tx(({ query }) => work(importStore({ query, tables: db.tables })))

const change = (bench: Bench, id: string, values: ImportChange) =>
  inTx(bench, (store) => store.change(id, values))

for (const engine of engines) {
  describe(engine, () => {
    test('an import begins pending and empty, with what it was asked to do', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme', 'mail')
      const { importId, now } = await bench.begin(source, { isFull: true })
      expect(await importStore(bench.db).get(importId)).toEqual({
        id: importId,
        runId: expect.any(String),
        ...source,
        supplier: 'Acme',
        source: 'mail',
        status: 'pending',
        fileName: 'list.csv',
        sha256: sha256OfNothing,
        origin: null,
        rowsSha256: null,
        analyzedBy: null,
        fallbackReason: null,
        options: plainOptions(true),
        readingKey: 'key',
        decision: null,
        scopes: [],
        counts: { read: 0, accepted: 0, priced: 0, unchanged: 0, rejected: 0, ignored: 0 },
        ignored: {},
        changes: { new: 0, changed: 0, priceUp: 0, priceDown: 0, gone: 0, returned: 0 },
        report: null,
        holdReasons: [],
        error: null,
        supplierRevision: null,
        sameAsImportId: null,
        correctsImportId: null,
        correctedBy: [],
        fetchedAt: now,
        createdAt: now,
        publishedAt: null,
        finishedAt: null,
      } satisfies Import)
    })

    test('what is changed comes back, and what is not named stays', async () => {
      await using bench = await openBench(engine)
      const { importId, now } = await bench.begin(await bench.source('Acme'))
      const before = await importStore(bench.db).get(importId)
      const values = {
        status: 'held' as const,
        scopes: ['Nord "1"', ''],
        counts: { read: 10, accepted: 5, priced: 4, unchanged: 2, rejected: 2, ignored: 1 },
        ignored: { header: 1 },
        changes: { new: 3, changed: 2, priceUp: 1, priceDown: 1, gone: 9, returned: 0 },
        report: { ...noReport, itemsBefore: 12 },
        holdReasons: [{ code: 'items_missing' as const, message: 'Säge 😀' }],
        origin: { url: 'https://x/', contentType: null, etag: '"é"', lastModified: null, sizeBytes: 3 },
        rowsSha256: sha256OfNothing,
        analyzedBy: 'remote' as const,
        fallbackReason: 'it did not answer',
        error: { code: 'x', message: 'y' },
        supplierRevision: 7,
        sameAsImportId: 'other',
        publishedAt: now,
        finishedAt: now,
      }
      await change(bench, importId, values)
      expect(await importStore(bench.db).get(importId)).toEqual({ ...before, ...values })
      await change(bench, importId, { error: null, finishedAt: null })
      expect(await importStore(bench.db).get(importId)).toEqual({
        ...before,
        ...values,
        error: null,
        finishedAt: null,
      })
    })

    test('imports are listed newest first, a page at a time, of one supplier or of all', async () => {
      await using bench = await openBench(engine)
      const [acme, bolt] = [await bench.source('Acme'), await bench.source('Bolt')]
      const ids: string[] = []
      for (const source of [acme, bolt, acme, acme]) ids.push((await bench.begin(source)).importId)
      const store = importStore(bench.db)
      const list = async (options: Parameters<typeof store.list>[0]) =>
        (await store.list(options)).map(({ id }) => ids.indexOf(id))
      expect(await list({ limit: 10 })).toEqual([3, 2, 1, 0])
      expect(await list({ limit: 2 })).toEqual([3, 2])
      expect(await list({ limit: 2, before: ids[2]! })).toEqual([1, 0])
      expect(await list({ limit: 2, before: ids[3]!, supplierId: acme.supplierId })).toEqual([2, 0])
      expect(await list({ limit: 2, before: ids[0]! })).toEqual([])
      expect(await rejection(store.get('nobody'))).toMatchObject({
        name: 'NotFoundError',
        code: 'unknown_import',
      })
    })

    test("a source's last published import, and its last that says something, are two things", async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const store = importStore(bench.db)
      expect(await store.lastPublished(source.sourceId)).toBe(null)
      expect(await store.lastOfSource(source.sourceId)).toBe(null)
      const ids: string[] = []
      const statuses = ['completed', 'partial_success', 'failed', 'running', 'pending', 'unchanged'] as const
      for (const status of statuses) {
        const { importId, now } = await bench.begin(source)
        await change(bench, importId, { status, publishedAt: now })
        ids.push(importId)
      }
      const other = await bench.begin(await bench.source('Acme', 'other'))
      await change(bench, other.importId, { status: 'completed', publishedAt: other.now })
      expect((await store.lastPublished(source.sourceId))?.id).toBe(ids[1]!)
      expect((await store.lastOfSource(source.sourceId))?.id).toBe(ids[4]!)
    })

    test('the parse log is read in pages and by severity', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const { importId } = await bench.publish(source, { items: [], rejectedKeys: ['A', 'B', 'C'] })
      const store = importStore(bench.db)
      const log = await store.log(importId, { limit: 10 })
      expect(log).toHaveLength(3)
      expect(log[0]).toEqual({
        severity: 'error',
        errorType: 'ValidationError',
        code: 'missing_price',
        message: 'Row 2 has no price.',
        sheet: null,
        row: 1,
        column: 2,
        raw: null,
        rowData: ['?'],
        correctedBy: null,
      })
      expect(await store.log(importId, { limit: 2, offset: 2 })).toHaveLength(1)
      expect(await store.log(importId, { limit: 9, severities: ['note', 'ignored'] })).toEqual([])
      expect(await store.log(importId, { limit: 9, severities: ['error'] })).toHaveLength(3)
      expect(await store.log('nobody', { limit: 9 })).toEqual([])
    })
  })
}
