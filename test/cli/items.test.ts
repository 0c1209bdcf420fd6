import { describe, expect, test } from 'bun:test'
import type { ExitCode } from '../../src/cli/command.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ErrorJson, type ItemsJson, priceList } from '../helpers/lists.ts'

async function skus(program: TestProgram, ...options: string[]): Promise<(string | null)[]> {
  const { json } = await program.json<ItemsJson>('items', ...options)
  return json.items.map(({ sku }) => sku)
}

for (const engine of engines) {
  describe(engine, () => {
    test('pages follow each other without gap or repetition, over the suppliers too', async () => {
      await using program = await openProgram(engine)
      for (const supplier of ['Acme', 'Brandt'])
        await program.run('ingest', await program.write('list.csv', priceList(7)), '--supplier', supplier)
      const found: string[] = []
      let cursor: string | null = null
      let pages = 0
      do {
        const from: string[] = cursor === null ? [] : ['--cursor', cursor]
        const { json } = await program.json<ItemsJson>('items', '--limit', '5', ...from)
        found.push(...json.items.map(({ supplier, sku }) => `${supplier} ${sku}`))
        cursor = json.next_cursor
        pages++
      } while (cursor !== null)
      expect(pages).toBe(3)
      expect(new Set(found).size).toBe(14)
      expect(found).toHaveLength(14)
      const { out } = await program.run('items', '--limit', '5')
      expect(out).toMatch(/More: --cursor \S+\n$/)
      expect(await skus(program, '--limit', '14')).toHaveLength(14)
    })

    test('are found by supplier, SKU, text and characteristic', async () => {
      await using program = await openProgram(engine)
      const list = csvOf(
        ['SKU', 'Name', 'Price EUR', 'Farbe', "Baujahr d'origine", 'EAN'],
        ['A-1', 'Kugelhahn 1/2" ÄÖÜ', '12.50', 'rot', '1999', '4006381333931'],
        ['A_2', 'Kugelhahn 100 %', '8.00', 'blau', '2000', '4006381333948'],
        ['A-3', 'Säge_groß', '9.00', 'rot', '2000', ''],
      )
      await program.run('ingest', await program.write('list.csv', list), '--supplier', 'Acme', '--no-hold')
      await program.run('ingest', await program.write('list.csv', priceList(2)), '--supplier', 'Brandt')
      const cases: [string[], (string | null)[]][] = [
        [
          ['--supplier', ' acme '],
          ['A-1', 'A-3', 'A_2'],
        ],
        [['--sku', 'A-1', '--supplier', 'Brandt'], ['A-1']],
        [
          ['--search', 'kugelHAHN'],
          ['A-1', 'A_2'],
        ],
        [['--search', 'äöü'], ['A-1']],
        [['--search', 'SÄGE'], ['A-3']],
        [['--search', '100 %'], ['A_2']],
        [['--search', 'a_2 100'], ['A_2']],
        [['--contains', 'a_'], ['A_2']],
        [['--contains', '%'], ['A_2']],
        [['--search', "'; drop table suppliers; --"], []],
        [
          ['--where', 'Farbe=rot'],
          ['A-1', 'A-3'],
        ],
        [['--where', 'Farbe=rot', '--where', "Baujahr d'origine=2000"], ['A-3']],
        [['--where', 'ean=4006381333931'], ['A-1']],
        [['--where', 'Farbe=grün'], []],
      ]
      for (const [options, expected] of cases)
        expect([options, await skus(program, ...options)]).toEqual([options, expected])
    })

    test('a supplier, cursor or condition that makes no sense is said so', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate', 'up')
      const cases: [string[], ExitCode, string][] = [
        [['--supplier', 'Nobody'], 1, 'unknown_supplier'],
        [['--cursor', 'nope'], 1, 'invalid_cursor'],
        [['--where', 'Farbe'], 2, 'usage'],
        [['--limit', '0'], 2, 'usage'],
        [['--limit', '1001'], 2, 'usage'],
      ]
      for (const [options, code, error] of cases) {
        const outcome = await program.json<ErrorJson>('items', ...options)
        expect([options, outcome.code, outcome.json.error.code]).toEqual([options, code, error])
      }
      expect(await skus(program)).toEqual([])
    })
  })
}

test('a database without a schema is not filled by a command that only reads', async () => {
  await using program = await openProgram('sqlite')
  for (const command of [['items'], ['imports'], ['history', 'A-1']]) {
    const { code, err } = await program.run(...command)
    expect([code, err]).toEqual([1, expect.stringContaining('run "tallyman migrate up"')])
  }
})

test('where nothing is found it says so', async () => {
  await using program = await openProgram('sqlite')
  await program.run('migrate', 'up')
  expect(await program.run('items', '--search', 'valve')).toMatchObject({ code: 0, out: 'No items.\n' })
})
