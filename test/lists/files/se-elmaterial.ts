import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

/** UTF-16 with tabs, as "Unicode text" is saved; whole crowns end in ":-". */
export function seElmaterial() {
  const sheet = draft()
  const draw = drawing(73)
  sheet.row('Artikelnr', 'Benämning', 'Enhet', 'Förp.', 'Pris exkl. moms (SEK)', 'Rabattgrupp')
  for (let index = 0; index < 70; index++) {
    const sku = `E${String(1_500_000 + index * 311)}`
    const name = `${draw.pick(['Vägguttag', 'Strömbrytare', 'Kopplingsdosa', 'Dvärgbrytare C16'])} ${index + 1}-pol`
    const isWhole = index % 3 === 0
    const cents = isWhole ? (15 + draw.below(2400)) * 100 : 795 + draw.below(12_000)
    const written = isWhole ? `${grouped(cents / 100)}:-` : fromCents(cents).replace('.', ',')
    const unit = draw.pick(['st', 'm', 'förp'])
    sheet.item([sku, name, unit, draw.pick([1, 10, 100]), written, `R${1 + (index % 5)}`], {
      sku,
      name,
      price: fromCents(cents),
      unit,
      currency: 'SEK',
    })
  }
  return {
    file: 'se-elmaterial.csv',
    bytes: csvBytes(sheet, { delimiter: '\t', encoding: 'utf-16le', byteOrderMark: true }),
    truth: truthOf(
      {
        file: 'se-elmaterial.csv',
        note: 'Swedish electrical material; UTF-16 with tabs',
        verdict: ['price-list'],
        tables: [{ headerRows: [0], mapping: { sku: [0], name: [1], unit: [2], price: [4] } }],
        currency: 'SEK',
        pitfalls: '"1 250:-" and "12,50" in one column; pack sizes are numbers too',
      },
      [sheet],
    ),
  }
}

function grouped(crowns: number): string {
  return String(crowns).replace(/\B(?=(\d{3})+$)/g, ' ')
}
