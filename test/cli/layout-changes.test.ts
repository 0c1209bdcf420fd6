import { describe, expect, test } from 'bun:test'
import { ingestList, itemsOf, pricesOf } from '../helpers/acme.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson } from '../helpers/lists.ts'

// A list whose columns are called otherwise, or stand elsewhere, is noticed: what is harmless is noted, what could
// price or identify articles wrongly waits for a person.

interface Change {
  kind: string
  field: string | null
  from: string | null
  to: string | null
  overlap: number | null
  doubt: string | null
}

const articles = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({
  sku: `A-${n}0${n}`,
  name: `Article number ${n}`,
  price: `${n * 10}.50`,
  list: `${n * 20}.90`,
  colour: ['red', 'blue', 'green', 'grey'][n % 4]!,
}))
type Article = (typeof articles)[number]

const listOf = (columns: [string, keyof Article | ((article: Article) => string)][], of = articles) =>
  csvOf(
    columns.map(([header]) => header),
    ...of.map((article) =>
      columns.map(([, value]) => (typeof value === 'function' ? value(article) : article[value])),
    ),
  )

const plain = listOf([
  ['Article no', 'sku'],
  ['Description', 'name'],
  ['Price EUR', 'price'],
  ['Colour', 'colour'],
])

async function next(program: TestProgram, list: string, ...options: string[]) {
  const { code, json } = await ingestList(program, list, ...options)
  const { layout_changes: changes } = json.decision as unknown as { layout_changes: Change[] }
  return { code, json, changes }
}

const doubts = (json: ImportJson) =>
  json.hold_reasons.filter(({ code }) => code === 'layout_changed').map(({ message }) => message)

for (const engine of engines) {
  describe(engine, () => {
    test('the same layout again says nothing, whatever its rows', async () => {
      await using program = await openProgram(engine)
      expect((await next(program, plain)).changes).toEqual([])
      const { json, changes } = await next(program, plain.replace('10.50', '11.50'))
      expect([json.status, changes]).toEqual(['completed', []])
    })

    test('renamed and moved columns, new ones and those that are gone are noted, with what proves them', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain)
      const { json, changes } = await next(
        program,
        listOf([
          ['Stock', () => '5'],
          ['Item code', 'sku'],
          ['Price EUR', 'price'],
          ['Product name', 'name'],
          ['Paint', 'colour'],
        ]),
      )
      expect(json).toMatchObject({ status: 'completed', changes: { new: 0 } })
      const change = (
        kind: string,
        field: string | null,
        from: string | null,
        to: string | null,
        overlap: number | null,
      ) => ({
        kind,
        field,
        from,
        to,
        overlap,
        doubt: null,
        sheet: null,
      })
      expect(changes).toEqual([
        change('renamed', 'sku', 'Article no', 'Item code', 1),
        change('renamed', 'name', 'Description', 'Product name', 1),
        change('added', 'stock', null, 'Stock', null),
        change('renamed', null, 'Colour', 'Paint', 1),
      ])
    })

    test('a SKU column that holds other codes waits for a person, who may approve it', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain)
      const list = listOf([
        ['Item code', ({ sku }) => `Z${sku.slice(2)}`],
        ['Description', 'name'],
        ['Price EUR', 'price'],
      ])
      const { code, json, changes } = await next(program, list)
      expect(changes[0]).toMatchObject({ kind: 'renamed', field: 'sku', to: 'Item code', overlap: 0 })
      expect(code).toBe(3)
      expect(doubts(json)).toHaveLength(1)
      expect(doubts(json)[0]).toContain('Column "Article no" held the SKU before')
      const approved = await program.json<ImportJson>('imports', 'approve', json.id)
      expect(approved.json.status).toBe('completed')
      // It is the layout from now on.
      expect((await next(program, list.replace('10.50', '11.50'))).json.status).toBe('completed')
    })

    test('another column of prices is never taken silently', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain)
      // The plain price is called otherwise now, and what was the list price is "Price EUR".
      const { json } = await next(
        program,
        listOf([
          ['Article no', 'sku'],
          ['Description', 'name'],
          ['Catalogue price EUR', 'list'],
        ]),
        '--limit',
        'moved-share=off',
      )
      expect(json.status).toBe('held')
      expect(doubts(json)).toEqual([
        'Column "Price EUR" held the price before; now column "Catalogue price EUR" is taken, but only 0 % of its ' +
          'prices are near the known ones. Approve it if that is right, or correct it with --map price=COLUMN (C is the ' +
          'one that was taken); another list needs a source of its own (--source).',
      ])
      expect(await pricesOf(program)).toMatchObject({ 'A-101': '10.50' })
    })

    test('a price under a new name is noted where its prices are near the known ones', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain.replace('Price EUR', 'Price EUR 10/2026'))
      const { json, changes } = await next(
        program,
        plain.replace('Price EUR', 'Price EUR 11/2026').replaceAll('.50', '.90'),
      )
      expect(json.status).toBe('completed')
      expect(changes).toMatchObject([
        {
          kind: 'renamed',
          field: 'price',
          from: 'Price EUR 10/2026',
          to: 'Price EUR 11/2026',
          overlap: 1,
          doubt: null,
        },
      ])
    })

    test('a price that was named by a letter is not read from what stands there now', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain, '--map', 'price=C')
      const { json } = await next(
        program,
        listOf([
          ['Article no', 'sku'],
          ['Description', 'name'],
          ['Weight', 'list'],
          ['Price EUR', 'price'],
        ]),
        '--limit',
        'moved-share=off',
        '--currency',
        'EUR',
      )
      expect(json.status).toBe('held')
      expect(doubts(json)[0]).toMatch(
        /now column "Weight" is taken, though that one is still there\. .*correct it with --map price=D;/,
      )
      expect(doubts(json)[0]).toContain('--map price=')
    })

    test('a pinned header that is gone: the message says what it could be called now', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain, '--map', 'sku="Article no"')
      const { json } = await ingestList(program, plain.replace('Article no', 'Part'))
      expect(json).toMatchObject({ status: 'failed', error: { code: 'unknown_column' } })
      expect(json.error!.message).toEndWith('Column "Part" (A) holds 100 % known SKUs: --map sku=A.')
      const done = await program.json<ImportJson>('imports', 'correct', json.id, '--map', 'sku=Part')
      expect(done.json.status).toBe('completed')
    })

    test('SKUs that are gone are missed, and the column that holds them now is proposed', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain)
      const without = listOf([
        ['Description', 'name'],
        ['Price EUR', 'price'],
        ['Category', 'sku'],
      ])
      const { json, changes } = await next(program, without)
      expect(json.status).toBe('held')
      expect(changes).toContainEqual(
        expect.objectContaining({
          kind: 'removed',
          field: 'sku',
          from: 'Article no',
          to: 'Category',
          overlap: 1,
        }),
      )
      expect(doubts(json)[0]).toContain('Column "Category" (C) holds 100 % known SKUs: --map sku=C.')
      // Whoever says that the list has none is believed.
      const said = await next(program, without, '--map', 'sku=none')
      expect(doubts(said.json)).toEqual([])
    })

    test('a list without header whose columns have moved is noticed by its values', async () => {
      await using program = await openProgram(engine)
      const bare = (columns: (keyof Article)[], of = articles) =>
        csvOf(...of.map((each) => columns.map((key) => each[key])))
      const said = ['--header-row', 'none', '--currency', 'EUR']
      await ingestList(program, bare(['sku', 'name', 'price']), ...said, '--map', 'sku=A,name=B,price=C')
      const wider = await next(program, bare(['sku', 'name', 'price', 'colour']))
      expect([wider.json.status, wider.changes]).toEqual(['completed', []])
      await next(program, bare(['sku', 'name', 'price']))
      const swapped = await next(
        program,
        bare(['sku', 'name', 'list', 'price']),
        '--limit',
        'moved-share=off',
      )
      expect(swapped.json.status).toBe('held')
      expect(doubts(swapped.json)).toEqual([
        'The list has other columns than before, and column "C" may not hold the price any more. Approve it if that ' +
          'is right, or correct it with --map price=COLUMN; another list needs a source of its own (--source).',
      ])
      const right = await next(
        program,
        bare(['sku', 'name', 'list', 'price']),
        '--map',
        'price=D',
        '--no-hold',
      )
      expect(right.changes).toMatchObject([{ kind: 'moved', field: 'price', from: 'C', to: 'D' }])
    })

    test('a dry run shows the same, and the card tells it in words', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, plain)
      const path = await program.write(
        'next.csv',
        plain.replace('Article no', 'Item code').replace('Colour', 'Paint'),
      )
      const { out } = await program.run('ingest', path, '--supplier', 'Acme', '--dry-run')
      expect(out).toContain(
        'Changed since this source\'s last list:\n    SKU: "Article no" is now "Item code" (100 % known)\n' +
          '    "Colour" is now "Paint" (100 % known)\n',
      )
      expect(await itemsOf(program)).toHaveLength(8)
    })
  })
}
