import { openApp } from '../app.ts'
import type { Item } from '../catalog/model.ts'
import { pageSizeMax } from '../catalog/store.ts'
import { NotFoundError } from '../lib/errors.ts'
import { itemFinder, type SearchFilter } from '../search/find-items.ts'
import { supplierStore } from '../suppliers/store.ts'
import { UsageError } from './arguments.ts'
import { unitText } from './card.ts'
import { defineCommand, exitCodes } from './command.ts'
import { deleteOrRestore } from './item-deletion.ts'
import { editOf, editOptions, setItem } from './item-edit.ts'
import { printJson, printLine, printTable } from './output.ts'
import { tiersColumn } from './tiers.ts'

/** `tallyman items`. */
export const items = defineCommand({
  name: 'items',
  summary: 'List items of the catalog, correct one, delete it, restore it',
  description:
    'What "items set" says no list changes from then on; "--unpin FIELD" gives a field back to its list. A unit is what the\n' +
    'price is for: once the list says another unit than it did then, the list counts again.',
  options: {
    supplier: { kind: 'text', placeholder: 'NAME', summary: 'Only items of this supplier' },
    sku: { kind: 'text', placeholder: 'SKU', summary: 'Only items with this SKU' },
    search: {
      kind: 'text',
      placeholder: 'WORDS',
      summary: 'Only items with these words in name or SKU; the last may be unfinished',
    },
    contains: {
      kind: 'text',
      placeholder: 'TEXT',
      summary: 'Only items with this text in name or SKU, in the middle of words too',
    },
    where: {
      kind: 'list',
      placeholder: 'KEY=VALUE',
      summary: 'Only items with this characteristic; may be given several times',
    },
    gone: { kind: 'flag', summary: 'Items that are no longer listed too' },
    limit: { kind: 'integer', placeholder: 'N', min: 1, max: pageSizeMax, summary: 'How many (default 50)' },
    cursor: { kind: 'text', placeholder: 'CURSOR', summary: 'Go on after an earlier page' },
    ...editOptions,
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), set, delete or restore',
      choices: ['list', 'set', 'delete', 'restore'],
    },
    item: { placeholder: 'ITEM', summary: "The item's id, or a SKU" },
  },
  examples: [
    {
      line: 'tallyman items --supplier Acme --search valve',
      summary: 'what Acme sells that has "valve" in its name',
    },
    { line: 'tallyman items --where ean=4006381333931', summary: 'who sells this article' },
    {
      line: 'tallyman items set 4711 --name "Hammer 300 g" --unpin unit',
      summary: 'correct its name, and give its unit back to the list',
    },
    {
      line: 'tallyman items delete 4711',
      summary: 'take an item out of the catalog, to be restored for a while',
    },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io, json } = context
    const { action, item } = positionals
    const isList = action === null || action === 'list'
    if (isList && item !== null) throw new UsageError('items list takes no item; --sku finds one')
    const edit = editOf(options, { isSet: action === 'set' })
    const app = await openApp({ config, clock: io.clock, log, schema: isList ? 'read' : 'write' })
    try {
      const filter: SearchFilter = { withGone: options.gone, characteristics: parseWhere(options.where) }
      if (options.sku !== null) filter.sku = options.sku
      if (options.search !== null) filter.search = options.search
      if (options.contains !== null) filter.contains = options.contains
      if (options.supplier !== null) {
        const supplier = await supplierStore(app.db).find(options.supplier)
        if (supplier === null)
          throw new NotFoundError('unknown_supplier', `There is no supplier "${options.supplier}".`)
        filter.supplierId = supplier.id
      }
      const supplierId = filter.supplierId ?? null
      if (action === 'set') return await setItem(context, app, { item, edit, supplierId })
      if (!isList)
        return await deleteOrRestore(context, app, {
          action,
          item,
          supplierId,
        })
      const page = await itemFinder(app.db, { pages: app.db, scans: app.db }).list(filter, {
        limit: options.limit ?? 50,
        cursor: options.cursor,
      })
      if (json) {
        printJson(io, { items: page.items, next_cursor: page.nextCursor })
        return exitCodes.done
      }
      if (page.items.length === 0) {
        printLine(io.stdout, 'No items.')
        return exitCodes.done
      }
      const tiers = tiersColumn(page.items)
      printTable(io.stdout, {
        columns: [
          { header: 'ID', align: 'right' },
          { header: 'SUPPLIER', canShrink: true },
          { header: 'SKU', canShrink: true },
          { header: 'NAME', canShrink: true },
          { header: 'PRICE', align: 'right' },
          { header: '' },
          { header: 'UNIT' },
          ...tiers.columns,
          { header: 'CATEGORY', canShrink: true },
        ],
        rows: page.items.map((item, index) => [
          item.id,
          item.supplier,
          item.sku,
          shownName(item),
          item.price ?? 'on request',
          item.price === null ? null : item.currency,
          unitText(item.unit, item.price_quantity),
          ...tiers.cells(index),
          item.category,
        ]),
      })
      if (page.nextCursor !== null) printLine(io.stdout, `More: --cursor ${page.nextCursor}`)
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

function shownName({ name, gone_at, deleted_at }: Item): string {
  if (gone_at === null) return name
  return `${name} (${deleted_at === null ? 'gone' : 'deleted'})`
}

function parseWhere(given: string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=')
      if (at <= 0) throw new UsageError(`--where takes KEY=VALUE, not "${pair}"`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}
