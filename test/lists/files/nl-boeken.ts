import { draft } from '../draft.ts'
import { gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const books = [
  [
    'Het lege huis',
    'Vries, Anna de',
    'Uitgeverij Meander',
    '12-02-2026',
    301,
    288,
    'paperback',
    '22,99',
    '42%',
    '12,23',
  ],
  [
    '1953',
    'Bakker, Joost',
    'Uitgeverij Meander',
    '19-02-2026',
    301,
    352,
    'gebonden',
    '27,50',
    '42%',
    '14,63',
  ],
  [
    'De kleine otter',
    'Smit, Lot',
    'Kinderboekerij',
    '05-03-2026',
    273,
    32,
    'gebonden',
    '16,99',
    '42%',
    '9,04',
  ],
  [
    'De kleine otter gaat slapen',
    'Smit, Lot',
    'Kinderboekerij',
    '05-03-2026',
    273,
    28,
    'karton',
    '12,50',
    '42%',
    '6,65',
  ],
  [
    'Koken zonder pannen',
    'Haan, Ria den',
    'Schuim',
    '12-03-2026',
    441,
    224,
    'gebonden',
    '29,99',
    '40%',
    '16,51',
  ],
  [
    '100 wandelingen in Drenthe',
    'Postma, K.',
    'Landkaart',
    '01-04-2026',
    512,
    240,
    'paperback',
    '24,95',
    '40%',
    '13,73',
  ],
  [
    'Zeven brieven; en een antwoord',
    'Ohana, Samir',
    'Uitgeverij Meander',
    '09-04-2026',
    302,
    198,
    'paperback',
    '21,99',
    '42%',
    '11,70',
  ],
  [
    'Statistiek voor beginners (4e druk)',
    'Laan, P. van der',
    'Academie',
    '15-04-2026',
    916,
    512,
    'paperback',
    '54,50',
    '25%',
    '37,50',
  ],
  [
    'Atlas van het weer',
    'Diversen',
    'Landkaart',
    '07-05-2026',
    680,
    320,
    'gebonden',
    '49,99',
    '40%',
    '27,52',
  ],
  ['Oma’s moestuin', 'Jong, Tine de', 'Schuim', '14-05-2026', 425, 176, 'paperback', '19,99', '40%', '11,00'],
  ['Rood', 'Wit, L. de', 'Uitgeverij Meander', 'juni 2026', 301, 256, 'paperback', '22,99', '42%', '12,23'],
  [
    'Verzameld werk (6 dln in cassette)',
    'Hoek, J.C.',
    'Uitgeverij Meander',
    'juni 2026',
    306,
    4120,
    'gebonden',
    '1.249,00',
    '30%',
    '802,11',
  ],
] as const

/** Books by ISBN as a spreadsheet saves "Unicode text": UTF-16, tabs; retail price, discount, price to pay. */
export function nlBoeken() {
  const sheet = draft()
  sheet.row('Voorjaarsaanbieding 2026')
  sheet.row(
    'ISBN',
    'Titel',
    'Auteur',
    'Fonds',
    'Verschijnt',
    'NUR',
    'Blz.',
    'Bindwijze',
    'Winkelprijs incl. 9% btw',
    'Korting',
    'Netto excl. btw',
  )
  books.forEach(([title, author, publisher, date, code, pages, binding, retail, discount, net], index) => {
    const isbn = gtin13(`9789045${String(10_230 + index * 17)}`)
    sheet.item(
      [isbn, title, author, publisher, date, code, pages, binding, `€ ${retail}`, discount, `€ ${net}`],
      {
        sku: isbn,
        ean: isbn,
        name: title,
        price: net.replace(',', '.'),
        currency: 'EUR',
      },
    )
  })
  const file = 'nl-boeken.tsv'
  const { prices, samples, ...truth } = truthOf(
    {
      file,
      note: 'Dutch books, UTF-16 with tabs',
      verdict: ['price-list'],
      tables: [{ headerRows: [1], mapping: { name: [1], price: [10] } }],
      currency: 'EUR',
      pitfalls:
        'ISBN is the only code; a title that is a year; pages and subject codes are numbers; retail price with VAT beside the price to pay',
    },
    [sheet],
  )
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: '\t', encoding: 'utf-16le', byteOrderMark: true }),
    // Whether an ISBN counts as the article number too is a matter of taste.
    truth: { ...truth, samples: samples.map(({ sku, ...sample }) => sample) },
  }
}
