import { draft } from '../draft.ts'
import { drawing, fromCents, withComma } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const series = ['Travertino', 'Ardesia', 'Legno Chiaro'] as const
const sizes = ['60x60', '30x60', '20x120', '80x80']

/** A merged heading "Prezzo" above "€/mq" and "€/scatola"; the name is merged over the sizes of a series. */
export async function itCeramiche() {
  const sheet = draft('Listino')
  const draw = drawing(390)
  sheet.row({ value: 'CERAMICHE VALDORSA S.p.A. – LISTINO PREZZI 01/2026', bold: true })
  sheet.merge('A1:H1')
  sheet.blank()
  sheet.row('Codice', 'Serie', 'Formato cm', 'Finitura', 'mq/scatola', 'Prezzo', null, 'Note')
  sheet.row(null, null, null, null, null, '€/mq', '€/scatola', null)
  for (const range of ['A3:A4', 'B3:B4', 'C3:C4', 'D3:D4', 'E3:E4', 'F3:G3', 'H3:H4']) sheet.merge(range)
  let number = 0
  for (const name of series) {
    for (const size of sizes) {
      for (const finish of ['Naturale', 'Lappato']) {
        number++
        const sku = `VD${String(number * 9).padStart(4, '0')}`
        const cents = 1890 + draw.below(70) * 150
        const perBox = draw.pick([108, 120, 144])
        const box = Math.round((cents * perBox) / 100)
        sheet.item(
          [
            sku,
            name,
            size,
            finish,
            withComma(perBox),
            `€ ${withComma(cents, '.')}`,
            `€ ${withComma(box, '.')}`,
            number % 8 === 5 ? 'fino ad esaurimento' : null,
          ],
          {
            sku,
            name: [name, `${name} ${size}`, `${name} ${size} ${finish}`],
            price: fromCents(cents),
            currency: 'EUR',
            tiers: [{ price: fromCents(box) }],
          },
        )
      }
    }
  }
  sheet.row('Imballo e trasporto esclusi. IVA esclusa.')
  return {
    file: 'it-ceramiche.xlsx',
    bytes: await workbookBytes([sheet], { widths: [10, 18, 12, 12, 10, 12, 12, 20] }),
    truth: truthOf(
      {
        file: 'it-ceramiche.xlsx',
        note: 'Italian tiles; two prices under one merged heading',
        verdict: ['price-list', 'review'],
        tables: [{ sheet: 'Listino', headerRows: [2, 3], mapping: { sku: [0], name: [1], price: [5] } }],
        currency: 'EUR',
        pitfalls: 'the series is the only name; price a square metre and a box; box sizes are decimals too',
      },
      [sheet],
    ),
  }
}
