import { describe, expect, test } from 'bun:test'
import { ingestList, itemsOf, pricesOf } from '../helpers/acme.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson, type TryJson } from '../helpers/lists.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

// What a person corrects is one flag, is stored with the source, and wins next time.

for (const engine of engines) {
  describe(engine, () => {
    test('--header-row says where the header is, also for the next list, until --header-row auto', async () => {
      await using program = await openProgram(engine)
      // The first row names columns as well as the second, and better.
      const list = (price: string) =>
        csvOf(
          ['SKU', 'Name', 'Price EUR', 'Price'],
          ['Code', 'Ware', 'alt', 'Preis EUR'],
          ['A-1', 'Hammer', '9.50', price],
        )
      const read = await ingestList(program, list('12.50'), '--header-row', '2', '--no-hold')
      expect(read.json.decision!.tables[0]).toMatchObject({ header_rows: [1] })
      expect(await pricesOf(program)).toEqual({ 'A-1': '12.50' })
      const next = await ingestList(program, list('13.50'), '--no-hold')
      expect(next.json.decision!.tables[0]).toMatchObject({ header_rows: [1] })
      expect(await pricesOf(program)).toEqual({ 'A-1': '13.50' })
      const auto = await ingestList(program, list('13.50'), '--header-row', 'auto', '--dry-run')
      expect(auto.json.decision!.tables[0]!.header_rows).not.toEqual([1])
    })

    test('--decimal decides what the column cannot, and is not contradicted by it', async () => {
      await using program = await openProgram(engine)
      const list = (price: string) =>
        csvOf(['SKU', 'Name', 'Price KWD'], ['A-1', 'Hammer', price], ['A-2', 'Saw', '2.500'])
      const pinned = await ingestList(program, list('1.250'), '--decimal', 'dot')
      expect(pinned.json).toMatchObject({ status: 'completed' })
      expect(await pricesOf(program)).toEqual({ 'A-1': '1.25', 'A-2': '2.50' })
      await ingestList(program, list('1.500'))
      expect(await pricesOf(program)).toEqual({ 'A-1': '1.50', 'A-2': '2.50' })
    })

    test('--decimal stands whatever later rows prove, also when the list is loaded again', async () => {
      await using program = await openProgram(engine)
      const list = (last: string) =>
        csvOf(
          ['SKU', 'Name', 'Price EUR'],
          ...Array.from({ length: 1200 }, (_, n) => [`A-${n}`, `Article ${n}`, n < 1100 ? '1.234' : '2,5']),
          ['B-1', 'Last', last],
        )
      await ingestList(program, list('3,5'), '--decimal', 'dot')
      expect((await itemsOf(program, '--sku', 'A-7'))[0]!.price).toBe('1.234')
      const again = await ingestList(program, list('3,6'))
      expect(again.json).toMatchObject({ status: 'completed', changes: { changed: 1 } })
    })

    test('--format holds for the next lists, refuses what is of another, and auto takes it back', async () => {
      await using program = await openProgram(engine)
      const workbook = (price: number) =>
        makeWorkbook([
          {
            name: 'Prices',
            rows: [
              ['SKU', 'Name', 'Price EUR'],
              ['A-1', 'Saw', price],
            ],
          },
        ])
      await ingestList(program, await workbook(1.5), '--format', 'XLSX')
      const path = await program.write('list.csv', 'SKU;Name;Price EUR\nA-1;Saw;1.60\n')
      const ingest = ['ingest', path, '--supplier', 'Acme', '--json']
      const refused = await program.run(...ingest)
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('lists are said to be xlsx')])
      expect(await itemsOf(program)).toMatchObject([{ price: '1.50' }])
      expect((await program.run(...ingest, '--format', 'auto')).code).toBe(0)
      expect(await itemsOf(program)).toMatchObject([{ price: '1.60' }])
    })

    test('--encoding and --delimiter hold for the next list', async () => {
      await using program = await openProgram(engine)
      const list = (price: string) => Buffer.from(`SKU|Name|Price EUR\nA-1|Caf\u00e9|${price}\n`, 'latin1')
      await ingestList(program, list('1.50'), '--encoding', 'windows-1252', '--delimiter', '|')
      const next = await ingestList(program, list('1.60'))
      expect(next.json.decision).toMatchObject({ encoding: 'windows-1252', delimiter: '|' })
      expect(await itemsOf(program)).toMatchObject([{ name: 'Caf\u00e9', price: '1.60' }])
      const sources = await program.rows<{ reading: unknown }>('select reading from sources')
      const stored = sources[0]!.reading
      expect(typeof stored === 'string' ? JSON.parse(stored) : stored).toMatchObject({ delimiter: '|' })
    })

    test('--sheet takes only the sheets that it names; the items of the others stay', async () => {
      await using program = await openProgram(engine)
      const sheet = (name: string, sku: string) => ({
        name,
        rows: [
          ['SKU', 'Name', 'Price EUR'],
          [sku, 'Saw', 1.5],
        ],
      })
      const workbook = makeWorkbook([sheet('Nord', 'N-1'), sheet('S\u00fcd', 'S-1'), sheet('Alt', 'A-1')])
      const path = await program.write('list.xlsx', workbook)
      const ingest = (...options: string[]) =>
        program.json<ImportJson>('ingest', path, '--supplier', 'Acme', '--full', ...options)
      await ingest('--scope', 'sheet')
      const two = await ingest('--sheet', 's\u00fcd', '--sheet', '1')
      expect(two.json).toMatchObject({
        status: 'completed',
        changes: { gone: 0 },
        ignored: { not_a_list: 2 },
      })
      expect(two.json.counts.accepted + two.json.counts.unchanged).toBe(2)
      // The source remembers it.
      const again = await ingest('--force')
      expect(again.json.ignored).toMatchObject({ not_a_list: 2 })
      const gone = await ingest('--sheet', 'West')
      expect(gone).toMatchObject({ code: 1, json: { status: 'failed', error: { code: 'unknown_sheet' } } })
      expect(gone.json.error!.message).toContain('"Nord", "S\u00fcd", "Alt"')
      const all = await ingest('--sheet', 'auto')
      expect(all.json.counts.accepted + all.json.counts.unchanged).toBe(3)
    })

    test('--map FIELD= forgets what was pinned, FIELD=none says that the list has no such field', async () => {
      await using program = await openProgram(engine)
      const list = csvOf(['SKU', 'Ref', 'Name', 'Price EUR'], ['A-1', 'R-1', 'Hammer', '1.50'])
      await ingestList(program, list, '--map', 'sku=Ref')
      expect(await itemsOf(program)).toMatchObject([{ sku: 'R-1' }])
      const none = await ingestList(program, list, '--map', 'sku=none', '--dry-run')
      expect(none.json.decision!.tables[0]!.mapping.sku).toBeUndefined()
      const auto = await ingestList(program, list, '--map', 'sku=', '--dry-run')
      expect(auto.json.decision!.tables[0]!.mapping.sku!.header).toBe('SKU')
    })
  })
}

test('a list without a header is taken as one when a person says so', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    csvOf(['A-1', 'Hammer', '1.50'], ['A-2', 'Saw, large', '2.50']),
  )
  const pins = ['--header-row', 'none', '--map', 'sku=A,name=B,price=C', '--currency', 'EUR']
  const { json } = await program.json<TryJson>('try', path, ...pins)
  expect(json).toMatchObject({ verdict: 'price-list', reasons: [], counts: { accepted: 2 } })
})

test('two header rows are joined, and what stands above them is title', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    csvOf(
      ['Prices 2026'],
      ['Code', 'Ware', 'Price', ''],
      ['', '', 'retail', 'trade EUR'],
      ['A-1', 'Hammer', '2.50', '1.50'],
    ),
  )
  const { json } = await program.json<TryJson>(
    'try',
    path,
    '--header-row',
    '2-3',
    '--map',
    'price="Price trade EUR"',
  )
  expect(json.tables[0]).toMatchObject({
    header_rows: [1, 2],
    mapping: { price: { header: 'Price trade EUR' } },
  })
  expect(json.items).toMatchObject([{ sku: 'A-1', price: '1.50' }])
})

test('a header row that is blank or beyond the list is said, not guessed around', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', csvOf(['SKU', 'Name', 'Price EUR'], ['A-1', 'Hammer', '1.50']))
  const { json, err } = await program.json<TryJson>('try', path, '--header-row', '9')
  expect(json.verdict).toBe('not-a-price-list')
  expect(err).toContain('Row 9 was named as the header')
})

test('flags that cannot be understood say how they are written', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', 'SKU;Name;Price EUR\nA1;Saw;1.50\n')
  for (const [flag, value, said] of [
    ['--header-row', '9-2', '--header-row takes a row such as 7'],
    ['--header-row', '2000', 'within the first 1000'],
    ['--decimal', 'point', '--decimal must be dot or comma or auto'],
    ['--sheet', ' ', '--sheet takes the names or numbers of sheets'],
    ['--encoding', 'klingon', 'klingon'],
    ['--format', 'docx', '--format takes one of csv, xlsx'],
  ] as const) {
    const { code, err } = await program.run('try', path, flag, value)
    expect([code, err]).toEqual([2, expect.stringContaining(said)])
  }
})
