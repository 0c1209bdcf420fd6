import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  ['Rengøring', ['Universalrengøring 5 l', 'Gulvmoppe 40 cm', 'Engangshandsker str. M', 'Affaldssæk 70x110']],
  ['Køkken', ['Bagepapir 50x75', 'Kaffefilter 1x4', 'Servietter hvide 3-lags', 'Fødevarefilm 45 cm']],
  ['Værksted', ['Aftørringsrulle blå', 'Håndrens m. skrub', 'Sprayflaske tom 1 l', 'Støvmaske FFP2']],
] as const

/** An order form: the price is there, the order column waits to be filled, the total is a formula. */
export async function dkBestilling() {
  const sheet = draft('Bestillingsliste')
  const draw = drawing(1234)
  sheet.row(null, { value: 'Nørrebæk Engros A/S – bestillingsliste', bold: true })
  sheet.merge('B1:F1')
  sheet.row('Kunde:', null, null, 'Dato:', null, null)
  sheet.row('Ordre sendes til ordre@noerrebaek.example', null, null, 'Priser ekskl. moms', null, null)
  sheet.blank()
  sheet.row('Varenr.', 'Varenavn', 'Enhed', 'Pris DKK', 'Bestil antal', 'Total')
  let number = 0
  for (const [group, names] of groups) {
    sheet.row({ value: group, bold: true })
    for (let each = 0; each < 12; each++) {
      number++
      const sku = `0${4100 + number * 9}`
      const name = `${names[each % 4]} – var. ${each + 1}`
      const cents = 1295 + draw.below(400) * 125
      const unit = draw.pick(['stk.', 'krt.', 'pk.'])
      const row = sheet.rows.length + 1
      const total = { value: 0, formula: `D${row}*E${row}`, format: '#,##0.00' }
      sheet.item([sku, name, unit, { value: cents / 100, format: '#,##0.00' }, null, total], {
        sku,
        name,
        price: fromCents(cents),
        unit: [unit, unit.replace('.', '')],
        currency: 'DKK',
        category: [group],
      })
    }
  }
  const last = sheet.rows.length
  sheet.row(null, null, null, null, 'I alt', { value: 0, formula: `SUM(F6:F${last})`, format: '#,##0.00' })
  sheet.row(null, null, null, null, 'Moms 25 %', {
    value: 0,
    formula: `F${last + 1}*0.25`,
    format: '#,##0.00',
  })
  return {
    file: 'dk-bestilling.xlsx',
    bytes: await workbookBytes([sheet], { widths: [12, 36, 8, 12, 12, 12] }),
    truth: truthOf(
      {
        file: 'dk-bestilling.xlsx',
        note: 'Danish order form with a blank order column',
        verdict: ['price-list'],
        tables: [
          {
            sheet: 'Bestillingsliste',
            headerRows: [4],
            mapping: { sku: [0], name: [1], unit: [2], price: [3] },
          },
        ],
        currency: 'DKK',
        pitfalls:
          'Total is 0 in every row and not the price; the order quantity is blank; leading zeros; totals below',
      },
      [sheet],
    ),
  }
}
