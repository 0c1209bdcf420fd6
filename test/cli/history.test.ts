import { describe, expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ErrorJson, type ImportJson, type ItemsJson } from '../helpers/lists.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('shows every price, newest first, with the file, the cell and the text it came from', async () => {
      await using program = await openProgram(engine)
      const first = await program.json<ImportJson>(
        'ingest',
        await program.write('october.csv', csvOf(['SKU', 'Name', 'Preis €'], ['A-1', 'Hammer', '1.012,50'])),
        '--supplier',
        'Acme',
      )
      const rows = [['Prices'], ['SKU', 'Name', 'Unit', 'Price EUR'], ['A-1', 'Hammer', null, 1013.75]]
      const second = await program.json<ImportJson>(
        'ingest',
        await program.write('november.xlsx', makeWorkbook([{ name: 'Tools', rows }])),
        '--supplier',
        'Acme',
      )
      const { code, json } = await program.json<ItemsJson>('history', 'A-1')
      expect(code).toBe(0)
      expect(json.items).toHaveLength(1)
      expect(json.items[0]).toMatchObject({ sku: 'A-1', price: '1013.75', currency: 'EUR' })
      expect(json.items[0]!.history).toMatchObject([
        {
          price: '1013.75',
          import_id: second.json.id,
          file_name: 'november.xlsx',
          sheet: 'Tools',
          row: 2,
          column: 3,
          raw: '1013.75',
        },
        {
          price: '1012.50',
          import_id: first.json.id,
          file_name: 'october.csv',
          sheet: null,
          row: 1,
          column: 2,
          raw: '1.012,50',
        },
      ])
      const { out } = await program.run('history', json.items[0]!.id)
      expect(out).toStartWith('Acme  A-1  Hammer\n')
      expect(out).toMatch(/2026-11-22 08:31 +1013\.75 +EUR +november\.xlsx +Tools!D3 +1013\.75\n/)
      expect(out).toMatch(/2026-11-22 08:30 +1012\.50 +EUR +october\.csv +C2 +1\.012,50\n/)
      const latest = await program.json<ItemsJson>('history', 'A-1', '--limit', '1')
      expect(latest.json.items[0]!.history.map(({ price }) => price)).toEqual(['1013.75'])
    })

    test('a SKU that several suppliers use shows each of them; a price on request is shown as such', async () => {
      await using program = await openProgram(engine)
      const path = await program.write(
        'list.csv',
        csvOf(['SKU', 'Name', 'Price EUR'], ['7', 'Saw', 'on request'], ['8', 'Axe', '9.00']),
      )
      for (const supplier of ['Acme', 'Brandt']) await program.run('ingest', path, '--supplier', supplier)
      const { out } = await program.run('history', '7')
      expect(out.match(/on request/g)).toHaveLength(4)
      expect(out).toContain('Brandt  7  Saw')
    })

    test('an item that is not there is said so', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate', 'up')
      for (const item of ['A-1', '12', '999999999999999999999', "'", '__proto__']) {
        const { code, json } = await program.json<ErrorJson>('history', item)
        expect([item, code, json.error.code]).toEqual([item, 1, 'unknown_item'])
        expect(json.error.message).toContain(`"${item}"`)
      }
    })
  })
}
