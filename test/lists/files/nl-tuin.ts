import { draft } from '../draft.ts'
import { drawing, fromCents, gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  ['Meststoffen', ['Gazonmest 10 kg', 'Koemestkorrels 8 kg', 'Kalk 20 kg', 'Rozenmest 1,5 kg']],
  ['Gereedschap', ['Snoeischaar bypass', 'Spitvork', 'Hark 14-tands', 'Onkruidsteker']],
  ['Potgrond', ['Potgrond universeel 40 L', 'Tuinaarde 40 L', 'Cactusgrond 5 L', 'Turfvrije potgrond 20 L']],
] as const

/** Codes and GTINs are numbers whose format shows them; the price is a formula of the retail price beside it. */
export async function nlTuin() {
  const sheet = draft('Prijslijst')
  const draw = drawing(871)
  sheet.row({ value: 'Van Houtrijk Tuingroothandel B.V.', bold: true })
  sheet.merge('A1:H1')
  sheet.row('Prijslijst voorjaar 2026', null, null, null, null, null, 'Pagina 1')
  sheet.row('Debiteur:', 10442, null, null, 'Datum:', '12-01-2026')
  sheet.row('Korting:', { value: 0.4, format: '0%' })
  for (let blank = 0; blank < 3; blank++) sheet.blank()
  sheet.row(
    'Art.nr',
    'EAN',
    'Omschrijving',
    'Merk',
    'Per',
    'Adviesprijs incl. btw',
    'Netto inkoop excl. btw',
    'Voorraad',
  )
  let number = 0
  for (const [group, names] of groups) {
    sheet.row({ value: group, bold: true })
    for (let each = 0; each < 14; each++) {
      number++
      const code = 120 + number * 17
      const sku = String(code).padStart(5, '0')
      const ean = gtin13(`87123450${String(1000 + number * 13)}`)
      const name = `${names[each % 4]} nr. ${each + 1}`
      const retail = 299 + draw.below(9000)
      const cents = Math.round(retail * 0.6)
      const row = sheet.rows.length + 1
      sheet.item(
        [
          { value: code, format: '00000' },
          { value: Number(ean), format: '0' },
          name,
          draw.pick(['Groenhof', 'De Spade']),
          draw.pick(['stuk', 'zak', 'doos']),
          { value: retail / 100, format: '"€" #,##0.00' },
          { value: cents / 100, formula: `ROUND(F${row}*0.6,2)`, format: '"€" #,##0.00' },
          draw.pick([0, 3, 48, 250]),
        ],
        {
          sku,
          name,
          price: fromCents(cents),
          currency: 'EUR',
          category: [group],
          tiers: [{ price: fromCents(retail) }],
        },
      )
    }
  }
  return {
    file: 'nl-tuin.xlsx',
    bytes: await workbookBytes([sheet], { widths: [9, 16, 32, 12, 8, 14, 14, 10] }),
    truth: truthOf(
      {
        file: 'nl-tuin.xlsx',
        note: 'Dutch garden supplies; GTINs and codes as numbers; formulas',
        verdict: ['price-list'],
        tables: [
          {
            sheet: 'Prijslijst',
            headerRows: [7],
            mapping: { sku: [0], ean: [1], name: [2], brand: [3], unit: [4], price: [6], stock: [7] },
          },
        ],
        currency: 'EUR',
        pitfalls:
          'leading zeros that only the number format shows; the retail price with VAT stands before the price; ' +
          'the euro sign stands only in the number format; stock is a number too',
      },
      [sheet],
    ),
  }
}
