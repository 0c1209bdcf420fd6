import { type Draft, draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const seats = [
  [
    'Stuhl LENA',
    [
      ['Buche natur', '46×52×84', '10100', 79, 199],
      ['Buche schwarz', '46×52×84', '10101', 82.5, 209],
      ['Eiche geölt', '46×52×84', '10105', 98, 249],
    ],
  ],
  [
    'Stuhl LENA mit Armlehne',
    [
      ['Buche natur', '56×54×84', '10120', 104, 269],
      ['Eiche geölt', '56×54×84', '10125', 127.5, 329],
    ],
  ],
  [
    'Barhocker OTTO',
    [
      ['Sitz Leder cognac', '42×42×75', '11300', 139, 359],
      ['Sitz Stoff anthrazit', '42×42×75', '11302', 119, 299],
    ],
  ],
  [
    'Sessel MARLENE',
    [
      ['Stoffgruppe A', '78×82×90', '12010', 389, 999],
      ['Stoffgruppe B', '78×82×90', '12011', 429, 1099],
      ['Leder', '78×82×90', '12019', 612.5, 1599],
    ],
  ],
] as const

const tables = [
  [
    'Esstisch HENRI',
    [
      ['Eiche geölt', '160×90×75', '20160', 540, 1390],
      ['Eiche geölt', '180×90×75', '20180', 585, 1490],
      ['Eiche geölt', '220×100×75', '20220', 1045, 2690],
      ['Nussbaum', '220×100×75', '20229', null, null],
    ],
  ],
  [
    'Couchtisch PAUL',
    [
      ['Glas klar', 'Ø 80, H 40', '21080', 159, 399],
      ['Glas Rauch', 'Ø 80, H 40', '21081', 169, 429],
    ],
  ],
] as const

/** Furniture: models in merged cells beside their colours and sizes, buying and retail price, one sheet a group. */
export async function deMoebel() {
  const drafts = [group('Sitzmöbel', seats, 1), group('Tische', tables, 0), terms()]
  const file = 'de-moebel.xlsx'
  const mapping = { sku: [3], name: [0], price: [4] }
  return {
    file,
    bytes: await workbookBytes(drafts, { widths: [26, 22, 16, 10, 14, 14] }),
    truth: truthOf(
      {
        file,
        note: 'German furniture, variants under merged model names',
        verdict: ['price-list'],
        tables: [
          { sheet: 'Sitzmöbel', headerRows: [3], mapping },
          { sheet: 'Tische', headerRows: [2], mapping },
        ],
        currency: 'EUR',
        pitfalls:
          'merged names over several rows; buying price beside retail price with VAT; on request; a sheet of terms',
      },
      drafts,
    ),
  }
}

type Models = readonly (readonly [
  string,
  readonly (readonly [string, string, string, number | null, number | null])[],
])[]

function group(name: string, models: Models, blanks: number): Draft {
  const sheet = draft(name)
  sheet.row({ value: `Manufaktur Seidel · Händlerpreisliste 1/2026 · ${name}`, bold: true })
  sheet.merge('A1:F1')
  sheet.blank()
  for (let each = 0; each < blanks; each++) sheet.blank()
  sheet.row('Modell', 'Ausführung', 'B×T×H (cm)', 'Art.-Nr.', 'EK netto', 'UVP inkl. 19% MwSt.')
  const euro = (value: number | null) => (value === null ? 'a. A.' : { value, format: '#,##0.00 "€"' })
  for (const [model, variants] of models) {
    const first = sheet.rows.length + 1
    variants.forEach(([variant, size, sku, price, retail], index) => {
      sheet.item([index === 0 ? model : null, variant, size, sku, euro(price), euro(retail)], {
        sku,
        nameHolds: model,
        price: price === null ? null : String(price),
        currency: 'EUR',
      })
    })
    if (variants.length > 1) sheet.merge(`A${first}:A${first + variants.length - 1}`)
  }
  return sheet
}

function terms(): Draft {
  const sheet = draft('Konditionen')
  sheet.row('Lieferung frei Haus ab 1.500,00 € Auftragswert, darunter 89,00 € pauschal.')
  sheet.row('Zahlung', '14 Tage 2 % Skonto, 30 Tage netto')
  sheet.row('Lieferzeit', '6–8 Wochen')
  return sheet
}
