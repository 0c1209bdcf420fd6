import { describe, expect, test } from 'bun:test'
import { changeReport } from '../../src/analyzer/change-report.ts'
import { settleDuplicates } from '../../src/analyzer/staging/duplicates.ts'
import { type ChangeReport, noReport } from '../../src/imports/model.ts'
import { type Bench, type BenchSource, compare, openBench, type TestList } from '../helpers/bench.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { issueOf, itemRow, itemRows, tiered } from '../helpers/item-rows.ts'
import { priceList } from '../helpers/lists.ts'

const price = (sku: string, priceE4: number | null) => itemRow(sku, { priceE4 })

/** The report on a list that is compared with the catalog, and not published. */
async function reportOn(
  bench: Bench,
  source: BenchSource,
  { rejected = [], ...list }: TestList & { rejected?: Parameters<typeof issueOf>[0][] },
): Promise<ChangeReport> {
  const { importId } = await bench.begin(source)
  const staging = await bench.stage(importId, {
    ...list,
    sheets: [{ sheet: 'Preise', items: itemRows(...(list.items ?? [])) }],
  })
  try {
    return await staging.withSql(async (sql) => {
      for (const issue of rejected)
        await sql.run(
          `insert into ${staging.names.issues} (sheet, scope, severity, error_type, code, message, "row", col, raw)
           values ('Preise', '', $1, $2, $3, $4, $5, $6, $7)`,
          (({ severity, errorType, code, message, row, column, raw }) => [
            severity,
            errorType,
            code,
            message,
            row,
            column,
            raw,
          ])(issueOf(issue)),
        )
      await settleDuplicates(sql, staging, 'reject')
      const isFull = list.isFull ?? false
      const diff = await compare(sql, staging, { ...source, isFull, scopes: [''] })
      return changeReport(sql, staging, { diff, rejectedRows: rejected.length, isFull })
    })
  } finally {
    await staging.discard()
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('of a first list everything is new, and the first ten are named in the order of the list', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const items = Array.from({ length: 12 }, (_, n) =>
        price(`Z-${20 - n}`, n === 1 ? null : (n + 1) * 10_000),
      )
      const report = await reportOn(bench, source, { items })
      expect(report).toEqual({
        ...noReport,
        changes: { ...noReport.changes, new: 12 },
        newItems: expect.any(Array),
      })
      expect(report.newItems).toHaveLength(10)
      expect(report.newItems.slice(0, 2)).toEqual([
        { sku: 'Z-20', name: 'Article Z-20', priceE4: 10_000, currency: 'EUR' },
        { sku: 'Z-19', name: 'Article Z-19', priceE4: null, currency: 'EUR' },
      ])
    })

    test('prices are counted by how far they moved, and the largest moves are named', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const skus = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J']
      await bench.publish(source, {
        items: [...skus.map((sku) => price(sku, 100_0000)), price('free', 0), price('asked', null)],
      })
      const moved = [
        price('A', 100_0001),
        price('B', 104_9999),
        price('C', 105_0000),
        price('D', 119_9999),
        price('E', 120_0000),
        price('F', 150_0000),
        price('G', 99_9999),
        price('H', 80_0000),
        price('I', 0),
        price('J', 100_0000),
        price('free', 1),
        // From "on request" there is no move.
        price('asked', 5_0000),
      ]
      const { prices, rises, falls, changes, itemsBefore, unchanged } = await reportOn(bench, source, {
        items: moved,
      })
      expect(changes).toMatchObject({ changed: 11, priceUp: 7, priceDown: 3 })
      expect({ itemsBefore, unchanged }).toEqual({ itemsBefore: 12, unchanged: 1 })
      expect(prices.steps).toEqual({
        down50: 1,
        down20: 1,
        down5: 0,
        down0: 1,
        up0: 2,
        up5: 2,
        up20: 1,
        up50: 2,
      })
      // −100, −20, −0.0001, +0.0001, +4.9999, +5, +19.9999, +20, +50 %, and from nothing.
      expect(prices.medianBp).toBe(499)
      expect(rises.map(({ sku }) => sku)).toEqual(['F', 'E', 'D', 'C', 'B', 'A'])
      expect(rises[0]).toEqual({
        sku: 'F',
        name: 'Article F',
        oldE4: 100_0000,
        newE4: 150_0000,
        currency: 'EUR',
      })
      expect(falls.map(({ sku, newE4 }) => [sku, newE4])).toEqual([
        ['I', 0],
        ['H', 80_0000],
        ['G', 99_9999],
      ])
    })

    test('no more than ten moves are named, and the farthest of a great many are', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const skus = Array.from({ length: 30 }, (_, n) => String(n))
      await bench.publish(source, { items: skus.map((sku) => price(sku, 100_0000)) })
      const { rises, falls } = await reportOn(bench, source, {
        items: skus.map((sku, n) => price(sku, n < 15 ? 101_0000 + n * 1_0000 : 99_0000 - n * 1_0000)),
      })
      expect(rises.map(({ sku }) => Number(sku))).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5])
      expect(falls.map(({ sku }) => Number(sku))).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20])
    })

    test('a price of any size, and one in another currency, is told rightly', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const most = Number.MAX_SAFE_INTEGER
      await bench.publish(source, { items: [price('A', most), price('B', 1), price('C', 10_0000)] })
      const { prices, rises, falls } = await reportOn(bench, source, {
        items: [price('A', 1), price('B', most), itemRow('C', { priceE4: 11_0000, currency: 'USD' })],
      })
      expect(prices).toMatchObject({ medianBp: -10_000, ofOtherKind: 1 })
      expect(prices.steps).toMatchObject({ down50: 1, up50: 1, up5: 0 })
      expect(rises).toMatchObject([{ oldE4: 1, newE4: most }])
      expect(falls).toMatchObject([{ oldE4: most, newE4: 1 }])
    })

    test('gone items are named with their last prices, as shares of what the source had listed', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, {
        items: itemRows(price('A', 1_0000), price('B', null), price('C', 3_0000)),
        isFull: true,
      })
      const report = await reportOn(bench, source, { items: [price('C', 3_0000)], isFull: true })
      expect(report).toMatchObject({ itemsBefore: 3, unchanged: 1, changes: { gone: 2 } })
      expect(report.goneItems).toEqual([
        { sku: 'A', name: 'Article A', priceE4: 1_0000, currency: 'EUR' },
        { sku: 'B', name: 'Article B', priceE4: null, currency: 'EUR' },
      ])
    })

    test('what changed besides prices is counted by field, of items that are back again too', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const before = itemRows(...['A', 'B', 'C', 'D', 'E'].map((sku) => itemRow(sku, tiered({}))))
      await bench.publish(source, { items: before, isFull: true })
      await bench.publish(source, { items: before.slice(0, 4), isFull: true })
      const { fields } = await reportOn(bench, source, {
        items: [
          itemRow('A', { ...tiered({}), name: 'Other', priceE4: 11_0000 }),
          itemRow('B', { ...tiered({}), name: 'Other', unit: 'kg', category: 'Saws', brand: 'Bosch' }),
          itemRow('C', { ...tiered({ price_e4: 8_0000 }), characteristics: '{"Farbe":"rot"}' }),
          itemRow('D', {
            ...tiered({}),
            currency: 'USD',
            validFrom: '2026-01-01',
            priceQuantityE4: 100_0000,
          }),
          itemRow('E', { ...tiered({}), validTo: '2027-01-01' }),
          itemRow('F'),
        ],
      })
      expect(fields).toEqual({
        name: 2,
        currency: 1,
        price_quantity: 1,
        unit: 1,
        category: 1,
        brand: 1,
        valid_from: 1,
        valid_to: 1,
        characteristics: 1,
        tiers: 1,
      })
    })

    test('rejected rows are counted by code, the most first, each with the first of the list', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const { rejected, rejectedRows } = await reportOn(bench, source, {
        items: [price('A', 1)],
        rejected: [
          { code: 'missing_name', row: 3 },
          { code: 'missing_price', row: 9, raw: 'later' },
          { code: 'missing_price', row: 4, raw: '??', message: 'Row 5 has no price.' },
          { code: 'footnote', severity: 'note', row: 1 },
        ],
      })
      expect(rejectedRows).toBe(4)
      expect(rejected).toEqual([
        {
          code: 'missing_price',
          count: 2,
          example: { message: 'Row 5 has no price.', sheet: 'Preise', row: 4, column: 2, raw: '??' },
        },
        { code: 'missing_name', count: 1, example: expect.objectContaining({ row: 3 }) },
      ])
    })

    test('a list that changes nothing has an empty report', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [price('A', 1)] })
      expect(await reportOn(bench, source, { items: [price('A', 1)] })).toEqual({
        ...noReport,
        itemsBefore: 1,
        unchanged: 1,
      })
    })

    test('a report is the same whether rows were recognised or read', async () => {
      const reports: unknown[] = []
      for (const options of [[], ['--force']]) {
        await using program = await openProgram(engine)
        const ingest = async (list: string, ...more: string[]) => {
          const path = await program.write('list.csv', list)
          const argv = ['ingest', path, '--supplier', 'Acme', '--full', '--no-hold', ...more]
          return (await program.json<{ report: { counts: unknown } }>(...argv)).json.report
        }
        const faulty = (n: number) => (n === 7 ? { price: '?' } : {})
        await ingest(priceList(300, faulty))
        const report = await ingest(
          priceList(301, (n) => (n === 9 ? null : n < 3 ? { price: `${n + 11}.00` } : faulty(n))),
          ...options,
        )
        expect(report.counts).toMatchObject({ new: 1, changed: 3, gone: 1, unchanged: 295, rejected_rows: 1 })
        reports.push(report)
      }
      expect(reports[1]).toEqual(reports[0])
    }, 60_000)
  })
}
