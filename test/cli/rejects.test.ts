import { describe, expect, test } from 'bun:test'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { textEncoding } from '../../src/analyzer/formats/text/text-encoder.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { type ImportJson as AnyImport, csvOf, type ItemsJson } from '../helpers/lists.ts'
import { readSheets } from '../helpers/read-sheets.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

interface ImportJson extends AnyImport {
  source: string
  source_id: string
  corrects_import_id: string | null
  corrected_by: string[]
}

/** A list of which four rows cannot be taken: a price, a name, a price, and a SKU that is there twice. */
const list = [
  'Acme Ltd;;;',
  'Prices 2026;;;',
  'SKU;Name;Price;Note',
  ';Pumps;;',
  '001;Pump A;12,50;x',
  '002;Pump B;?;=1+1',
  '003;;7,10;-5',
  ';Valves;;',
  '004;"Valve; ""big""";abc;',
  '005;Valve C;9,99;',
  '006;Valve D;8,10;a',
  '006;Valve E;8,20;b',
  '',
].join('\n')

async function ingest(program: TestProgram, file: string, ...argv: string[]): Promise<ImportJson> {
  const { json } = await program.json<ImportJson>(
    'ingest',
    file,
    '--supplier',
    'Acme',
    '--currency',
    'EUR',
    ...argv,
  )
  return json
}

/** The rejected rows of an import as text. */
async function fetched(program: TestProgram, id: string, format = 'csv', isGone = false): Promise<Buffer> {
  const file = `out-${Math.random()}.${format}`
  const { code, err } = await program.run('rejects', id, '--out', file)
  expect(code).toBe(0)
  if (!isGone) expect(err).toBe('')
  else expect(err).toContain('the raw file is no longer kept')
  return readFile(join(program.folder, file))
}

async function prices(program: TestProgram): Promise<Record<string, string | null>> {
  const { json } = await program.json<ItemsJson>('items', '--limit', '200', '--gone')
  return Object.fromEntries(
    json.items.map(({ sku, name, price, gone_at }) => [sku ?? name, gone_at === null ? price : 'gone']),
  )
}

const shown = (program: TestProgram, id: string) =>
  program.json<ImportJson>('imports', 'show', id).then(({ json }) => json)

for (const engine of engines) {
  describe(engine, () => {
    test('rejected rows come back in the layout of the list, and corrected they complete the catalog', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, await program.write('list.csv', list), '--full', '--no-hold')
      expect(first.counts).toMatchObject({ read: 12, accepted: 3, rejected: 4 })

      const out = (await fetched(program, first.id)).toString()
      const mark = `Tallyman: reason (import ${first.id})`
      const lines = out.replace('\ufeff', '').split('\n')
      expect(lines.slice(0, 3)).toEqual([
        'Acme Ltd;;;',
        'Prices 2026;;;',
        `SKU;Name;Price;Note;${mark};Tallyman: row;Tallyman: section`,
      ])
      expect(lines[3]).toStartWith(
        `002;Pump B;?;'=1+1;"Column ""Price"", row 6 holds ""?"", which is no price`,
      )
      expect(lines[3]).toEndWith(';6;Pumps')
      expect(lines[4]).toStartWith('003;;7,10;-5;"Column ""Name"", row 7 has no name; enter one";7')
      expect(lines.slice(5).map((line) => line.slice(0, 28))).toEqual([
        '004;"Valve; ""big""";abc;;"C',
        '006;Valve E;8,20;b;"Row 12 h',
        '',
      ])

      const fixed = out
        .replace('Pump B;?', 'Pump B;5,55')
        .replace('003;;', '003;Pump C;')
        .replace(';abc;', ';1.234,50;')
        .replace('006;Valve E', '007;Valve E')
      // Neither --full nor what the source is called counts: the file says what it is.
      const second = await ingest(
        program,
        await program.write('fixed.csv', fixed),
        '--full',
        '--source',
        'other',
      )
      expect(second).toMatchObject({ status: 'completed', list_mode: 'partial', source_id: first.source_id })
      expect(second.counts).toMatchObject({ read: 7, accepted: 4, rejected: 0 })
      expect(second.changes).toEqual({ new: 4, changed: 0, price_up: 0, price_down: 0, gone: 0, returned: 0 })
      expect(await prices(program)).toEqual({
        '001': '12.50',
        '002': '5.55',
        '003': '7.10',
        '004': '1234.50',
        '005': '9.99',
        '006': '8.10',
        '007': '8.20',
      })
      const { json } = await program.json<{
        items: { sku: string; category: string; characteristics: object }[]
      }>('items')
      expect(json.items.find(({ sku }) => sku === '002')).toMatchObject({
        category: 'Pumps',
        characteristics: { description: '=1+1' },
      })
      expect(json.items.find(({ sku }) => sku === '004')).toMatchObject({
        name: 'Valve; "big"',
        category: 'Valves',
      })
      expect(await shown(program, first.id)).toMatchObject({
        corrected_by: [second.id],
        corrects_import_id: null,
      })
      expect(await shown(program, second.id)).toMatchObject({
        corrected_by: [],
        corrects_import_id: first.id,
      })
      const none = await program.run('rejects', first.id)
      expect([none.code, none.err]).toEqual([
        1,
        `tallyman: Import ${first.id} has no rejected rows; what was rejected is corrected.\n`,
      ])
      expect(await program.leftovers()).toEqual([])
    })

    test('rows that are still wrong are rejected again, and can be fetched and corrected again', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, await program.write('list.csv', list), '--no-hold')
      const out = (await fetched(program, first.id)).toString()
      // One is corrected; the reason of another is gone, and what was said twice is still said twice.
      const half = out.replace('Pump B;?', 'Pump B;5,55').replace(/"Column ""Name"".*?";7;/, ';7;')
      const second = await ingest(program, await program.write('half.csv', half))
      expect(second.counts).toMatchObject({ accepted: 1, rejected: 3 })
      expect(second.status).toBe('partial_success')
      expect(await prices(program)).toMatchObject({ '002': '5.55', '006': '8.10' })

      const rest = (await fetched(program, first.id)).toString()
      expect(rest).not.toContain('Pump B')
      const again = (await fetched(program, second.id)).toString()
      for (const text of [rest, again]) {
        // Whichever import is asked: they are rows of the first list.
        expect(text).toContain(`(import ${first.id})`)
        expect([...text.matchAll(/;(\d+);\w+$/gm)].map(([, row]) => row)).toEqual(['7', '9', '12'])
      }
      const third = await ingest(
        program,
        await program.write('more.csv', again.replace('003;;', '003;Pump C;')),
      )
      expect(third).toMatchObject({ corrects_import_id: first.id, counts: { accepted: 1, rejected: 2 } })
      expect(await shown(program, first.id)).toMatchObject({ corrected_by: [second.id, third.id] })
      const left = (await fetched(program, second.id)).toString()
      expect([...left.matchAll(/;(\d+);\w+$/gm)].map(([, row]) => row)).toEqual(['9', '12'])
    })

    test('a workbook comes back as one, with texts as texts and numbers as numbers', async () => {
      await using program = await openProgram(engine)
      const workbook = makeWorkbook([
        { name: 'Info', rows: [['Valid from November']] },
        {
          name: 'Прайс',
          rows: [
            ['Price list'],
            ['SKU', 'Name', 'Price EUR', 'Packs'],
            ['0001', 'Bolt', 1.25, 10],
            ['0002', '', 2.5, 20],
            ['0003', 'Nut', '=1+1', 30],
            ['0004', 'Washer', 0.05, 40],
          ],
        },
      ])
      const first = await ingest(program, await program.write('list.xlsx', workbook), '--no-hold')
      const { sheets } = await readSheets(await fetched(program, first.id, 'xlsx'))
      const mark = `Tallyman: reason (import ${first.id}, table 2)`
      expect(sheets.map(({ name }) => name)).toEqual(['Прайс'])
      expect(sheets[0]!.rows).toEqual([
        [0, ['Price list']],
        [1, ['SKU', 'Name', 'Price EUR', 'Packs', mark, 'Tallyman: row']],
        [2, ['0002', '', 2.5, 20, expect.stringContaining('has no name'), 4]],
        [3, ['0003', 'Nut', '=1+1', 30, expect.stringContaining('is no price'), 5]],
      ])

      // A spreadsheet saves it as text, with other delimiters, and it still says what it is.
      const cells = sheets[0]!.rows.map(([, row]) =>
        row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`),
      )
      const text = cells.map((row) => row.join('\t')).join('\r\n')
      const fixed = text.replace('"0002"\t""', '"0002"\t"Screw"').replace('=1+1', '3.75')
      const second = await ingest(
        program,
        await program.write('fixed.txt', textEncoding('utf-16le').encode(`\ufeff${fixed}`)),
      )
      expect(second).toMatchObject({ status: 'completed', changes: { new: 2, changed: 0 } })
      expect(await prices(program)).toEqual({
        '0001': '1.25',
        '0002': '2.50',
        '0003': '3.75',
        '0004': '0.05',
      })
    })

    test('a list goes out in its own encoding, delimiter and line ends, and as a workbook where one is wanted', async () => {
      await using program = await openProgram(engine)
      const text = 'Артикул;Наименование;Цена, руб.\r\n1;Насос;12,50\r\n2;Кран;?\r\n3;Труба;9,99\r\n'
      const bytes = textEncoding('windows-1251').encode(text)
      const first = await ingest(program, await program.write('list.csv', bytes), '--no-hold')
      const out = new TextDecoder('windows-1251').decode(await fetched(program, first.id))
      expect(out).toStartWith('Артикул;Наименование;Цена, руб.;Tallyman: reason')
      expect(out.split('\r\n')[1]).toStartWith('2;Кран;?;')
      expect(out.endsWith(';3\r\n')).toBe(true)

      const { sheets } = await readSheets(await fetched(program, first.id, 'xlsx'))
      expect(sheets[0]!.rows[1]![1].slice(0, 3)).toEqual(['2', 'Кран', '?'])

      // One word says nothing about the encoding; the list that it is from does.
      const fixed = textEncoding('windows-1251').encode(out.replace('?;', '15,00;'))
      const second = await ingest(program, await program.write('fixed.csv', fixed))
      expect(second).toMatchObject({ status: 'completed', changes: { new: 1 } })
      const { json } = await program.json<ItemsJson>('items', '--sku', '2')
      expect(json.items[0]).toMatchObject({ name: 'Кран', price: '15.00' })
    })

    test('what a newer list has is not overwritten, and what it rejected as well is corrected', async () => {
      await using program = await openProgram(engine)
      const others = Array.from({ length: 8 }, (_, n) => [`D-${n}`, `Dowel ${n}`, `4.0${n}`])
      const rows = (a: string, b: string, c: string | null) =>
        csvOf(
          ['SKU', 'Name', 'Price EUR'],
          ['A-1', 'Ax', a],
          ['B-1', 'Bit', b],
          ...(c === null ? [] : [['C-1', 'Cog', c]]),
          ...others,
        )
      await ingest(program, await program.write('1.csv', rows('1.00', '2.00', '3.00')), '--full', '--no-hold')
      const monday = await ingest(
        program,
        await program.write('2.csv', rows('?', '?', '?')),
        '--full',
        '--no-hold',
      )
      // The same price as ever, the same fault as before, and no longer listed.
      const tuesday = await ingest(
        program,
        await program.write('3.csv', rows('1.00', '?', null)),
        '--full',
        '--no-hold',
      )
      expect(tuesday.changes).toMatchObject({ gone: 1, changed: 0 })
      const out = (await fetched(program, monday.id)).toString()
      const fixed = out.replaceAll(';?;', ';9.00;')
      const dry = await program.json<ImportJson>(
        'ingest',
        await program.write('fixed.csv', fixed),
        '--supplier',
        'Acme',
        '--dry-run',
      )
      const late = await ingest(program, 'fixed.csv', '--no-hold')
      expect(dry.json.counts).toEqual(late.counts)
      expect(late.counts).toMatchObject({ accepted: 1, rejected: 0 })
      expect(late.ignored).toMatchObject({ superseded: 2 })
      expect(await prices(program)).toMatchObject({
        'A-1': '1.00',
        'B-1': '9.00',
        'C-1': 'gone',
        'D-0': '4.00',
      })
      const log = await program.run('imports', 'show', late.id, '--all')
      expect(log.out).toContain(`Row 2 is older than import ${tuesday.id}`)
      expect(log.out).toContain('Row 4 is no longer sold')
      expect((await program.run('rejects', monday.id)).code).toBe(1)
    })

    test('a file of corrections that cannot be one is refused', async () => {
      await using program = await openProgram(engine)
      const first = await ingest(program, await program.write('list.csv', list), '--no-hold')
      const out = (await fetched(program, first.id)).toString()
      const before = await program.catalog()
      const refused = async (text: string, supplier = 'Acme') => {
        const { code, err } = await program.run(
          'ingest',
          await program.write('x.csv', text),
          '--supplier',
          supplier,
        )
        expect(code).toBe(1)
        return err
      }
      expect(await refused(out, 'Bolt')).toContain('corrected rows of list.csv from Acme')
      const unknown = '01a20360-ea87-725a-8659-3d7332e5a26a'
      expect(await refused(out.replaceAll(first.id, unknown))).toContain(
        `of import ${unknown}, and there is no such`,
      )
      // Somebody has taken a column out: every cell behind it would be read as something else.
      const shifted = out.replace(/^([^;]*);[^;]*;/gm, '$1;')
      expect(await refused(shifted)).toContain(
        'Column B was "Name" when the rows were rejected and is "Price" now',
      )
      expect(await refused(out)).toContain('None of the 4 rows could be taken')
      expect(await program.catalog()).toEqual(before)
      const tried = await program.run('try', 'x.csv')
      expect(tried.err).toContain('hand them in with "tallyman ingest"')
    })

    test('tables that follow each other on a sheet, and sheets beside each other, each get their rows back', async () => {
      await using program = await openProgram(engine)
      const rows = (prefix: string, fault: string) =>
        Array.from({ length: 6 }, (_, n) => [
          `${prefix}-${n}`,
          `Article ${prefix} ${n}`,
          n === 3 ? fault : `${n + 1}.50`,
        ])
      const workbook = makeWorkbook([
        { name: 'One', rows: [['SKU', 'Name', 'Price EUR'], ...rows('A', '?')] },
        {
          name: 'Two',
          rows: [['Spare parts'], ['Article no.', 'Description', 'Unit price EUR'], ...rows('B', 'see p. 4')],
        },
      ])
      const first = await ingest(program, await program.write('list.xlsx', workbook), '--no-hold')
      expect(first.counts).toMatchObject({ accepted: 10, rejected: 2 })
      for (const format of ['csv', 'xlsx']) {
        const { sheets } = await readSheets(await fetched(program, first.id, format))
        const marks = sheets.flatMap(({ rows: all }) =>
          all.flatMap(([, cells]) => cells.filter((cell) => String(cell).startsWith('Tallyman: reason'))),
        )
        expect(marks).toEqual([1, 2].map((n) => `Tallyman: reason (import ${first.id}, table ${n})`))
      }
      const fixed = (await fetched(program, first.id))
        .toString()
        .replace('?,', '9.25,')
        .replace('see p. 4,', '9.75,')
      const second = await ingest(program, await program.write('fixed.csv', fixed))
      expect(second).toMatchObject({ status: 'completed', counts: { accepted: 2, rejected: 0 } })
      expect(await prices(program)).toMatchObject({ 'A-3': '9.25', 'B-3': '9.75' })
      expect((await program.run('rejects', first.id)).code).toBe(1)
    })

    test('a list of another kind comes back as a workbook, and a list that is no longer kept from the log', async () => {
      await using program = await openProgram(engine)
      const articles = Array.from({ length: 6 }, (_, n) => ({
        sku: `00${n}`,
        name: `Article ${n}`,
        price: n === 4 ? 'ask' : n + 0.5,
        currency: 'EUR',
      }))
      const first = await ingest(
        program,
        await program.write('list.json', JSON.stringify(articles)),
        '--no-hold',
      )
      const out = await fetched(program, first.id, 'xlsx')
      const { sheets, format } = await readSheets(out)
      expect(format).toBe('xlsx')
      expect(sheets[0]!.rows.map(([, cells]) => cells.slice(0, 4))).toEqual([
        ['sku', 'name', 'price', 'currency'],
        ['004', 'Article 4', 'ask', 'EUR'],
      ])
      await rm(join(program.dataFolder, 'raw'), { recursive: true })
      const text = (await fetched(program, first.id, 'csv', true)).toString()
      expect(text.split('\r\n')[1]).toStartWith('004,Article 4,ask,EUR,')
      const second = await ingest(program, await program.write('fixed.csv', text.replace('ask,', '4.5,')))
      expect(second).toMatchObject({ status: 'completed', changes: { new: 1 } })
      expect(await prices(program)).toMatchObject({ '004': '4.50' })
    })

    test('a row that a delimiter had split is corrected by joining its cells', async () => {
      await using program = await openProgram(engine)
      const rows = Array.from({ length: 8 }, (_, n) => `A-${n},Article ${n},${n + 1}.50\n`).join('')
      const first = await ingest(
        program,
        await program.write('list.csv', `SKU,Name,Price EUR\n${rows}B-1,Vice,1,234.50\nB-2,Bolt, M8,2.50\n`),
        '--no-hold',
      )
      expect(first.counts.rejected).toBe(2)
      const out = (await fetched(program, first.id)).toString()
      const fixed = out.replace('1,234.50,', '"1,234.50",').replace('Bolt, M8,', '"Bolt, M8",')
      expect(fixed).not.toBe(out)
      const second = await ingest(program, await program.write('fixed.csv', fixed))
      expect(second).toMatchObject({ status: 'completed', changes: { new: 2 } })
      expect(await prices(program)).toMatchObject({ 'B-1': '1234.50', 'B-2': '2.50' })
    })

    test('prices that were typed otherwise than the list writes them do not change what the others mean', async () => {
      await using program = await openProgram(engine)
      const rows = Array.from({ length: 8 }, (_, n) => `A-${n};Article ${n};${n + 1},50\n`).join('')
      const first = await ingest(
        program,
        await program.write('list.csv', `SKU;Name;Price EUR\n${rows}B-1;;1.234\nB-2;Bolt;?\n`),
        '--no-hold',
      )
      const out = (await fetched(program, first.id)).toString()
      const second = await ingest(
        program,
        await program.write('fixed.csv', out.replace('B-1;;', 'B-1;Vice;').replace('?;', '2,5;')),
      )
      expect(await prices(program)).toMatchObject({ 'B-1': '1234.00', 'B-2': '2.50' })
      expect(second.counts.rejected).toBe(0)
      // Now one price says the opposite of what the list says.
      const third = await ingest(
        program,
        await program.write('list2.csv', `SKU;Name;Price EUR\n${rows}C-1;;1.234\nC-2;Bolt;?\n`),
        '--no-hold',
      )
      const other = (await fetched(program, third.id))
        .toString()
        .replace('C-1;;', 'C-1;Vice;')
        .replace('?;', '12.50;')
      const fourth = await ingest(program, await program.write('fixed2.csv', other))
      expect(fourth.counts).toMatchObject({ accepted: 1, rejected: 1 })
      expect(await prices(program)).toMatchObject({ 'C-2': '12.50' })
      expect(await prices(program)).not.toHaveProperty('C-1')
    })
  })
}
