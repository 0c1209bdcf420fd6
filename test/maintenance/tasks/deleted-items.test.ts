import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { consoleActor } from '../../../src/auth/model.ts'
import { deleteItem, restoreItem } from '../../../src/catalog/delete-item.ts'
import type { Database } from '../../../src/db/database.ts'
import { ahead, cleanAhead, openTask, realClock } from '../../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { type ImportJson, type ItemsJson, priceList } from '../../helpers/lists.ts'

setDefaultTimeout(60_000)

async function ingest(program: TestProgram, content: string, ...options: string[]): Promise<ImportJson> {
  const path = await program.write('list.csv', content)
  const argv = ['ingest', path, '--supplier', 'Acme', '--full', '--no-hold', '--json', ...options]
  return JSON.parse((await program.runWith({ clock: realClock }, ...argv)).out)
}

const idOf = async (program: TestProgram, sku: string) =>
  (await program.json<ItemsJson>('items', '--sku', sku, '--gone')).json.items[0]!.id

const countOf = async (program: TestProgram, table: string, where = '1 = 1') =>
  Number((await program.rows<{ n: number }>(`select count(*) as n from ${table} where ${where}`))[0]!.n)

for (const engine of engines) {
  describe(engine, () => {
    test('what a person deleted is deleted for good after 30 days, with its prices; what is only gone stays', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(5))
      await ingest(
        program,
        priceList(5, (n) => (n === 4 ? null : { price: `${n + 20}.00` })),
      )
      const id = await idOf(program, 'A-1')
      await program.runWith({ clock: realClock }, 'items', 'delete', 'A-1')
      expect((await cleanAhead(program, 29, 'deleted-items'))['deleted-items']).toMatchObject({ deleted: {} })
      const dry = await cleanAhead(program, 31, 'deleted-items', '--dry-run')
      expect(dry['deleted-items']).toMatchObject({ deleted: { items: 1 } })
      expect(dry['deleted-items']!.examples).toEqual([`${id} (A-1, Article 1)`])
      expect(await countOf(program, 'supplier_items')).toBe(5)
      expect((await cleanAhead(program, 31, 'deleted-items'))['deleted-items']).toMatchObject({
        deleted: { items: 1 },
      })
      expect(await countOf(program, 'supplier_items')).toBe(4)
      expect(await countOf(program, 'supplier_items', 'gone_at is not null')).toBe(1)
      for (const table of ['price_history', 'item_changes'])
        expect([table, await countOf(program, table, `item_id = ${id}`)]).toEqual([table, 0])
      expect(await countOf(program, 'price_history')).toBe(7)
    })

    test('a list that has it later brings it as a new item, also one whose rows were recognised before', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(5))
      await program.runWith({ clock: realClock }, 'items', 'delete', 'A-1')
      const id = await idOf(program, 'A-1')
      await cleanAhead(program, 31, 'deleted-items')
      const again = await ingest(program, priceList(5))
      expect(again).toMatchObject({ status: 'completed', changes: { new: 1, returned: 0, gone: 0 } })
      expect(Number(await idOf(program, 'A-1'))).toBeGreaterThan(Number(id))
      expect(await countOf(program, 'supplier_items')).toBe(5)
    })

    test('one that is restored or listed again at the last moment stays', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(3))
      const [restored, listed] = [await idOf(program, 'A-0'), await idOf(program, 'A-1')]
      const { app, task, parts } = await openTask(program, 'deleted-items')
      try {
        for (const id of [restored, listed])
          await deleteItem(app.db, id, { actor: consoleActor, at: new Date() })
        let count = 0
        const tx: Database['tx'] = async (work) => {
          if (count++ === 0) {
            await restoreItem(app.db, restored, { actor: consoleActor, at: new Date() })
            // As a publish brings it back: it does not know of the deletion.
            await app.db.run('update supplier_items set gone_at = null where id = $1', [Number(listed)])
          }
          return app.db.tx(work)
        }
        const report = await task.run({ ...parts, db: { ...app.db, tx } }, ahead(31))
        expect(count).toBe(1)
        expect(report.deleted).toEqual({})
        expect(await countOf(program, 'supplier_items')).toBe(3)
      } finally {
        await app.close()
      }
    })

    test('a list that was compared before the deletion is compared again', async () => {
      await using program = await openProgram(engine)
      await ingest(program, priceList(3))
      await program.runWith({ clock: realClock }, 'items', 'delete', 'A-1')
      const revision = () => program.rows<{ revision: number }>('select revision from suppliers')
      const [before] = await revision()
      await cleanAhead(program, 31, 'deleted-items', '--dry-run')
      expect(await revision()).toEqual([before!])
      await cleanAhead(program, 31, 'deleted-items')
      expect(Number((await revision())[0]!.revision)).toBe(Number(before!.revision) + 1)
    })
  })
}
