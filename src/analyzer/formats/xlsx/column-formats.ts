import type { ColumnFormat } from '../../table/columns/column-format.ts'
import type { CurrencyMention } from '../../table/money/currency.ts'
import type { CellStyles } from './cell-styles.ts'
import type { MoneyFormat } from './money-format.ts'

/**
 * How the number cells at the top of a sheet are formatted, column by column. It is a pass of its own over the first
 * hundred kilobytes, so that reading rows does not pay for it.
 * @param pieces the worksheet part in UTF-8, cut anywhere; only its beginning is taken
 */
export async function columnFormats(
  pieces: AsyncIterable<Buffer>,
  styles: CellStyles,
): Promise<ColumnFormat[]> {
  const columns = new Map<number, Map<number, number>>()
  let text = ''
  for await (const piece of pieces) {
    text += piece.toString('latin1')
    if (text.length >= bytesMax) break
  }
  for (const [, attributes] of text.slice(0, bytesMax).matchAll(cellTag)) {
    // No value, or a text.
    if (attributes!.endsWith('/') || /\st="(?!n")/.test(attributes!)) continue
    const column = columnOf(/\br="([A-Z]{1,3})/.exec(attributes!)?.[1] ?? '')
    if (column < 0) continue
    const style = Number(/\ss="(\d{1,6})"/.exec(attributes!)?.[1] ?? 0)
    const counts = columns.get(column) ?? new Map<number, number>()
    counts.set(style, (counts.get(style) ?? 0) + 1)
    columns.set(column, counts)
  }
  return [...columns].map(([column, counts]) => ({ column, ...summary(counts, styles) }))
}

const bytesMax = 256 * 1024
const cellTag = /<(?:\w{1,20}:)?c(\s[^>]{0,200})>/g

function columnOf(letters: string): number {
  let column = 0
  for (let at = 0; at < letters.length; at++) column = column * 26 + letters.charCodeAt(at) - 64
  return column - 1
}

/** @param counts number cells by style */
function summary(counts: ReadonlyMap<number, number>, styles: CellStyles): Omit<ColumnFormat, 'column'> {
  let cells = 0
  let percents = 0
  const mentions = new Map<string, { mention: CurrencyMention; count: number }>()
  const texts = new Map<string, number>()
  for (const [style, count] of counts) {
    const { currency, isPercent, text }: MoneyFormat = styles.moneyFormat(style)
    cells += count
    if (isPercent) percents += count
    texts.set(text, (texts.get(text) ?? 0) + count)
    if (currency === null) continue
    const key = currency.candidates.join()
    const entry = mentions.get(key) ?? { mention: currency, count: 0 }
    entry.count += count
    mentions.set(key, entry)
  }
  const text = [...texts].find(([, count]) => count > cells * mostly)?.[0] ?? ''
  const currencies = [...mentions.values()].map(({ mention }) => mention)
  return { cells, currencies, isPercent: percents > cells * mostly, text }
}

/** A column has a format where most of its cells have it. */
const mostly = 0.8
