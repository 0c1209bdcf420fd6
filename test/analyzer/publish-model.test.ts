import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ItemRow } from '../../src/analyzer/table/item.ts'
import { type Bench, type BenchSource, openBench, type TestList } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'

/** An item as a catalog of one screen of code would keep it. */
interface ModelItem {
  row: ItemRow
  prices: (number | null)[]
  isGone: boolean
  source: number
  scope: string
}
type Model = Map<string, ModelItem>

interface ModelList {
  source: number
  isFull: boolean
  rejectedKeys: string[]
  sheets: { scope: string; items: ItemRow[] }[]
  /** The first sheet could not be read to its end. */
  isBroken: boolean
}

const keys = ['A', 'B', 'C', 'D', 'E']
const row = fc
  .record({
    key: fc.constantFrom(...keys),
    priceE4: fc.constantFrom(null, 1, 2, 3),
    name: fc.constantFrom('x', 'y'),
    characteristics: fc.constantFrom('{}', '{"a":"b"}'),
  })
  .map(({ key, ...values }) => itemRow(key, values))
const list: fc.Arbitrary<ModelList> = fc.record({
  source: fc.nat(1),
  isFull: fc.boolean(),
  rejectedKeys: fc.subarray(keys, { maxLength: 1 }),
  sheets: fc
    .tuple(fc.array(row, { maxLength: 5 }), fc.array(row, { maxLength: 3 }))
    .map((sheets) => sheets.map((items, index) => ({ scope: `sheet ${index}`, items: itemRows(...items) }))),
  isBroken: fc.boolean(),
})

/** The rules of a publish, one item at a time. Of repeated keys the first row stands. */
function publishInModel(model: Model, { source, isFull, rejectedKeys, sheets, isBroken }: ModelList): void {
  const seen = new Set(rejectedKeys)
  const taken = new Set<string>()
  for (const { scope, items } of sheets) {
    for (const item of items) {
      seen.add(item.itemKey)
      if (taken.has(item.itemKey)) continue
      taken.add(item.itemKey)
      const known = model.get(item.itemKey)
      const prices = known?.prices ?? []
      const isNewPrice = known === undefined || known.row.priceE4 !== item.priceE4
      model.set(item.itemKey, {
        row: item,
        prices: isNewPrice ? [...prices, item.priceE4] : prices,
        isGone: false,
        source,
        scope,
      })
    }
  }
  if (!isFull) return
  const whole = sheets.slice(isBroken ? 1 : 0).map(({ scope }) => scope)
  for (const [key, item] of model)
    if (item.source === source && whole.includes(item.scope) && !seen.has(key)) item.isGone = true
}

function asTestList({ isFull, rejectedKeys, sheets, isBroken }: ModelList): TestList {
  return {
    isFull,
    sheets: sheets.map(({ scope, items }, index) => ({
      sheet: scope,
      scope,
      items,
      rejectedKeys: index === 0 ? rejectedKeys : [],
    })),
    scopes: sheets.slice(isBroken ? 1 : 0).map(({ scope }) => scope),
  }
}

const shownModel = (model: Model, sources: BenchSource[]) =>
  [...model]
    .map(([key, { row, prices, isGone, source, scope }]) => ({
      key,
      name: row.name,
      characteristics: JSON.parse(row.characteristics),
      price: row.priceE4,
      prices,
      isGone,
      source: sources[source]!.sourceId,
      scope,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))

async function shownCatalog(bench: Bench, supplierId: string) {
  const items = await bench.rows(
    `select i.*, s.id as source_id from supplier_items as i join sources as s on s.no = i.source_no
     where s.supplier_id = $1 order by i.item_key`,
    [supplierId],
  )
  const history = await bench.rows('select item_id, price_e4 from price_history order by item_id, import_no')
  return items.map((item) => ({
    key: item.item_key,
    name: item.name,
    characteristics: item.characteristics,
    price: item.price_e4,
    prices: history.filter(({ item_id }) => item_id === item.id).map(({ price_e4 }) => price_e4),
    isGone: item.gone_at !== null,
    source: item.source_id,
    scope: item.scope,
  }))
}

for (const engine of engines) {
  describe(engine, () => {
    test('any sequence of lists leaves the catalog that its rules say, and the last list twice changes nothing', async () => {
      await using bench = await openBench(engine)
      let suppliers = 0
      await fc.assert(
        fc.asyncProperty(fc.array(list, { minLength: 1, maxLength: 6 }), async (lists) => {
          const supplier = `supplier ${++suppliers}`
          const sources = [await bench.source(supplier, 'web'), await bench.source(supplier, 'mail')]
          const { supplierId } = sources[0]!
          const model: Model = new Map()
          for (const each of lists) {
            publishInModel(model, each)
            await bench.publish(sources[each.source]!, asTestList(each))
            expect(await shownCatalog(bench, supplierId)).toEqual(shownModel(model, sources))
          }
          const last = lists.at(-1)!
          const revisions = () => bench.rows('select revision from suppliers where id = $1', [supplierId])
          const before = await revisions()
          const { diff } = await bench.publish(sources[last.source]!, asTestList(last))
          expect(diff).toMatchObject({ relisted: 0, changes: { new: 0, changed: 0, gone: 0, returned: 0 } })
          expect(await revisions()).toEqual(before)
          expect(await shownCatalog(bench, supplierId)).toEqual(shownModel(model, sources))
        }),
        { numRuns: engine === 'sqlite' ? 60 : 12 },
      )
    }, 60_000)
  })
}
