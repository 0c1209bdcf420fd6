import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Verdict } from '../../../src/analyzer/table/decision.ts'
import { formatE4 } from '../../../src/lib/money.ts'
import { corpus } from '../../helpers/corpus.ts'
import { columnsIn, readTable, rowsFrom } from '../../helpers/rows.ts'

/** Price lists whose lines have no quoted line breaks, so that this test needs no format of ours. */
const lists: {
  file: string
  delimiter: string
  verdict: Verdict
  columns: Record<string, number>
  items: number
  priced: [name: string, price: string][]
}[] = [
  {
    file: 'europe1-pricelist.csv',
    delimiter: ',',
    verdict: 'price-list',
    columns: { name: 0, price: 1, stock: 3 },
    items: 992,
    priced: [
      ['ТМ(ТМГ)-25 Барнаул,шт', '61538.18'],
      ['Трансформатор понижающий ТСЗ-25 380/42 В', '105948.99'],
    ],
  },
  {
    file: 'ua-avtopro-pricelist.csv',
    delimiter: ';',
    verdict: 'price-list',
    columns: { brand: 0, sku: 1, price: 2, stock: 3, name: 4 },
    // Two of its 209 rows have no price.
    items: 207,
    priced: [['Радиатор кондиционера новий оригінал Chrysler', '16400']],
  },
  {
    file: 'ar-forjarc-lista_de_precios.csv',
    delimiter: ',',
    verdict: 'price-list',
    columns: { name: 0, price: 1 },
    items: 11,
    priced: [['[Tratamientos] Teñido Compacto', '9523']],
  },
  {
    file: 'he-ofers-pricelist.csv',
    delimiter: ',',
    verdict: 'price-list',
    columns: { category: 0, name: 1, price: 2 },
    items: 19,
    priced: [
      ['תפו"א', '1.1'],
      ['גלידונית', '0.75'],
    ],
  },
  {
    file: 'no-prisliste.csv',
    delimiter: ';',
    verdict: 'price-list',
    columns: { sku: 0, name: 1, price: 2 },
    items: 5,
    priced: [['Sykkel', '3500']],
  },
  {
    file: 'ru-delivery-prais.csv',
    delimiter: ';',
    verdict: 'review',
    columns: { name: 1, price: 2, stock: 3 },
    items: 53,
    priced: [],
  },
]

describe.skipIf(corpus === null)('real price lists', () => {
  for (const { file, delimiter, verdict, columns, items, priced } of lists) {
    test(`${file} reads as it should`, () => {
      const text = readFileSync(join(corpus!, 'pricelists', file), 'utf8')
      const table = readTable(
        rowsFrom(
          text
            .trimEnd()
            .split(/\r?\n/)
            .map((line) => cellsOf(line, delimiter)),
        ),
      )
      expect(table.decision.verdict).toBe(verdict)
      expect(columnsIn(table)).toEqual(columns)
      expect(table.items).toHaveLength(items)
      for (const [name, price] of priced) {
        const item = table.items.find((candidate) => candidate.name === name)
        expect([name, item?.priceE4 == null ? null : formatE4(item.priceE4)]).toEqual([name, price])
      }
    })
  }
})

/** One CSV line with doubled quotes; enough for these files. */
function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!
    if (isQuoted && letter === '"' && line[i + 1] === '"') {
      cell += '"'
      i++
    } else if (letter === '"') isQuoted = !isQuoted
    else if (letter === delimiter && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += letter
  }
  return [...cells, cell]
}
