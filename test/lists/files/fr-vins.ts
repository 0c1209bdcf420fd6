import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const sheetNames = ['Rouges', 'Blancs', 'Bulles'] as const
const estates = [
  'Domaine des Aubépines',
  'Château Larquebise',
  'Clos Saint-Firmin',
  'Mas du Grillon',
  'Les Trois Noyers',
]

/** One list a colour, then the conditions of sale; years look like prices, the former price is struck out. */
export async function frVins() {
  const lists = sheetNames.map((name, index) => wines(name, index))
  return {
    file: 'fr-vins.xlsx',
    bytes: await workbookBytes([...lists, conditions()], { widths: [10, 38, 11, 11, 12, 10, 10, 14] }),
    truth: truthOf(
      {
        file: 'fr-vins.xlsx',
        note: 'French wines on three sheets; net, gross and former price',
        verdict: ['price-list'],
        tables: sheetNames.map((sheet) => ({
          sheet,
          headerRows: [2],
          mapping: { sku: [0], name: [1], price: [4] },
        })),
        currency: 'EUR',
        pitfalls:
          'all three sheets are lists, the fourth is not; vintages are whole numbers; prices without and with VAT ' +
          'and a former price; "épuisé – nous consulter" is on request',
      },
      lists,
    ),
  }
}

function wines(name: string, index: number): Draft {
  const sheet = draft(name)
  const draw = drawing(600 + index)
  sheet.row({ value: `Cave Perrelongue – Tarif professionnel 2026 – ${name}`, bold: true })
  sheet.merge('A1:H1')
  sheet.blank()
  sheet.row(
    'Réf.',
    'Désignation',
    'Millésime',
    'Contenance',
    'Prix HT €',
    'TVA',
    'Prix TTC €',
    'Ancien prix HT €',
  )
  for (let each = 0; each < 15 + index * 4; each++) {
    const sku = `${name.slice(0, 2).toUpperCase()}${String(each + 1).padStart(3, '0')}`
    const wine = `${draw.pick(estates)} cuvée n° ${each + 1}`
    const year = 2015 + draw.below(9)
    const cents = 620 + draw.below(7800)
    const taxed = Math.round(cents * 1.2)
    const former = { value: Math.round(cents * 1.08) / 100, format: '0.00', strike: true }
    if (index === 1 && each === 6) {
      sheet.item([sku, wine, year, '75 cl', 'nous consulter', 0.2], { sku, name: wine, price: null })
      continue
    }
    sheet.item(
      [
        sku,
        wine,
        year,
        each % 5 === 4 ? '150 cl' : '75 cl',
        { value: cents / 100, format: '0.00' },
        { value: 0.2, format: '0%' },
        { value: taxed / 100, formula: `ROUND(E${each + 4}*1.2,2)`, format: '0.00' },
        former,
      ],
      { sku, name: wine, price: fromCents(cents), currency: 'EUR' },
    )
  }
  sheet.row('Prix départ cave, par bouteille.')
  return sheet
}

function conditions(): Draft {
  const sheet = draft('Conditions')
  sheet.row('Conditions générales de vente')
  sheet.row('Franco de port à partir de 600 € HT en France métropolitaine.')
  sheet.row('Quantité', 'Remise')
  sheet.row('24 bouteilles', '3 %')
  sheet.row('60 bouteilles', '5 %')
  return sheet
}
