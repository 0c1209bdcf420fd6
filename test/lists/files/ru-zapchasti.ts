import { draft } from '../draft.ts'
import { drawing, fromCents, withComma } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { otherWorkbookBytes } from '../write.ts'

const groups = [
  ['Двигатель', 'Фильтры', ['Фильтр масляный', 'Фильтр воздушный']],
  ['Двигатель', 'Ремни', ['Ремень ГРМ', 'Ремень генератора']],
  ['Подвеска', 'Амортизаторы', ['Амортизатор передний', 'Амортизатор задний']],
] as const

/** An accounting export: sections in the first column, stock in words, two prices. */
export function ruZapchasti() {
  const sheet = draft('TDSheet')
  const draw = drawing(197)
  sheet.row('Прайс-лист ООО «Автокомплект-Север»')
  sheet.row('Цены указаны в рублях на 12.01.2026')
  sheet.blank()
  sheet.row('Номенклатура', 'Артикул', 'Ед.', 'Цена опт.', 'Цена розн.', 'Остаток')
  let main = ''
  for (const [group, subgroup, names] of groups) {
    if (group !== main) sheet.row({ value: group, bold: true })
    main = group
    sheet.row(`  ${subgroup}`)
    for (let each = 0; each < 16; each++) {
      const sku = String(2_108_000_000 + draw.below(900_000) * 10 + (each % 10))
      const name = `    ${draw.pick(names)} ${draw.pick(['2108', '2110', 'Гранта'])} (${each + 1})`
      const retail = 12_000 + draw.below(600_000)
      const wholesale = Math.round(retail * 0.82)
      const stock = draw.pick(['> 100', 'мало', 'под заказ', '12', '***'])
      const isOnRequest = each === 9 && subgroup === 'Ремни'
      sheet.item(
        isOnRequest
          ? [name, sku, 'шт', 'по запросу', 'по запросу', 'под заказ']
          : [name, sku, 'шт', withComma(wholesale, '\u00a0'), withComma(retail, '\u00a0'), stock],
        {
          sku,
          name: name.trim(),
          price: isOnRequest ? null : fromCents(retail),
          unit: 'шт',
          category: [group, subgroup],
          ...(isOnRequest ? {} : { currency: 'RUB', tiers: [{ price: fromCents(wholesale) }] }),
        },
      )
    }
  }
  return {
    file: 'ru-zapchasti.xlsb',
    bytes: otherWorkbookBytes([sheet], 'xlsb'),
    truth: truthOf(
      {
        file: 'ru-zapchasti.xlsb',
        note: 'Russian spare parts in a binary workbook',
        verdict: ['price-list', 'review'],
        tables: [
          {
            sheet: 'TDSheet',
            headerRows: [3],
            mapping: { name: [0], sku: [1], unit: [2], price: [4], stock: [5] },
          },
        ],
        currency: 'RUB',
        pitfalls:
          'ten-digit article numbers look like prices or GTINs; no-break spaces group thousands; wholesale and retail; ' +
          'stock in words; two levels of sections, the second indented',
      },
      [sheet],
    ),
  }
}
