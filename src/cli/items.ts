import { openApp } from '../app.ts'
import { type ItemFilter, itemStore, pageSizeMax } from '../catalog/store.ts'
import { NotFoundError } from '../lib/errors.ts'
import { supplierStore } from '../suppliers/store.ts'
import { UsageError } from './arguments.ts'
import { unitText } from './card.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'
import { tiersColumn } from './tiers.ts'

/** `tallyman items`. */
export const items = defineCommand({
  name: 'items',
  summary: 'List items of the catalog',
  options: {
    supplier: { kind: 'text', placeholder: 'NAME', summary: 'Only items of this supplier' },
    sku: { kind: 'text', placeholder: 'SKU', summary: 'Only items with this SKU' },
    search: { kind: 'text', placeholder: 'TEXT', summary: 'Only items with this text in name or SKU' },
    where: {
      kind: 'list',
      placeholder: 'KEY=VALUE',
      summary: 'Only items with this characteristic; may be given several times',
    },
    gone: { kind: 'flag', summary: 'Items that are no longer listed too' },
    limit: { kind: 'integer', placeholder: 'N', min: 1, max: pageSizeMax, summary: 'How many (default 50)' },
    cursor: { kind: 'text', placeholder: 'CURSOR', summary: 'Go on after an earlier page' },
  },
  positionals: {},
  examples: [
    {
      line: 'tallyman items --supplier Acme --search valve',
      summary: 'what Acme sells that has "valve" in its name',
    },
    { line: 'tallyman items --where ean=4006381333931', summary: 'who sells this article' },
  ],
  async run({ options }, context) {
    const { config, log, io, json } = context
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const filter: ItemFilter = { withGone: options.gone, characteristics: parseWhere(options.where) }
      if (options.sku !== null) filter.sku = options.sku
      if (options.search !== null) filter.search = options.search
      if (options.supplier !== null) {
        const supplier = await supplierStore(app.db).find(options.supplier)
        if (supplier === null)
          throw new NotFoundError('unknown_supplier', `There is no supplier "${options.supplier}".`)
        filter.supplierId = supplier.id
      }
      const page = await itemStore(app.db).list(filter, {
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
          item.gone_at === null ? item.name : `${item.name} (gone)`,
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

function parseWhere(given: string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=')
      if (at <= 0) throw new UsageError(`--where takes KEY=VALUE, not "${pair}"`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}
