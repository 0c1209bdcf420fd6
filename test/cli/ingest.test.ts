import { describe, expect, test } from 'bun:test'
import { filesWithHashes, openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import {
  csvOf,
  type ErrorJson,
  type ImportJson,
  type ItemJson,
  type ItemsJson,
  priceHeader,
  priceList,
} from '../helpers/lists.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'

/** Writes a list and brings it in for the supplier Acme. */
async function ingest(program: TestProgram, list: string | Uint8Array, ...options: string[]) {
  const path = await program.write('list.csv', list)
  return program.json<ImportJson>('ingest', path, '--supplier', 'Acme', ...options)
}

async function itemsOf(program: TestProgram, ...options: string[]): Promise<ItemJson[]> {
  return (await program.json<ItemsJson>('items', '--limit', '1000', ...options)).json.items
}

/** SKU → price of what is in the catalog. */
async function pricesOf(program: TestProgram, ...options: string[]): Promise<Record<string, string | null>> {
  return Object.fromEntries((await itemsOf(program, ...options)).map(({ sku, price }) => [sku, price]))
}

const workbookOf = (...rows: WorkbookCell[][]) => makeWorkbook([{ name: 'Prices', rows }])

for (const engine of engines) {
  describe(engine, () => {
    test('a CSV list goes in, and every row is counted once', async () => {
      await using program = await openProgram(engine)
      const list = csvOf(
        ['Acme price list'],
        [],
        ['SKU', 'Name', 'Price EUR', 'Unit', 'Colour'],
        ['Hand tools'],
        ['A-1', 'Hammer', '12.50', 'pcs', 'red'],
        ['A-2', 'Saw', 'on request', 'pcs', ''],
        ['A-3', 'Axe', '1,999.00', 'pcs', 'black'],
        ['A-4', 'Nail', 'cheap', 'pcs', ''],
        ['Total', '', '2011.50'],
      )
      const { code, json, err } = await ingest(program, list, '--limit', 'rejected-share=off')
      expect(json.counts).toEqual({ read: 9, accepted: 3, priced: 2, unchanged: 0, rejected: 1, ignored: 5 })
      expect(json.ignored).toEqual({ title: 1, blank: 1, header: 1, section: 1, total: 1 })
      expect(json).toMatchObject({ status: 'partial_success', changes: { new: 3, changed: 0, gone: 0 } })
      expect([code, err]).toEqual([3, ''])
      expect(await itemsOf(program)).toMatchObject([
        { sku: 'A-1', name: 'Hammer', price: '12.50', currency: 'EUR', unit: 'pcs', category: 'Hand tools' },
        { sku: 'A-2', name: 'Saw', price: null, currency: null },
        { sku: 'A-3', name: 'Axe', price: '1999.00', characteristics: { Colour: 'black' } },
      ])
    })

    test('a workbook goes in, and its binary numbers are exact prices', async () => {
      await using program = await openProgram(engine)
      const { code, json } = await ingest(
        program,
        workbookOf(priceHeader, ['A-1', 'Hammer', 12.5], [4006381333931, 'Saw', 8], ['007', 'Axe', 19.99]),
      )
      expect(json.counts).toEqual({ read: 4, accepted: 3, priced: 3, unchanged: 0, rejected: 0, ignored: 1 })
      expect([code, json.status]).toEqual([0, 'completed'])
      expect(await pricesOf(program)).toEqual({ '007': '19.99', '4006381333931': '8.00', 'A-1': '12.50' })
    })

    test('the same file again is unchanged and touches nothing but the record of the import', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, priceList(20))
      const before = await program.catalog()
      const again = await ingest(program, priceList(20))
      expect(again).toMatchObject({
        code: 0,
        json: { status: 'unchanged', same_as_import_id: first.json.id, counts: { read: 0 } },
      })
      expect(await program.catalog()).toEqual(before)
      const text = await program.run('ingest', 'list.csv', '--supplier', ' ACME ')
      expect(text).toEqual({
        code: 0,
        out: 'list.csv from Acme is the same file as last time; nothing to do.\n',
        err: '',
      })
    })

    test('--force reads the same file again, finds every item unchanged and writes no item', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(20))
      const before = await program.catalog()
      const { code, json } = await ingest(program, priceList(20), '--force')
      expect(json.counts).toEqual({
        read: 21,
        accepted: 0,
        priced: 0,
        unchanged: 20,
        rejected: 0,
        ignored: 1,
      })
      expect([code, json.status]).toEqual([0, 'completed'])
      expect(await program.catalog()).toEqual(before)
    })

    test('a file of the same supplier is read again after another source has changed its items', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(5))
      await ingest(program, priceList(5, () => ({ price: '14.00' })), '--source', 'promotion', '--no-hold')
      const { json } = await ingest(program, priceList(5))
      expect(json).toMatchObject({ status: 'completed', changes: { changed: 4 } })
      expect((await pricesOf(program))['A-0']).toBe('10.00')
    })

    describe('what is pinned', () => {
      const twoPrices = (factor: number) =>
        csvOf(
          ['SKU', 'Name', 'List price EUR', 'Net price EUR'],
          ...[1, 2, 3].map((n) => [
            `A-${n}`,
            `Article ${n}`,
            `${n * 100 * factor}.00`,
            `${n * 40 * factor}.00`,
          ]),
        )
      const byColumn = async (program: TestProgram) => (await pricesOf(program))['A-1']

      test('a new --map reads the same file again, and holds for the next list until --map price=auto', async () => {
        await using program = await openProgram(engine)
        await ingest(program, twoPrices(1), '--map', 'price="List price EUR"')
        expect(await byColumn(program)).toBe('100.00')
        const mapped = await ingest(program, twoPrices(1), '--map', 'price=D', '--no-hold')
        expect(mapped.json).toMatchObject({ status: 'completed', counts: { accepted: 3 } })
        expect(await byColumn(program)).toBe('40.00')
        await ingest(program, twoPrices(1.1))
        expect(await byColumn(program)).toBe('44.00')
        const decided = await ingest(program, twoPrices(1.1), '--map', 'price=auto', '--dry-run')
        expect(decided.json.decision!.tables[0]!.mapping['price']!.confidence).toBeLessThan(1)
      })

      test('a new --currency reads the same file again and holds for the next list', async () => {
        await using program = await openProgram(engine)
        const bare = (price: string) => csvOf(['SKU', 'Name', 'Price'], ['A-1', 'Hammer', price])
        const held = await ingest(program, bare('12.50'))
        expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
        const stated = await ingest(program, bare('12.50'), '--currency', 'sek')
        expect(stated).toMatchObject({ code: 0, json: { status: 'completed' } })
        const next = await ingest(program, bare('13.50'))
        expect(next).toMatchObject({ code: 0, json: { status: 'completed' } })
        expect(await itemsOf(program)).toMatchObject([{ price: '13.50', currency: 'SEK' }])
      })

      test('is not remembered from an import that failed', async () => {
        await using program = await openProgram(engine)
        await ingest(program, twoPrices(1), '--map', 'price=C')
        const failed = await ingest(program, twoPrices(1.1), '--map', 'price=Nettopreis')
        expect(failed).toMatchObject({ code: 1, json: { status: 'failed', error: { code: 'unknown_column' } } })
        expect(failed.json.error!.message).toContain('"Nettopreis"')
        await ingest(program, twoPrices(1.2))
        expect(await byColumn(program)).toBe('120.00')
      })

      test('is not remembered from an import that was held and discarded, but from one that was approved', async () => {
        await using program = await openProgram(engine)
        await ingest(program, twoPrices(1), '--map', 'price=C')
        const held = await ingest(program, twoPrices(1.1), '--map', 'price=D')
        expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
        await program.json('imports', 'discard', held.json.id)
        await ingest(program, twoPrices(1.2))
        expect(await byColumn(program)).toBe('120.00')

        const again = await ingest(program, twoPrices(1.1), '--map', 'price=D')
        expect(again.json.status).toBe('held')
        const approved = await program.json<ImportJson>('imports', 'approve', again.json.id)
        expect(approved).toMatchObject({ code: 0, json: { status: 'completed' } })
        await ingest(program, twoPrices(1.3))
        expect(await byColumn(program)).toBe('52.00')
      })
    })

    test('only a full list marks what it no longer names as gone, and what comes back is back', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(10), '--full')
      const shorter = priceList(10, (n) => (n < 2 ? null : n === 2 ? { price: 'broken' } : {}))
      const partial = await ingest(program, shorter, '--limit', 'rejected-share=off')
      expect(partial.json).toMatchObject({ list_mode: 'partial', changes: { gone: 0 } })
      expect(await itemsOf(program)).toHaveLength(10)

      const full = await ingest(program, shorter, '--full')
      expect(full.json).toMatchObject({ status: 'partial_success', list_mode: 'full', changes: { gone: 2 } })
      expect((await itemsOf(program)).map(({ sku }) => sku)).not.toContain('A-0')
      const all = await itemsOf(program, '--gone')
      expect(all).toHaveLength(10)
      expect(all[0]).toMatchObject({ sku: 'A-0', gone_at: expect.any(String) })
      expect((await program.run('items', '--gone')).out).toContain('Article 0 (gone)')

      const back = await ingest(program, priceList(10), '--full')
      expect(back.json).toMatchObject({ status: 'completed', changes: { new: 0, returned: 2, gone: 0 } })
      expect(await itemsOf(program)).toHaveLength(10)
    })

    test('with --scope sheet a full list speaks only for the sheets that it has', async () => {
      await using program = await openProgram(engine)
      const sheet = (name: string, ...skus: string[]) => ({
        name,
        rows: [priceHeader, ...skus.map((sku) => [sku, `Article ${sku}`, 10])],
      })
      const both = makeWorkbook([sheet('Tools', 'T-1', 'T-2', 'T-3'), sheet('Paint', 'P-1', 'P-2')])
      await ingest(program, both, '--full', '--scope', 'sheet')
      const tools = makeWorkbook([sheet('Tools', 'T-1', 'T-2')])
      const { json } = await ingest(program, tools, '--full')
      expect(json).toMatchObject({ status: 'completed', changes: { gone: 1 } })
      expect(Object.keys(await pricesOf(program))).toEqual(['P-1', 'P-2', 'T-1', 'T-2'])
    })

    describe('--dry-run', () => {
      test('writes nothing at all and shows what the import then does', async () => {
        await using program = await openProgram(engine)
        await ingest(program, priceList(20), '--full')
        const next = priceList(21, (n) => {
          if (n === 3) return null
          return n === 4 ? { price: '15.00' } : n === 5 ? { name: 'Renamed' } : n === 6 ? { price: '?' } : {}
        })
        await program.write('list.csv', next)
        const [contents, files] = [await program.contents(), await filesWithHashes(program.dataFolder)]
        const dry = await program.json<ImportJson>(
          'ingest',
          'list.csv',
          '--supplier',
          'acme',
          '--full',
          '--dry-run',
        )
        expect(await program.contents()).toEqual(contents)
        expect(await filesWithHashes(program.dataFolder)).toEqual(files)

        const real = await ingest(program, next, '--full')
        expect(dry.json.changes).toEqual(real.json.changes)
        expect(dry.json.counts).toEqual(real.json.counts)
        expect(real.json.changes).toMatchObject({ new: 1, changed: 2, price_up: 1, gone: 1 })
        expect([dry.code, real.code]).toEqual([3, 3])
      })

      test('names why the import would be held', async () => {
        await using program = await openProgram(engine)
        await ingest(program, priceList(20), '--full')
        const { code, json, out } = await ingest(program, priceList(5), '--full', '--dry-run')
        expect([code, json.hold_reasons.map((reason) => reason.code)]).toEqual([3, ['items_missing']])
        expect(out).toContain('"dry_run":true')
        const text = await program.run('ingest', 'list.csv', '--supplier', 'Acme', '--full', '--dry-run')
        expect(text.out).toContain('It would be held:\n  Only 5 of the 20 items')
        expect(text.out).toContain('mark 15 gone')
      })

      test('of a supplier that is not known yet finds everything new, and the supplier stays unknown', async () => {
        await using program = await openProgram(engine)
        await program.run('migrate', 'up')
        const { code, json } = await ingest(program, priceList(5), '--dry-run')
        expect([code, json.changes.new]).toEqual([0, 5])
        expect(await program.rows('select * from suppliers')).toEqual([])
      })

      test('of a file that is no price list fails like the import', async () => {
        await using program = await openProgram(engine)
        await program.run('migrate', 'up')
        const { code, json, err } = await ingest(program, 'Dear Sir,\nplease find our list.\n', '--dry-run')
        expect([code, json.error!.code]).toEqual([1, 'not_a_price_list'])
        expect(err).toStartWith('tallyman: list.csv: This is not a price list.')
      })
    })

    describe('an import is held, and published where that limit is off or --no-hold is given,', () => {
      const unnamed = csvOf(...Array.from({ length: 20 }, (_, n) => [`B-${n}`, `Bolt M${n}`, `${n + 10}.00`]))
      const cases: { when: string; list: string; code: string; off: string[] | null }[] = [
        {
          when: 'a full list has under half of its items',
          list: priceList(9),
          code: 'items_missing',
          off: ['items-kept=off'],
        },
        {
          when: 'more than 30 % of the prices moved by more than 50 %',
          list: priceList(20, (n) => (n < 7 ? { price: `${(n + 10) * 2}.00` } : {})),
          code: 'prices_moved',
          off: ['moved-share=off'],
        },
        {
          when: 'more than 10 % of the rows were rejected',
          list: priceList(20, (n) => (n < 3 ? { price: 'broken' } : {})),
          code: 'rows_rejected',
          off: ['rejected-share=off'],
        },
        {
          when: 'the list does not say its currency',
          list: priceList(20).replace(' EUR', ''),
          code: 'currency_unknown',
          off: null,
        },
        { when: 'it is not sure which column is which', list: unnamed, code: 'low_confidence', off: null },
      ]
      for (const { when, list, code, off } of cases) {
        test(`when ${when}`, async () => {
          await using program = await openProgram(engine)
          await ingest(program, priceList(20), '--full')
          const before = await program.catalog()
          const held = await ingest(program, list, '--full')
          expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
          expect(held.json.hold_reasons.map((reason) => reason.code)).toContain(code)
          expect(await program.catalog()).toEqual(before)
          expect(await program.leftovers()).toEqual([])

          const text = await program.run('ingest', 'list.csv', '--supplier', 'Acme', '--full', '--force')
          expect(text.out).toContain('is held for approval; the catalog is as it was.')
          expect(text.out).toContain('tallyman imports approve ')
          const limits = (off ?? []).flatMap((limit) => ['--limit', limit])
          const options = off === null ? ['--no-hold'] : limits
          const published = await ingest(program, list, '--full', ...options)
          expect(['completed', 'partial_success']).toContain(published.json.status)
          expect(await program.catalog()).not.toEqual(before)
        })
      }

      test('and a limit that was moved is remembered', async () => {
        await using program = await openProgram(engine)
        await ingest(program, priceList(20), '--full', '--limit', 'rejected-share=50%')
        const { json } = await ingest(
          program,
          priceList(20, (n) => (n < 9 ? { price: '?' } : {})),
        )
        expect(json.status).toBe('partial_success')
        const held = await ingest(
          program,
          priceList(20, (n) => (n < 11 ? { price: '?' } : {})),
        )
        expect(held.json.status).toBe('held')
      })
    })

    test('a list without SKUs knows its items by name and unit', async () => {
      await using program = await openProgram(engine)
      const list = (price: string) =>
        csvOf(
          ['Name', 'Unit', 'Price EUR'],
          ['Hammer', 'pcs', price],
          ['Hammer', 'box', '90.00'],
          ['Saw', 'pcs', '8.00'],
        )
      const first = await ingest(program, list('12.50'))
      expect(first.json).toMatchObject({ status: 'completed', changes: { new: 3 } })
      const next = await ingest(program, list('13.00').replace('Hammer;pcs', ' hammer ;pcs'))
      expect(next.json.changes).toMatchObject({ new: 0, changed: 1, price_up: 1 })
      expect(await itemsOf(program, '--search', 'hammer')).toMatchObject([
        { sku: null },
        { sku: null },
      ])
      expect((await program.run('try', 'list.csv')).out).toContain(
        'The list has no SKUs: an item is known by its name and unit.',
      )
    })

    test('a repeated row is ignored, one that says something else is rejected and names both rows', async () => {
      await using program = await openProgram(engine)
      const list = priceList(30) + csvOf(['A-3', 'Article 3', '13.00'], ['A-4', 'Article 4', '99.00'])
      const { code, json } = await ingest(program, list)
      expect(json.counts).toEqual({
        read: 33,
        accepted: 30,
        priced: 30,
        unchanged: 0,
        rejected: 1,
        ignored: 2,
      })
      expect(json.ignored).toEqual({ header: 1, duplicate: 1 })
      expect(code).toBe(3)
      const shown = await program.json<{ log: { code: string; row: number; message: string }[] }>(
        'imports',
        'show',
        json.id,
      )
      expect(shown.json.log).toMatchObject([{ code: 'duplicate_sku', row: 32 }])
      expect(shown.json.log[0]!.message).toContain('Row 33 has the same SKU "A-4" as row 6')
      expect((await pricesOf(program))['A-4']).toBe('14.00')

      const last = await ingest(program, list, '--duplicates', 'last-wins')
      expect(last.json).toMatchObject({ status: 'completed', ignored: { header: 1, superseded: 1 } })
      expect((await pricesOf(program))['A-4']).toBe('99.00')
    })

    test('a price on request is an item without price, a blank one is rejected, none becomes zero', async () => {
      await using program = await openProgram(engine)
      const list = priceList(4, (n) => ({ price: ['on request', '', '0', '?'][n]! }))
      const { json } = await ingest(program, list, '--no-hold')
      expect(json.counts).toMatchObject({ accepted: 2, priced: 1, rejected: 2 })
      expect(await pricesOf(program)).toEqual({ 'A-0': null, 'A-2': '0.00' })
      const shown = await program.json<{ log: { code: string; row: number; raw: string }[] }>(
        'imports',
        'show',
        'last',
      )
      expect(shown.json.log.map((entry) => [entry.row, entry.code])).toEqual([
        [2, 'missing_price'],
        [4, 'unreadable_price'],
      ])
    })

    test('prices keep four decimals, more are rejected in text and rounded with a note in binary', async () => {
      await using program = await openProgram(engine)
      const text = await ingest(
        program,
        priceList(3, (n) => ({ price: ['0.1234', '0.12345', '5.5000000'][n]! })),
        '--no-hold',
      )
      expect(text.json.counts).toMatchObject({ accepted: 2, rejected: 1 })
      expect(await pricesOf(program)).toEqual({ 'A-0': '0.1234', 'A-2': '5.50' })

      const rows = workbookOf(priceHeader, ['X-1', 'Sum', 0.1 + 0.2], ['X-2', 'Third', 1 / 3], ['X-3', 'Half', 0.5])
      const binary = await ingest(program, rows)
      expect(binary).toMatchObject({ code: 0, json: { status: 'completed' } })
      expect(await pricesOf(program)).toMatchObject({ 'X-1': '0.30', 'X-2': '0.3333', 'X-3': '0.50' })
      const { json } = await program.json<{ log: { code: string; severity: string; row: number }[] }>(
        'imports',
        'show',
        'last',
      )
      expect(json.log).toMatchObject([
        { code: 'price_rounded', severity: 'note', row: 1 },
        { code: 'price_rounded', severity: 'note', row: 2 },
      ])
    })

    test('--decimals currency demands the decimals of the currency, from the next list on too', async () => {
      await using program = await openProgram(engine)
      const list = (price: string) =>
        csvOf(['SKU', 'Name', 'Price', 'Currency'], ['A-1', 'Yen', '100', 'JPY'], ['A-2', 'Euro', price, 'EUR'])
      const first = await ingest(program, list('1.255'), '--decimals', 'currency', '--no-hold')
      expect(first.json.counts).toMatchObject({ accepted: 1, rejected: 1 })
      const next = await ingest(program, list('1.256'), '--no-hold')
      expect(next.json.counts).toMatchObject({ unchanged: 1, rejected: 1 })
      const fine = await ingest(program, list('1.26'))
      expect(fine.json).toMatchObject({ status: 'completed', changes: { new: 1 } })
    })

    test('every row that is not blank is in the catalog or in the parse log, one by one', async () => {
      await using program = await openProgram(engine)
      const sheets = [1, 2].map((sheet) => ({
        name: `Sheet ${sheet}`,
        rows: [
          ['Catalogue of Acme'],
          priceHeader,
          ...Array.from({ length: 40 }, (_, n): WorkbookCell[] => {
            if (n % 20 === 0) return ['Section']
            if (n % 20 === 1) return priceHeader
            if (n % 20 === 2) return []
            if (n % 20 === 3) return [`S-${n}`, 'Missing price', null]
            return [`${n % 7 === 0 ? 'S' : `S${sheet}`}-${n}`, `Article ${n}`, n + sheet]
          }),
          ['Total', null, 500],
        ],
      }))
      const { json } = await ingest(program, makeWorkbook(sheets), '--no-hold')
      const taken = await program.rows<{ sheet: string; row: number }>('select sheet, "row" from price_history')
      const logged = await program.rows<{ sheet: string; row: number; severity: string }>(
        `select sheet, "row", severity from parsing_logs where severity <> 'note'`,
      )
      const keys = [...taken, ...logged].map(({ sheet, row }) => `${sheet} ${row}`)
      expect(new Set(keys).size).toBe(keys.length)
      const blank = json.ignored['blank'] ?? 0
      expect(keys).toHaveLength(json.counts.read - blank)
      expect(taken).toHaveLength(json.counts.accepted)
      expect(new Set(logged.filter(({ severity }) => severity === 'error').map(({ sheet, row }) => `${sheet} ${row}`)).size).toBe(
        json.counts.rejected,
      )
    })
  })
}

test('a line that is wrong ends with 2 before anything is opened', async () => {
  await using program = await openProgram('sqlite')
  const lines = [
    ['ingest', 'list.csv'],
    ['ingest', '--supplier', 'Acme'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--currency', 'EURO'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--map', 'price'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--map', 'prise=C'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--limit', 'rows=3%'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--limit', 'items-kept=many'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--limit', 'move=off'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--identity', 'nome'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--delimiter', ';;'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--decimals', '3'],
    ['ingest', 'list.csv', '--supplier', 'Acme', '--scope', 'store'],
  ]
  for (const line of lines) {
    const { code, json } = await program.json<ErrorJson>(...line)
    expect([line, code, json.error.code]).toEqual([line, 2, 'usage'])
  }
  expect(await filesWithHashes(program.folder)).toEqual({})
})

test('an import that fails says why on standard error, with --json too, and names its file', async () => {
  await using program = await openProgram('sqlite')
  await program.write('letter.csv', 'Dear Sir,\nplease find our list enclosed.\n')
  const why =
    'letter.csv: This is not a price list. No column holds prices. No column names articles. ' +
    'If it is one, name its columns with --map, such as --map name=A,price=C.'
  const text = await program.run('ingest', 'letter.csv', '--supplier', 'Acme')
  expect([text.code, text.err]).toEqual([1, `tallyman: ${why}\n`])
  expect(text.out).toStartWith('letter.csv from Acme failed; the catalog is as it was.\n')
  const json = await program.json<ImportJson>('ingest', 'letter.csv', '--supplier', 'Acme')
  expect([json.code, json.err]).toEqual([1, `tallyman: ${why}\n`])
  expect(json.json).toMatchObject({ status: 'failed', error: { code: 'not_a_price_list', message: why } })
})
