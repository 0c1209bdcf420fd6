import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { itemFinder } from '../../src/search/find-items.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow } from '../helpers/item-rows.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'

const main = join(import.meta.dir, '../../src/main.ts')
const count = 12_000

/** `tallyman index`, in a process of its own. */
const startIndex = ({ url }: Bench, folder: string) =>
  Bun.spawn([process.execPath, main, 'index'], {
    env: { PATH: process.env.PATH, HOME: folder, DATABASE_URL: url, TALLYMAN_DATA_DIR: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })

/** How many items it has been through. */
async function indexed(bench: Bench): Promise<number> {
  const [work] = await bench.rows('select from_id from item_index_work')
  return work === undefined ? count : Number(work.from_id) - 1
}

for (const engine of engines) {
  describe(engine, () => {
    test('an index that is killed while it is made finds everything, and is finished by the next', async () => {
      await using bench = await openBench(engine)
      await using folder = await temporaryDirectory()
      const items = Array.from({ length: count }, (_, row) =>
        itemRow(`A${row}`, {
          row,
          name: `rot ${row % 4000}`,
          characteristics: JSON.stringify({ n: `${row % 3000}` }),
        }),
      )
      await bench.publish(await bench.source('Acme'), { items })
      const finder = itemFinder(bench.db, { pages: bench.db, scans: bench.db })
      const found = async () => {
        const page = { limit: 100, cursor: null }
        const byWord = await finder.list({ search: 'rot 3999' }, page)
        const byValue = await finder.list({ characteristics: { n: '7' } }, page)
        return [byWord, byValue].map((found) => found.items.map(({ sku }) => sku))
      }
      const expected = [
        ['A3999', 'A7999', 'A11999'],
        ['A7', 'A3007', 'A6007', 'A9007'],
      ]
      expect(await found()).toEqual(expected)
      let killed = 0
      while ((await indexed(bench)) < count) {
        const child = startIndex(bench, folder.path)
        const before = await indexed(bench)
        // It has written at least one chunk, and is at the next.
        await until(async () => child.exitCode !== null || (await indexed(bench)) > before)
        child.kill('SIGKILL')
        await child.exited
        if (child.signalCode === 'SIGKILL') killed++
        expect(await found()).toEqual(expected)
        const [state] = await bench.rows(
          'select (select count(*) from item_words) as words, (select min(from_id) from item_index_work) as next',
        )
        expect(state!.words).toBe(state!.next === null ? count : Number(state!.next) - 1)
      }
      expect(killed).toBeGreaterThan(0)
      expect(await startIndex(bench, folder.path).exited).toBe(0)
      expect(await bench.rows('select count(*) as n from item_index_work')).toEqual([{ n: 0 }])
      expect(await found()).toEqual(expected)
    }, 240_000)
  })
}
