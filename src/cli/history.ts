import { openApp } from '../app.ts'
import type { Item, PricePoint } from '../catalog/model.ts'
import { itemStore, pageSizeMax } from '../catalog/store.ts'
import { columnLetter, unitText } from './card.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine, printTable, type TableColumn } from './output.ts'

/** `tallyman history`. */
export const history = defineCommand({
  name: 'history',
  summary: "Show an item's prices over time, each with the cell it came from",
  options: {
    limit: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: pageSizeMax,
      summary: 'How many prices (default 100)',
    },
  },
  positionals: { item: { placeholder: 'ITEM', summary: "The item's id, or a SKU", required: true } },
  async run({ options, positionals }, context) {
    const { config, log, io, json } = context
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const store = itemStore(app.db)
      const found: { item: Item; history: PricePoint[] }[] = []
      for (const item of await store.find(positionals.item)) {
        const { history } = await store.history(item.id, { limit: options.limit ?? 100, cursor: null })
        found.push({ item, history })
      }
      if (json) {
        printJson(io, { items: found.map(({ item, history: points }) => ({ ...item, history: points })) })
        return exitCodes.done
      }
      for (const { item, history: points } of found) {
        printLine(io.stdout, `${item.supplier}  ${item.sku ?? `#${item.id}`}  ${item.name}`)
        const hasTiers = points.some(({ tier }) => tier !== null)
        const hasTax = points.some(({ tax }) => tax !== null)
        printTable(io.stdout, {
          columns: [
            { header: 'RECORDED (UTC)' },
            ...(hasTiers ? tierColumns : []),
            { header: 'PRICE', align: 'right' },
            { header: '' },
            ...(hasTax ? [{ header: 'VAT' }] : []),
            { header: 'UNIT' },
            { header: 'FILE', canShrink: true },
            { header: 'CELL' },
            { header: 'AS WRITTEN', canShrink: true },
          ],
          rows: points.map((point) => [
            point.recorded_at.slice(0, 16).replace('T', ' '),
            ...(hasTiers ? [point.tier, point.min_quantity] : []),
            point.price ?? (point.tier === null ? 'on request' : 'not listed'),
            point.price === null ? null : point.currency,
            ...(hasTax ? [taxTexts[point.tax ?? 'unknown']] : []),
            unitText(point.unit, point.price_quantity),
            point.file_name,
            cellText(point),
            point.raw,
          ]),
        })
      }
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

/** Which of an item's prices it is, where there are further ones. */
const tierColumns: TableColumn[] = [
  { header: 'TIER', canShrink: true },
  { header: 'FROM', align: 'right' },
]

const taxTexts = { net: 'without', gross: 'with', unknown: null }

/** As a spreadsheet names it: `Sheet!D12`. */
function cellText({ sheet, row, column }: PricePoint): string | null {
  if (row === null) return null
  const cell = column === null ? `row ${row + 1}` : `${columnLetter(column)}${row + 1}`
  return sheet === null ? cell : `${sheet}!${cell}`
}
