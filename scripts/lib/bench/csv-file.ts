import { open } from 'node:fs/promises'
import { columns, type ListRow, listRows, type PriceListOptions } from './price-list.ts'

/** How much text is collected before it is written. */
const chunkCharacters = 1 << 20

/**
 * Writes a list as German suppliers do: UTF-8, semicolons, decimal commas. Lines end with CR LF, those of the
 * variant `rewritten` with LF.
 */
export async function writeCsv(path: string, options: PriceListOptions): Promise<void> {
  const lineEnd = options.variant === 'rewritten' ? '\n' : '\r\n'
  const file = await open(path, 'w')
  try {
    let text = columns.join(';') + lineEnd
    for (const row of listRows(options)) {
      text += csvLine(row) + lineEnd
      if (text.length < chunkCharacters) continue
      await file.write(text)
      text = ''
    }
    await file.write(text)
  } finally {
    await file.close()
  }
}

function csvLine(row: ListRow): string {
  return [
    row.sku,
    row.ean,
    quoted(row.name),
    row.brand,
    row.category,
    row.unit,
    euros(row.priceCents),
    row.currency,
    row.stock,
    row.weightGrams === null ? '' : (row.weightGrams / 1000).toFixed(3).replace('.', ','),
    row.delivery,
  ].join(';')
}

const quoted = (text: string) => (/[";]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** 123456 → "1.234,56". */
function euros(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, '.')
  return `${whole},${String(cents % 100).padStart(2, '0')}`
}
