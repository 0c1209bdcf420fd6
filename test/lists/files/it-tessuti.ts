import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const collections = [
  [
    'LINI',
    [
      ['LN 101', 'Lino lavato', '100% LI', '140', '245', '14,50', '11,90', '01 bianco - 03 ecrù - 12 salvia'],
      ['LN 104', 'Lino pesante', '100% LI', '280', '410', '22,80', '18,70', '03 ecrù - 20 sabbia'],
      ['LN 110', 'Misto lino rigato', '55% LI 45% CO', '150', '210', '9,90', '7,60', ''],
      ['LN 115/R', 'Garza di lino', '100% LI', '300', '130', '17,20', '14,00', '01 bianco'],
    ],
  ],
  [
    'COTONI',
    [
      ['CT 201', 'Popeline', '97% CO 3% EA', '150', '120', '6,40', '4,95', 'tutti i colori cartella C'],
      ['CT 207', 'Gabardina', '100% CO', '150', '260', '8,30', '6,70', ''],
      ['CT 212', 'Mussola stampata', '100% CO', '140', '85', '7,90', '6,10', 'dis. 4-5-9'],
      ['CT 230', 'Velluto mille righe', '100% CO', '145', '300', '11,60', '9,20', ''],
      ['CT 231', 'Velluto liscio', '100% CO', '145', '340', '13,40', '10,80', '08 bordeaux - 15 blu notte'],
    ],
  ],
  [
    'SETE',
    [
      ['ST 301', 'Raso di seta', '100% SE', '138', '95', '38,00', '32,50', ''],
      ['ST 304', 'Chiffon', '100% SE', '138', '45', '29,00', '24,80', '01 avorio'],
      ['ST 310', 'Broccato Sant’Ambrogio', '70% SE 30% ME', '130', '280', '1.120,00', '980,00', ''],
      ['ST 311', 'Damasco su disegno', '100% SE', '130', '', 'su richiesta', 'su richiesta', ''],
    ],
  ],
] as const

/** Fabrics by the metre: a price for cut lengths and one for the whole roll, colours in rows of their own. */
export function itTessuti() {
  const sheet = draft()
  sheet.row('TESSITURA F.LLI BRANDOLINI s.r.l.')
  sheet.row('Listino tessuti a metraggio P/E 2026 - annulla e sostituisce i precedenti')
  sheet.row('Art.', 'Descrizione', 'Comp.', 'H cm', 'gr/mtl', 'Taglio €/mt', 'Pezza €/mt')
  let notes = 0
  for (const [collection, rows] of collections) {
    sheet.row(`--- ${collection} ---`)
    for (const [sku, name, content, width, weight, cut, roll, colours] of rows) {
      const isAsked = cut === 'su richiesta'
      const plain = (text: string) => text.replace('.', '').replace(',', '.')
      sheet.item([sku, name, content, width, weight, cut, roll], {
        sku,
        name,
        price: isAsked ? null : plain(cut),
        currency: 'EUR',
        ...(isAsked ? {} : { tiers: [{ price: plain(roll) }] }),
      })
      if (colours === '') continue
      notes++
      sheet.row(null, `col. ${colours}`)
    }
  }
  sheet.row('Prezzi IVA esclusa, franco ns. magazzino Prato. Pezza intera ca. 50 mt.')
  const file = 'it-tessuti.csv'
  const truth = truthOf(
    {
      file,
      note: 'Italian fabrics by the metre',
      // Which of the two a buyer pays hangs on how much he takes; asking is as right as taking the cut price.
      verdict: ['price-list', 'review'],
      tables: [{ headerRows: [2], mapping: { sku: [0], name: [1], price: [5] } }],
      currency: 'EUR',
      pitfalls:
        'price names without the word price; rows of colours between articles; dashes round sections; width and weight beside prices',
    },
    [sheet],
  )
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'utf-8', byteOrderMark: true, width: 7 }),
    // A row of colours says something of the article above and is none itself: passing it over or saying so are both right.
    truth: { ...truth, rejected: [0, notes] },
  }
}
