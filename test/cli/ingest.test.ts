import { describe, expect, test } from 'bun:test'
import { ingestList, itemsOf, pricesOf } from '../helpers/acme.ts'
import { filesWithHashes, openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ErrorJson, type ImportJson, priceHeader, priceList } from '../helpers/lists.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'

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
      const { code, json, err } = await ingestList(program, list, '--limit', 'rejected-share=off')
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
      const { code, json } = await ingestList(
        program,
        workbookOf(priceHeader, ['A-1', 'Hammer', 12.5], [4006381333931, 'Saw', 8], ['007', 'Axe', 19.99]),
      )
      expect(json.counts).toEqual({ read: 4, accepted: 3, priced: 3, unchanged: 0, rejected: 0, ignored: 1 })
      expect([code, json.status]).toEqual([0, 'completed'])
      expect(await pricesOf(program)).toEqual({ '007': '19.99', '4006381333931': '8.00', 'A-1': '12.50' })
    })

    test('the same file again is unchanged and touches nothing but the record of the import', async () => {
      await using program = await openProgram(engine)
      const first = await ingestList(program, priceList(20))
      const before = await program.catalog()
      const again = await ingestList(program, priceList(20))
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
      await ingestList(program, priceList(20))
      const before = await program.catalog()
      const { code, json } = await ingestList(program, priceList(20), '--force')
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
      await ingestList(program, priceList(5))
      await ingestList(
        program,
        priceList(5, () => ({ price: '14.00' })),
        '--source',
        'promotion',
        '--no-hold',
      )
      const { json } = await ingestList(program, priceList(5))
      expect(json).toMatchObject({ status: 'completed', changes: { changed: 4 } })
      expect((await pricesOf(program))['A-0']).toBe('10.00')
    })

    test('only a full list marks what it no longer names as gone, and what comes back is back', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, priceList(10), '--full')
      const shorter = priceList(10, (n) => (n < 2 ? null : n === 2 ? { price: 'broken' } : {}))
      const partial = await ingestList(program, shorter, '--limit', 'rejected-share=off')
      expect(partial.json).toMatchObject({ list_mode: 'partial', changes: { gone: 0 } })
      expect(await itemsOf(program)).toHaveLength(10)

      const full = await ingestList(program, shorter, '--full')
      expect(full.json).toMatchObject({ status: 'partial_success', list_mode: 'full', changes: { gone: 2 } })
      expect((await itemsOf(program)).map(({ sku }) => sku)).not.toContain('A-0')
      const all = await itemsOf(program, '--gone')
      expect(all).toHaveLength(10)
      expect(all[0]).toMatchObject({ sku: 'A-0', gone_at: expect.any(String) })
      expect((await program.run('items', '--gone')).out).toContain('Article 0 (gone)')

      const back = await ingestList(program, priceList(10), '--full')
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
      await ingestList(program, both, '--full', '--scope', 'sheet')
      const tools = makeWorkbook([sheet('Tools', 'T-1', 'T-2')])
      const { json } = await ingestList(program, tools, '--full')
      expect(json).toMatchObject({ status: 'completed', changes: { gone: 1 } })
      expect(Object.keys(await pricesOf(program))).toEqual(['P-1', 'P-2', 'T-1', 'T-2'])
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
      const first = await ingestList(program, list('12.50'))
      expect(first.json).toMatchObject({ status: 'completed', changes: { new: 3 } })
      const next = await ingestList(program, list('13.00').replace('Hammer;pcs', ' hammer ;pcs'))
      expect(next.json.changes).toMatchObject({ new: 0, changed: 1, price_up: 1 })
      expect(await itemsOf(program, '--search', 'hammer')).toMatchObject([{ sku: null }, { sku: null }])
      expect((await program.run('try', 'list.csv')).out).toContain(
        'The list has no SKUs: an item is known by its name and unit.',
      )
    })

    test('a repeated row is ignored, one that says something else is rejected and names both rows', async () => {
      await using program = await openProgram(engine)
      const list = priceList(30) + csvOf(['A-3', 'Article 3', '13.00'], ['A-4', 'Article 4', '99.00'])
      const { code, json } = await ingestList(program, list)
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

      const last = await ingestList(program, list, '--duplicates', 'last-wins')
      expect(last.json).toMatchObject({ status: 'completed', ignored: { header: 1, superseded: 1 } })
      expect((await pricesOf(program))['A-4']).toBe('99.00')
    })

    test('a price on request is an item without price, a blank one is rejected, none becomes zero', async () => {
      await using program = await openProgram(engine)
      const list = priceList(4, (n) => ({ price: ['on request', '', '0', '?'][n]! }))
      const { json } = await ingestList(program, list, '--no-hold')
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
      const text = await ingestList(
        program,
        priceList(3, (n) => ({ price: ['0.1234', '0.12345', '5.5000000'][n]! })),
        '--no-hold',
      )
      expect(text.json.counts).toMatchObject({ accepted: 2, rejected: 1 })
      expect(await pricesOf(program)).toEqual({ 'A-0': '0.1234', 'A-2': '5.50' })

      const rows = workbookOf(
        priceHeader,
        ['X-1', 'Sum', 0.1 + 0.2],
        ['X-2', 'Third', 1 / 3],
        ['X-3', 'Half', 0.5],
      )
      const binary = await ingestList(program, rows)
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
        csvOf(
          ['SKU', 'Name', 'Price', 'Currency'],
          ['A-1', 'Yen', '100', 'JPY'],
          ['A-2', 'Euro', price, 'EUR'],
        )
      const first = await ingestList(program, list('0.255'), '--decimals', 'currency', '--no-hold')
      expect(first.json.counts).toMatchObject({ accepted: 1, rejected: 1 })
      const next = await ingestList(program, list('0.256'), '--no-hold')
      expect(next.json.counts).toMatchObject({ unchanged: 1, rejected: 1 })
      const fine = await ingestList(program, list('0.26'))
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
      const { json } = await ingestList(program, makeWorkbook(sheets), '--no-hold')
      const taken = await program.rows<{ sheet: string; row: number }>(
        'select sheet, "row" from price_history',
      )
      const logged = await program.rows<{ sheet: string; row: number; severity: string }>(
        `select sheet, "row", severity from parsing_logs where severity <> 'note'`,
      )
      const keys = [...taken, ...logged].map(({ sheet, row }) => `${sheet} ${row}`)
      expect(new Set(keys).size).toBe(keys.length)
      const blank = json.ignored.blank ?? 0
      expect(keys).toHaveLength(json.counts.read - blank)
      expect(taken).toHaveLength(json.counts.accepted)
      expect(
        new Set(
          logged.filter(({ severity }) => severity === 'error').map(({ sheet, row }) => `${sheet} ${row}`),
        ).size,
      ).toBe(json.counts.rejected)
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
    'If it is one, say which column is which (--map name=A,price=C).'
  const text = await program.run('ingest', 'letter.csv', '--supplier', 'Acme')
  expect([text.code, text.err]).toEqual([
    1,
    expect.stringMatching(
      /^tallyman: .*\nPut it right: tallyman imports correct [0-9a-f-]{36}, with --map, .*\n$/,
    ),
  ])
  expect(text.err).toStartWith(`tallyman: ${why}\n`)
  expect(text.out).toStartWith('letter.csv from Acme failed; the catalog is as it was.\n')
  const json = await program.json<ImportJson>('ingest', 'letter.csv', '--supplier', 'Acme')
  expect([json.code, json.err]).toEqual([1, `tallyman: ${why}\n`])
  expect(json.json).toMatchObject({ status: 'failed', error: { code: 'not_a_price_list', message: why } })
})
