import { describe, expect, test } from 'bun:test'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson } from '../helpers/lists.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

interface HistoryJson {
  items: { history: { tier: string | null; price: string; tax: string | null }[] }[]
}

const taxesOf = async (program: TestProgram, sku: string) => {
  const { json } = await program.json<HistoryJson>('history', sku)
  return json.items[0]!.history.map(({ tier, price, tax }) => `${tier ?? 'price'} ${price} ${tax}`)
}

for (const engine of engines) {
  describe(engine, () => {
    test('history says of every price whether it is without VAT, where its list does', async () => {
      await using program = await openProgram(engine)
      const ingest = async (name: string, content: string | Uint8Array) => {
        const path = await program.write(name, content)
        return (await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', '--currency', 'EUR'))
          .json
      }
      const list = (price: string) =>
        csvOf(
          ['SKU', 'Name', 'Price excl. VAT', 'RRP incl. VAT', 'Dealer'],
          ['A-1', 'Saw', price, '12.00', '7.50'],
        )
      await ingest('list.csv', list('9.00'))
      const first = await taxesOf(program, 'A-1')
      expect(first[0]).toBe('price 9.00 net')
      // Prices of which nothing is said stay so.
      expect(first.slice(1).toSorted()).toEqual(['Dealer 7.50 null', 'RRP incl. VAT 12.00 gross'])
      await ingest('next.csv', list('9.50'))
      expect((await taxesOf(program, 'A-1'))[0]).toBe('price 9.50 net')
      const { out } = await program.run('history', 'A-1')
      expect(out).toMatch(/PRICE +VAT +UNIT/)
      expect(out).toMatch(/9\.50 +EUR +without /)
    })

    test('sheets of one list may say different things', async () => {
      await using program = await openProgram(engine)
      const sheet = (name: string, header: string, sku: string) => ({
        name,
        rows: [
          ['SKU', 'Name', header],
          [`${sku}-1`, `Article ${sku} 1`, 2.5],
          [`${sku}-2`, `Article ${sku} 2`, 3.5],
        ],
      })
      const book = makeWorkbook([
        sheet("Dealers' net", 'Price EUR excl. VAT', 'N'),
        sheet('Shop', 'Price EUR incl. VAT', 'G'),
        sheet('Other', 'Price EUR', 'O'),
      ])
      const path = await program.write('list.xlsx', book)
      const { json } = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme')
      expect(json.status).toBe('completed')
      const taxes = await Promise.all(['N-2', 'G-2', 'O-2'].map((sku) => taxesOf(program, sku)))
      expect(taxes).toEqual([['price 3.50 net'], ['price 3.50 gross'], ['price 3.50 null']])
    })
  })
}
