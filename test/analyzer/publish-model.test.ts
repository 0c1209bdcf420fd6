import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ItemRow, PriceTier } from '../../src/analyzer/table/rows/item.ts'
import { type ChangeCounts, noChanges } from '../../src/imports/model.ts'
import { type Bench, type BenchSource, openBench, type TestList } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'

/** An item as a catalog of one screen of code would keep it. */
interface ModelItem {
  row: ItemRow
  prices: (number | null)[]
  /** Entries of its further prices' history: "name from quantity: price unit". */
  further: string[]
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
const tier = fc.record({
  name: fc.constantFrom('Dealer', 'Export'),
  min_quantity_e4: fc.constantFrom(null, 10_0000),
  price_e4: fc.constantFrom(1, 2),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
})
const sameTier = (a: PriceTier, b: PriceTier) => a.name === b.name && a.min_quantity_e4 === b.min_quantity_e4
const tiers = fc
  .uniqueArray(tier, { maxLength: 3, comparator: sameTier })
  .map((several) => tiered(...several))
const row = fc
  .record({
    key: fc.constantFrom(...keys),
    priceE4: fc.constantFrom(null, 1, 2, 3),
    name: fc.constantFrom('x', 'y'),
    characteristics: fc.constantFrom('{}', '{"a":"b"}'),
    unit: fc.constantFrom(null, null, null, 'box'),
    tiers,
  })
  .map(({ key, tiers, ...values }) => itemRow(key, { ...values, ...tiers }))
const list: fc.Arbitrary<ModelList> = fc.record({
  source: fc.nat(1),
  isFull: fc.boolean(),
  rejectedKeys: fc.subarray(keys, { maxLength: 1 }),
  sheets: fc
    .tuple(fc.array(row, { maxLength: 5 }), fc.array(row, { maxLength: 3 }))
    .map((sheets) => sheets.map((items, index) => ({ scope: `sheet ${index}`, items: itemRows(...items) }))),
  isBroken: fc.boolean(),
})

const tiersOf = ({ tiers }: ItemRow): PriceTier[] => (tiers === null ? [] : JSON.parse(tiers))
const entryOf = ({ name, min_quantity_e4 }: PriceTier, price: string, { unit }: ItemRow) =>
  `${name} from ${min_quantity_e4}: ${price} ${unit}`

/** What a row says about further prices that was not said before, in its own order, and then what it leaves out. */
function furtherEntries(before: ItemRow | null, now: ItemRow): string[] {
  const known = before === null ? [] : tiersOf(before)
  const listed = tiersOf(now)
  const isNew = (tier: PriceTier) =>
    before?.unit !== now.unit ||
    !known.some(
      (old) => sameTier(old, tier) && old.price_e4 === tier.price_e4 && old.currency === tier.currency,
    )
  return [
    ...listed.filter(isNew).map((tier) => entryOf(tier, `${tier.price_e4} ${tier.currency}`, now)),
    ...known
      .filter((old) => !listed.some((tier) => sameTier(old, tier)))
      .map((old) => entryOf(old, 'none', now)),
  ]
}

/** Everything that a row says of an item; further prices in whatever order. */
function saidBy(row: ItemRow): string {
  const { name, priceE4, unit, characteristics } = row
  const further = tiersOf(row).map((tier) => entryOf(tier, `${tier.price_e4} ${tier.currency}`, row))
  return JSON.stringify([name, priceE4, unit, characteristics, further.sort()])
}

/**
 * The rules of a publish, one item at a time. Of repeated keys the first row stands.
 * @returns what its change report says
 */
function publishInModel(
  model: Model,
  { source, isFull, rejectedKeys, sheets, isBroken }: ModelList,
): ChangeCounts {
  const changes = { ...noChanges }
  const seen = new Set(rejectedKeys)
  const taken = new Set<string>()
  for (const { scope, items } of sheets) {
    for (const item of items) {
      seen.add(item.itemKey)
      if (taken.has(item.itemKey)) continue
      taken.add(item.itemKey)
      const known = model.get(item.itemKey)
      const before = known?.row ?? null
      const isSame = before !== null && saidBy(before) === saidBy(item)
      if (before === null) changes.new++
      else if (known?.isGone) changes.returned++
      else if (!isSame) changes.changed++
      const [old, now] = [before?.priceE4 ?? null, item.priceE4]
      if (old !== null && now !== null && now > old) changes.priceUp++
      if (old !== null && now !== null && now < old) changes.priceDown++
      const isNewPrice = before === null || old !== now || before.unit !== item.unit
      model.set(item.itemKey, {
        // What says the same in another order is left as it is.
        row: isSame && !known?.isGone ? before : item,
        prices: [...(known?.prices ?? []), ...(isNewPrice ? [now] : [])],
        further: [...(known?.further ?? []), ...furtherEntries(before, item)],
        isGone: false,
        source,
        scope,
      })
    }
  }
  if (!isFull) return changes
  const whole = sheets.slice(isBroken ? 1 : 0).map(({ scope }) => scope)
  for (const [key, item] of model) {
    if (item.isGone || item.source !== source || !whole.includes(item.scope) || seen.has(key)) continue
    item.isGone = true
    changes.gone++
  }
  return changes
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
    .map(([key, { row, prices, further, isGone, source, scope }]) => ({
      key,
      name: row.name,
      unit: row.unit,
      tiers: row.tiers === null ? null : JSON.parse(row.tiers),
      further,
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
  const history = await bench.rows('select * from price_history order by item_id, import_no, n')
  return items.map((item) => ({
    key: item.item_key,
    name: item.name,
    unit: item.unit,
    tiers: item.tiers,
    further: history
      .filter(({ item_id, tier }) => item_id === item.id && tier !== null)
      .map(({ tier, min_quantity_e4, price_e4, currency, unit }) => {
        const price = price_e4 === null ? 'none' : `${price_e4} ${currency}`
        return `${tier} from ${min_quantity_e4}: ${price} ${unit}`
      }),
    characteristics: item.characteristics,
    price: item.price_e4,
    prices: history
      .filter(({ item_id, tier }) => item_id === item.id && tier === null)
      .map(({ price_e4 }) => price_e4),
    isGone: item.gone_at !== null,
    source: item.source_id,
    scope: item.scope,
  }))
}

for (const engine of engines) {
  describe(engine, () => {
    test('any sequence of lists leaves the catalog, the history and the change report that its rules say, and the last list twice changes nothing', async () => {
      await using bench = await openBench(engine)
      let suppliers = 0
      await fc.assert(
        fc.asyncProperty(fc.array(list, { minLength: 1, maxLength: 6 }), async (lists) => {
          const supplier = `supplier ${++suppliers}`
          const sources = [await bench.source(supplier, 'web'), await bench.source(supplier, 'mail')]
          const { supplierId } = sources[0]!
          const model: Model = new Map()
          for (const each of lists) {
            const changes = publishInModel(model, each)
            const { diff } = await bench.publish(sources[each.source]!, asTestList(each))
            expect(diff.changes).toEqual(changes)
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
