import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { otherWorkbookBytes } from '../write.ts'

/** An old XLS file: prices as text with apostrophes, Swiss francs, a change column with per cents. */
export function chWerkzeug() {
  const sheet = draft('Preise 2026')
  const draw = drawing(41)
  sheet.row('Zürcher Werkzeughandel AG', null, null, null, null, 'gültig ab 1.1.2026')
  sheet.row('Alle Preise in CHF, exkl. 8,1 % MwSt.')
  sheet.blank()
  sheet.row('Bestell-Nr.', 'Artikelbezeichnung', 'Einheit', 'Preis 2025', 'Preis 2026', 'Veränderung')
  for (let index = 0; index < 45; index++) {
    const sku = `ZW ${String(1000 + index * 21)}.${String(index % 7)}`
    const name = `${draw.pick(['Bohrhammer', 'Stichsäge', 'Drehmomentschlüssel', 'Werkstattwagen'])} Typ ${index + 1}`
    const before = 1990 + draw.below(300_000)
    const cents = Math.round((before * (1 + draw.below(60) / 1000)) / 5) * 5
    const unit = draw.pick(['Stk', 'Set'])
    const change = `${((cents / before - 1) * 100).toFixed(1)} %`
    if (index === 20) {
      sheet.item([sku, name, unit, francs(before), 'auf Anfrage', null], { sku, name, price: null })
      continue
    }
    sheet.item([sku, name, unit, francs(before), francs(cents), change], {
      sku,
      name,
      price: fromCents(cents),
      unit: [unit],
      currency: 'CHF',
    })
  }
  sheet.row('Irrtum und Preisänderungen vorbehalten.')
  return {
    file: 'ch-werkzeug.xls',
    bytes: otherWorkbookBytes([sheet], 'biff8'),
    truth: truthOf(
      {
        file: 'ch-werkzeug.xls',
        note: 'Swiss tools in an old workbook; last year’s price beside this year’s',
        verdict: ['price-list', 'review'],
        tables: [
          { sheet: 'Preise 2026', headerRows: [3], mapping: { sku: [0], name: [1], unit: [2], price: [4] } },
        ],
        currency: 'CHF',
        pitfalls: 'the price of 2025 comes first; apostrophes group thousands; codes hold blanks and dots',
      },
      [sheet],
    ),
  }
}

function francs(cents: number): string {
  return fromCents(cents).replace(/\B(?=(\d{3})+\.)/g, "'")
}
