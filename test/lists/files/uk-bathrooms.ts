import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const taps = [
  'Basin Mono Mixer',
  'Bath Shower Mixer, Deck Mounted',
  'Bidet Mixer c/w Pop-up Waste',
  'Concealed Thermostatic Valve 3/4"',
  'Freestanding Bath Filler',
  'Wall Spout 200mm',
]
const finishes = ['Chrome', 'Matt Black', 'Brushed Brass', 'Nickel']
const spares = ['Ceramic Disc 1/4 turn (Hot)', 'Ceramic Disc 1/4 turn (Cold)', 'Diverter 1/2"', 'O-Ring Kit']

/** Two tables with different columns, one below the other, saved by an old spreadsheet program. */
export function ukBathrooms() {
  const sheet = draft()
  const draw = drawing(23)
  sheet.row('HARROWGATE BATHROOM SUPPLIES LTD')
  sheet.row('Trade Price List – effective 1st March 2026')
  sheet.row('Tel: 01423 550 177', null, null, 'VAT Reg GB 123 4567 89')
  sheet.blank()
  sheet.row('BRASSWARE')
  sheet.row('Code', 'Description', 'Finish', 'Trade £ (ex VAT)', 'RRP £ (inc VAT)')
  for (const [index, name] of taps.entries()) {
    for (const [shade, finish] of finishes.entries()) {
      const sku = `HB${100 + index * 10}-${finish.slice(0, 2).toUpperCase()}`
      const cents = 4500 + draw.below(40) * 495 + index * 21000
      const retail = Math.round(cents * 1.8)
      if (index === 4 && shade === 3) {
        sheet.item([sku, name, finish, 'POA', 'POA'], { sku, name, price: null })
        continue
      }
      sheet.item([sku, name, finish, pounds(cents), pounds(retail)], {
        sku,
        name,
        price: fromCents(cents),
        currency: 'GBP',
        tiers: [{ price: fromCents(retail) }],
      })
    }
  }
  sheet.blank()
  sheet.row('SPARES & CARTRIDGES')
  sheet.row('Part No.', 'Description', 'Fits', 'Pack Qty', 'Price £ each')
  for (let index = 0; index < 16; index++) {
    const sku = `SP-${String(7 + index * 3).padStart(4, '0')}`
    const name = spares[index % spares.length]!
    const cents = 250 + draw.below(2400)
    sheet.item([sku, name, `HB${100 + (index % 6) * 10}`, [1, 1, 2, 10][index % 4]!, fromCents(cents)], {
      sku,
      name,
      price: fromCents(cents),
      currency: 'GBP',
    })
  }
  sheet.blank()
  sheet.row('Carriage: orders over £250 net delivered free, otherwise £12.50 per consignment.')
  sheet.row('Prices exclude VAT unless stated. E&OE.')
  return {
    file: 'uk-bathrooms.csv',
    bytes: csvBytes(sheet, { delimiter: ',', encoding: 'windows-1252', width: 5 }),
    truth: truthOf(
      {
        file: 'uk-bathrooms.csv',
        note: 'stacked tables with other columns; windows-1252',
        verdict: ['price-list'],
        tables: [
          { headerRows: [5], mapping: { sku: [0], name: [1], price: [3] } },
          { headerRows: [32], mapping: { sku: [0], name: [1], price: [4] } },
        ],
        currency: 'GBP',
        pitfalls:
          'the price stands in another column in the second table, where the old one holds the pack size; trade ' +
          'and retail prices; POA; inch marks; a carriage charge in the notes',
      },
      [sheet],
    ),
  }
}

function pounds(cents: number): string {
  return fromCents(cents).replace(/\B(?=(\d{3})+\.)/g, ',')
}
