import { draft } from '../draft.ts'
import { drawing, fromCents, withComma } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const kinds = [
  'Rezistor uhlíkový',
  'Kondenzátor keramický',
  'Dioda usměrňovací',
  'Tranzistor NPN',
  'Pojistka trubičková',
]

/** No header; the unit ends the name, the currency follows the price. */
export function czSoucastky() {
  const sheet = draft()
  const draw = drawing(420)
  for (let index = 0; index < 60; index++) {
    const sku = `0${11_200 + index * 7}`
    const unit = draw.pick(['ks', 'bal'])
    const bare = `${draw.pick(kinds)} typ ${index + 1}`
    const cents = 90 + draw.below(index % 12 === 5 ? 400_000 : 9000)
    const name = `${bare},${unit}`
    sheet.item(
      [sku, name, `${withComma(cents, ' ')} Kč`, draw.pick([0, 15, 240, 1000]), draw.pick(['A', 'B'])],
      {
        sku,
        name: [name, bare],
        price: fromCents(cents),
        currency: 'CZK',
      },
    )
  }
  return {
    file: 'cz-soucastky.csv',
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1250' }),
    truth: truthOf(
      {
        file: 'cz-soucastky.csv',
        note: 'Czech parts without a header; windows-1250',
        verdict: ['price-list'],
        tables: [{ headerRows: [], mapping: { sku: [0], name: [1], price: [2], stock: [3] } }],
        currency: 'CZK',
        pitfalls:
          'no header; leading zeros; stock beside prices; the unit behind a comma in the name; thousands by space',
      },
      [sheet],
    ),
  }
}
