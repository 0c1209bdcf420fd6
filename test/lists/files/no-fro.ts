import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const sorts = [
  ['1012', 'Gulrot Nantes 2', 'Daucus carota', '85', '32,-', '10 000'],
  ['1015', 'Gulrot Bolero F1', 'Daucus carota', '92', '148,50', '10 000'],
  ['1120', 'Hodekål Castello F1', 'Brassica oleracea', '95', '1 245,-', '1 000'],
  ['1124', 'Brokkoli Marathon F1', 'Brassica oleracea', '93', '1 380,-', '1 000'],
  ['1208', 'Isbergsalat Saladin', 'Lactuca sativa', '96', '210,-', '5 000'],
  ['1302', 'Purre Musselburgh', 'Allium porrum', '80', '64,-', '5 000'],
  ['1311', 'Kepaløk Hystar F1 (primet)', 'Allium cepa', '90', '118,75', '50 000'],
  ['1404', 'Sukkererter Norli', 'Pisum sativum', '88', '89,-', '1 000'],
  ['1420', 'Bønner Maxi', 'Phaseolus vulgaris', '90', '96,-', '1 000'],
  ['1507', 'Agurk Passandra F1', 'Cucumis sativus', '98', '3 950,-', '100'],
  ['1511', 'Tomat Encore F1', 'Solanum lycopersicum', '97', 'på forespørsel', '100'],
  ['1604', 'Rødbet Boltardy', 'Beta vulgaris', '82', '41,-', '10 000'],
] as const

/** Seeds: the price is for a thousand, which only the column's title says; crowns written "32,-". */
export function noFro() {
  const sheet = draft()
  sheet.row(
    'Varenr.',
    'Sort',
    'Latinsk navn',
    'Spireevne %',
    'Pris kr pr. 1000 frø eks. mva.',
    'Minste bestilling (antall frø)',
  )
  for (const cells of sorts) {
    const [sku, name, , , price] = cells
    const isAsked = price === 'på forespørsel'
    sheet.item([...cells], {
      sku,
      name,
      price: isAsked ? null : price.replace(' ', '').replace(',-', '').replace(',', '.'),
      currency: 'NOK',
      ...(isAsked ? {} : { priceQuantity: '1000' }),
    })
  }
  sheet.row('Alle priser er veiledende og kan endres uten varsel.')
  const file = 'no-fro.csv'
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1252' }),
    truth: truthOf(
      {
        file,
        note: 'Norwegian seeds, price for a thousand',
        verdict: ['price-list'],
        tables: [{ headerRows: [0], mapping: { sku: [0], name: [1], price: [4] } }],
        currency: 'NOK',
        currencyNote: 'kr, Norwegian words',
        pitfalls:
          'the quantity of a price stands in its title; germination in per cent and smallest orders beside prices; ",-"',
      },
      [sheet],
    ),
  }
}
