import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { consoleActor } from '../../src/auth/model.ts'
import { editItem, type ItemEdit } from '../../src/catalog/edit-item.ts'

import { pinnedFields } from '../../src/catalog/model.ts'
import { ingestList, itemsOf } from '../helpers/acme.ts'
import { openBench } from '../helpers/bench.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { itemRow } from '../helpers/item-rows.ts'
import { csvOf, type ErrorJson, type ImportJson, type ItemJson } from '../helpers/lists.ts'

setDefaultTimeout(120_000)

interface EditedItem extends ItemJson {
  unit: string | null
  pinned: ItemEdit
}

const header = ['SKU', 'Name', 'Price EUR', 'Unit', 'Category', 'Brand']
const hammer = { name: 'HAMMER 300G', price: '12.50', unit: 'box', category: 'Tools', brand: 'Bolt' }
const list = (...rows: (Partial<typeof hammer> & { sku: string })[]) =>
  csvOf(
    header,
    ...rows.map(({ sku, ...given }) => {
      const { name, price, unit, category, brand } = { ...hammer, ...given }
      return [sku, name, price, unit, category, brand]
    }),
  )

const one = async (program: TestProgram, sku: string) =>
  (await itemsOf(program, '--sku', sku, '--gone'))[0] as EditedItem

const categoriesOf = async (program: TestProgram) =>
  (await program.rows<{ path: string }>('select path from categories order by path')).map(({ path }) => path)

for (const engine of engines) {
  describe(engine, () => {
    test('what a person sets stays when a list says otherwise, and giving it back shows what the list says now', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list({ sku: 'A-1' }, { sku: 'A-2' }), '--full')
      const set = await program.json<EditedItem>(
        ...[
          'items',
          'set',
          'A-1',
          '--name',
          ' Hammer  300 g',
          '--category',
          'Tools>Hand tools',
          '--brand',
          'BOLT',
        ],
      )
      expect(set.json).toMatchObject({
        name: 'Hammer 300 g',
        category: 'Tools > Hand tools',
        brand: 'BOLT',
        unit: 'box',
        pinned: { name: 'HAMMER 300G', category: 'Tools', brand: 'Bolt' },
      })
      expect(await categoriesOf(program)).toEqual(['Tools', 'Tools > Hand tools'])

      // The very same list is nothing new, twice.
      for (const options of [[], ['--force']]) {
        const same = await ingestList(program, list({ sku: 'A-1' }, { sku: 'A-2' }), '--full', ...options)
        expect(same.json.changes).toMatchObject({ new: 0, changed: 0, gone: 0, returned: 0 })
        expect(await one(program, 'A-1')).toEqual(set.json)
      }

      // A new price comes in, and a new name is taken down.
      const next = list({ sku: 'A-1', name: 'Hamer 300g', price: '13.00', category: 'Sale' }, { sku: 'A-2' })
      const changed = await ingestList(program, next, '--full', '--no-hold')
      expect(changed.json.changes).toMatchObject({ changed: 1, price_up: 1 })
      expect(await one(program, 'A-1')).toMatchObject({
        name: 'Hammer 300 g',
        category: 'Tools > Hand tools',
        price: '13.00',
        pinned: { name: 'Hamer 300g', category: 'Sale', brand: 'Bolt' },
      })
      const report = (await program.rows<{ report: string }>('select report from imports order by no')).at(
        -1,
      )!
      const { fields } = typeof report.report === 'string' ? JSON.parse(report.report) : report.report
      expect(fields).toEqual({ name: 1, category: 1 })

      // It is gone and back, and still what the person made of it.
      await ingestList(program, list({ sku: 'A-2' }), '--full', '--no-hold')
      await ingestList(program, next, '--full', '--no-hold')
      expect(await one(program, 'A-1')).toMatchObject({ name: 'Hammer 300 g', gone_at: null })

      await program.run('cleanup', 'orphans')
      const back = await program.json<EditedItem>(
        ...['items', 'set', 'A-1', '--unpin', 'name', '--unpin', 'category', '--unpin', 'brand'],
      )
      expect(back.json).toMatchObject({ name: 'Hamer 300g', category: 'Sale', brand: 'Bolt', pinned: {} })
      expect(await categoriesOf(program)).toContain('Sale')
      const stored = await program.rows<{ pinned: unknown }>('select pinned from supplier_items')
      expect(stored.map(({ pinned }) => pinned)).toEqual([null, null])
    })

    test('a corrected unit holds until the list says another unit, and then the audit log says that it ended', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list({ sku: 'A-1', unit: 'KRT' }))
      await program.run('items', 'set', 'A-1', '--unit', 'box of 12', '--name', 'Nails')
      await ingestList(program, list({ sku: 'A-1', unit: 'KRT', price: '11.00' }), '--no-hold')
      expect(await one(program, 'A-1')).toMatchObject({ unit: 'box of 12', price: '11.00' })
      await ingestList(program, list({ sku: 'A-1', unit: 'kg', price: '3.00' }), '--no-hold')
      expect(await one(program, 'A-1')).toMatchObject({
        unit: 'kg',
        price: '3.00',
        name: 'Nails',
        pinned: { name: 'HAMMER 300G' },
      })
      const units = await program.rows<{ unit: string }>(
        'select unit from price_history order by import_no, n',
      )
      expect(units.map(({ unit }) => unit)).toEqual(['KRT', 'KRT', 'kg'])
      const log = await program.rows<{ action: string; actor_name: string; before: string; after: string }>(
        `select action, actor_name, "before", "after" from audit_log where action like 'item.%' order by id`,
      )
      expect(log).toMatchObject([
        { action: 'item.change', actor_name: 'console' },
        { action: 'item.unpin', actor_name: 'service' },
      ])
      const ended = [log[1]!.before, log[1]!.after].map((json) =>
        typeof json === 'string' ? JSON.parse(json) : json,
      )
      expect(ended).toEqual([{ unit: 'box of 12' }, { unit: 'kg' }])
    })

    test('what cannot be set says why, and changes nothing', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, list({ sku: 'A-1' }))
      for (const [argv, message] of [
        [['items', 'set', '--name', 'x'], 'which item'],
        [['items', 'set', 'A-1'], 'what of it'],
        [['items', 'set', 'A-1', '--unpin', 'price'], '--unpin takes name, category, brand, unit'],
        [['items', 'set', 'A-1', '--name', 'x', '--unpin', 'name'], 'gives back'],
        [['items', 'list', '--name', 'x'], 'go with "items set"'],
      ] as const) {
        const refused = await program.run(...argv)
        expect([argv, refused.code, refused.err]).toEqual([argv, 2, expect.stringContaining(message)])
      }
      const wrong = await program.json<ErrorJson>('items', 'set', 'A-1', '--name', 'a\u202eb')
      expect(wrong.json.error.code).toBe('invalid_item')
      const long = await program.json<ErrorJson>('items', 'set', 'A-1', '--brand', 'x'.repeat(501))
      expect(long.json.error.message).toContain('1 to 500')
      expect(await program.rows("select * from audit_log where action like 'item.%'")).toEqual([])
    })

    test('over HTTP an item is corrected and given back, each told to the audit log once', async () => {
      await using service = await openService(engine)
      await ingestList(service.program, list({ sku: 'A-1' }))
      const patch = (body: unknown) =>
        service.json<EditedItem>('/api/v1/items/1', {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      expect(await patch({ name: 'Hammer' })).toMatchObject({
        status: 200,
        body: { name: 'Hammer', pinned: { name: 'HAMMER 300G' } },
      })
      expect(await patch({ name: 'Hammer' })).toMatchObject({ status: 200 })
      expect(await patch({ name: null })).toMatchObject({ body: { name: 'HAMMER 300G', pinned: {} } })
      for (const body of [
        {},
        { name: '' },
        { name: 1 },
        { price: '1.00' },
        { unit: 'a\0' },
        { brand: '\ud800' },
      ])
        expect([body, (await patch(body)).status]).toEqual([body, 422])
      const missing = await service.fetch('/api/v1/items/99', {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"x"}',
      })
      expect(missing.status).toBe(404)
      expect(await service.program.rows("select action from audit_log where action like 'item.%'")).toEqual([
        { action: 'item.change' },
        { action: 'item.change' },
      ])
    })

    test('any order of lists, edits and deletions leaves what its rules say, whether rows are recognised or all read', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
          await using program = await openProgram(engine)
          await using other = await openProgram(engine)
          const model = new Map<string, ModelItem>()
          for (const each of steps) {
            const counts = inModel(model, each)
            for (const [at, options] of [
              [program, []],
              [other, ['--force']],
            ] as const) {
              if (each.kind === 'edit') await at.run('items', 'set', each.sku, ...argvOf(each.edit))
              else {
                const content = list(...each.rows.map((row) => ({ ...row, category: 'C', brand: 'B' })))
                const { json } = await ingestList(at, content, '--full', '--no-hold', ...options)
                expect(json.changes).toMatchObject(counts)
              }
              expect(shown(await itemsOf(at, '--gone'))).toEqual(shown([...model.values()].map(asItem)))
            }
          }
        }),
        { numRuns: engine === 'sqlite' ? 12 : 3 },
      )
    })

    test('a before-image is of the item as its lists had it', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', { name: 'listed', unit: 'box' })] })
      const [item] = await bench.rows('select id from supplier_items')
      const change = { actor: consoleActor, at: new Date() }
      await editItem(bench.db, String(item!.id), { name: 'mine', brand: 'Bolt' }, change)
      await bench.publish(source, { items: [itemRow('A', { name: 'listed again', unit: 'box' })] })
      const [image] = await bench.rows('select "before" from item_changes')
      expect(image!.before).toMatchObject({ name: 'listed', brand: null, unit: 'box' })
      expect(image!.before).not.toHaveProperty('pinned')
      const [edited] = await bench.rows('select name, brand, pinned from supplier_items')
      expect(edited).toMatchObject({ name: 'mine', brand: 'Bolt' })
      expect(pinnedFields(edited!.pinned)).toEqual({ name: 'listed again', brand: null })
    })

    test('an edit between comparing and publishing is compared again', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', { name: 'x' })] })
      const [item] = await bench.rows('select id from supplier_items')
      const { isPublished } = await bench.publish(source, {
        items: [itemRow('A', { name: 'y' })],
        between: (tx) =>
          editItem(
            { ...bench.db, tx },
            String(item!.id),
            { name: 'mine' },
            { actor: consoleActor, at: new Date() },
          ),
      })
      expect(isPublished).toBe(false)
    })
  })
}

interface ListRow {
  sku: string
  name: string
  unit: string
  price: string
}
type Step = { kind: 'list'; rows: ListRow[] } | { kind: 'edit'; sku: string; edit: ItemEdit }
interface ModelItem {
  listed: ListRow
  set: ItemEdit
  isGone: boolean
}

const skus = ['A-1', 'A-2', 'A-3']
const words = fc.constantFrom('red', 'green')
const row = fc.record({
  name: words,
  unit: fc.constantFrom('box', 'kg'),
  price: fc.constantFrom('1.00', '2.00'),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('list' as const),
    rows: fc
      .tuple(fc.subarray(skus, { minLength: 1 }), fc.array(row, { minLength: 3, maxLength: 3 }))
      .map(([some, rows]) => some.map((sku, n) => ({ sku, ...rows[n]! }))),
  }),
  fc.record({
    kind: fc.constant('edit' as const),
    sku: fc.constantFrom(...skus),
    edit: fc.record(
      { name: fc.option(fc.constantFrom('red', 'mine')), unit: fc.option(fc.constantFrom('box', 'crate')) },
      { requiredKeys: ['name'] },
    ),
  }),
)

const argvOf = (edit: ItemEdit) =>
  Object.entries(edit).flatMap(([field, value]) =>
    value === null ? ['--unpin', field] : [`--${field}`, value as string],
  )

/** The rules, one item at a time. @returns what a list's change report says */
function inModel(model: Map<string, ModelItem>, each: Step): Partial<ImportJson['changes']> {
  if (each.kind === 'edit') {
    const item = model.get(each.sku)
    if (item === undefined) return {}
    for (const field of ['name', 'unit'] as const) {
      const value = each.edit[field]
      if (value === null) delete item.set[field]
      else if (value !== undefined) item.set[field] = value
    }
    return {}
  }
  const changes = { new: 0, changed: 0, returned: 0, gone: 0 }
  for (const row of each.rows) {
    const item = model.get(row.sku)
    if (item === undefined) {
      changes.new++
      model.set(row.sku, { listed: row, set: {}, isGone: false })
      continue
    }
    if (item.isGone) changes.returned++
    else if (JSON.stringify(item.listed) !== JSON.stringify(row)) changes.changed++
    if (item.listed.unit !== row.unit) delete item.set.unit
    item.listed = row
    item.isGone = false
  }
  for (const [sku, item] of model) {
    if (item.isGone || each.rows.some((row) => row.sku === sku)) continue
    item.isGone = true
    changes.gone++
  }
  return changes
}

function asItem({ listed, set, isGone }: ModelItem): unknown {
  const { sku, ...values } = listed
  const pinned = Object.fromEntries(
    (['name', 'unit'] as const).flatMap((f) => (f in set ? [[f, listed[f]]] : [])),
  )
  return { sku, ...values, ...set, pinned, gone_at: isGone ? 'then' : null }
}

const shown = (items: unknown[]) =>
  (items as (EditedItem & { gone_at: string | null })[])
    .map(({ sku, name, unit, price, pinned, gone_at }) => ({
      sku,
      name,
      unit,
      price,
      pinned,
      isGone: gone_at !== null,
    }))
    .sort((a, b) => String(a.sku).localeCompare(String(b.sku)))
