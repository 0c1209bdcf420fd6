import { describe, expect, test } from 'bun:test'
import { ingestList, itemsOf, pricesOf } from '../helpers/acme.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson } from '../helpers/lists.ts'

for (const engine of engines) {
  describe(engine, () => {
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
        await ingestList(program, twoPrices(1), '--map', 'price="List price EUR"')
        expect(await byColumn(program)).toBe('100.00')
        const mapped = await ingestList(program, twoPrices(1), '--map', 'price=D', '--no-hold')
        expect(mapped.json.decision!.tables[0]!.mapping.price).toMatchObject({ is_pinned: true })
        expect(mapped.json).toMatchObject({ status: 'completed', counts: { accepted: 3 } })
        expect(await byColumn(program)).toBe('40.00')
        await ingestList(program, twoPrices(1.1))
        expect(await byColumn(program)).toBe('44.00')
        const decided = await ingestList(program, twoPrices(1.1), '--map', 'price=auto', '--dry-run')
        const { price } = decided.json.decision!.tables[0]!.mapping
        expect(price!.is_pinned).toBe(false)
      })

      test('a new --currency reads the same file again and holds for the next list', async () => {
        await using program = await openProgram(engine)
        const bare = (price: string) => csvOf(['SKU', 'Name', 'Price'], ['A-1', 'Hammer', price])
        const held = await ingestList(program, bare('12.50'))
        expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
        const stated = await ingestList(program, bare('12.50'), '--currency', 'sek')
        expect(stated).toMatchObject({ code: 0, json: { status: 'completed' } })
        const next = await ingestList(program, bare('13.50'))
        expect(next).toMatchObject({ code: 0, json: { status: 'completed' } })
        expect(await itemsOf(program)).toMatchObject([{ price: '13.50', currency: 'SEK' }])
      })

      test('is not remembered from an import that failed', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, twoPrices(1), '--map', 'price=C')
        const failed = await ingestList(program, twoPrices(1.1), '--map', 'price=Nettopreis')
        expect(failed).toMatchObject({
          code: 1,
          json: { status: 'failed', error: { code: 'unknown_column' } },
        })
        expect(failed.json.error!.message).toContain('"Nettopreis"')
        await ingestList(program, twoPrices(1.2))
        expect(await byColumn(program)).toBe('120.00')
      })

      test('is not remembered from an import that was held and discarded, but from one that was approved', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, twoPrices(1), '--map', 'price=C')
        const held = await ingestList(program, twoPrices(1.1), '--map', 'price=D')
        expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
        await program.json('imports', 'discard', held.json.id)
        await ingestList(program, twoPrices(1.2))
        expect(await byColumn(program)).toBe('120.00')

        const again = await ingestList(program, twoPrices(1.1), '--map', 'price=D')
        expect(again.json.status).toBe('held')
        const approved = await program.json<ImportJson>('imports', 'approve', again.json.id)
        expect(approved).toMatchObject({ code: 0, json: { status: 'completed' } })
        await ingestList(program, twoPrices(1.3))
        expect(await byColumn(program)).toBe('52.00')
      })
    })
  })
}
