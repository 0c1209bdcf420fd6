import { describe, expect, test } from 'bun:test'
import { type ReadTable, readTable, rowsOf } from '../../../helpers/rows.ts'

/** Of the first article: its price with the currency, and every further one. */
function pricesOf({ items }: ReadTable) {
  const [item] = items
  const tiers: { price_e4: number; currency: string | null }[] = JSON.parse(item?.tiers ?? '[]')
  return [
    `${(item?.priceE4 ?? 0) / 10_000} ${item?.currency}`,
    ...tiers.map(({ price_e4, currency }) => `${price_e4 / 10_000} ${currency}`),
  ]
}

/** Three articles that are the same but for their numbers. */
function list(header: string, line: string): ReadTable {
  const rows = [1, 2, 3].map((at) => `A-${at}|Hammer ${at}|${line.replaceAll('#', String(at))}`)
  return readTable(rowsOf(`SKU|Name|${header}\n${rows.join('\n')}`))
}

describe('of several prices each has the currency that stands with it', () => {
  const lists: [string, string, string[]][] = [
    ['Price|Currency|List price|Currency', '1#.50|EUR|2#.50|CHF', ['11.5 EUR', '21.5 CHF']],
    ['List price|Currency|Price|Currency', '2#.50|CHF|1#.50|EUR', ['11.5 EUR', '21.5 CHF']],
    ['Currency|List price|Currency|Price', 'CHF|2#.50|EUR|1#.50', ['11.5 EUR', '21.5 CHF']],
    ['List price|Währung Liste|Preis|Währung', '2#.50|CHF|1#.50|EUR', ['11.5 EUR', '21.5 CHF']],
    [
      'Price|List price|Currency|Dealer price|Currency',
      '1#.50|2#.50|EUR|9.5#|CHF',
      ['11.5 EUR', '21.5 EUR', '9.51 CHF'],
    ],
    [
      'List price|Currency|Price|Currency|Shipping costs|Currency',
      '2#.50|CHF|1#.50|EUR|4.5#|GBP',
      ['11.5 EUR', '21.5 CHF'],
    ],
    ['Price|Currency|List price|Currency', '1#.50|EUR|$2#.50|USD', ['11.5 EUR', '21.5 USD']],
    ['Price|Currency|List price USD|Currency', '1#.50|EUR|2#.50|CHF', ['11.5 EUR', '21.5 USD']],
  ]
  for (const [header, line, expected] of lists) {
    test(header, () => expect(pricesOf(list(header, line))).toEqual(expected))
  }

  test('and one that is alone is that of all', () => {
    expect(pricesOf(list('Price|List price|Currency', '1#.50|2#.50|CHF'))).toEqual(['11.5 CHF', '21.5 CHF'])
    expect(pricesOf(list('Price|Currency|List price', '1#.50|CHF|2#.50'))).toEqual(['11.5 CHF', '21.5 CHF'])
  })
})
