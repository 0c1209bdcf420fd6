import { draft } from '../draft.ts'
import { drawing, fromCents, gtin13, withComma } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const head = [
  'Lp.',
  'Indeks',
  'Nazwa towaru',
  'Kod EAN',
  'J.m.',
  'Cena netto PLN',
  'VAT',
  'Cena brutto PLN',
  'Stan',
]
const groups = [
  ['NARZĘDZIA RĘCZNE', ['Klucz płaski', 'Wkrętak krzyżowy', 'Młotek ślusarski', 'Szczypce boczne'], 34],
  ['ELEKTRONARZĘDZIA', ['Wiertarka udarowa', 'Szlifierka kątowa', 'Wyrzynarka', 'Pilarka tarczowa'], 28],
  ['ŚRODKI ŚCIERNE', ['Tarcza do cięcia metalu', 'Papier ścierny', 'Ściernica listkowa'], 22],
] as const
const rowsPerPage = 24

/** A printed list exported page by page: the header comes again after every page foot. */
export function plNarzedzia() {
  const sheet = draft()
  const draw = drawing(48)
  let number = 0
  let page = 1
  sheet.row('HURTOWNIA „ŁUCZNIK” Sp. z o.o.', null, null, null, null, null, null, 'Cennik nr 3/2026')
  sheet.row(...head)
  for (const [group, names, count] of groups) {
    sheet.row(group)
    for (let each = 0; each < count; each++) {
      number++
      const sku = `000${400 + number * 3}`
      const size = 8 + each
      const name =
        each % 9 === 4 ? `${draw.pick(names)} ${size} mm\nz atestem` : `${draw.pick(names)} ${size} mm`
      const ean = gtin13(`5901234${String(10_000 + number * 37)}`)
      const net = 490 + draw.below(group === 'ELEKTRONARZĘDZIA' ? 180_000 : 9000)
      const gross = Math.round(net * 1.23)
      const stock = draw.pick([0, 4, 12, 57, 140])
      const unit = 'szt.'
      const written = [number, sku, name, ean, unit]
      if (number === 41) {
        sheet.reject([...written, '#ARG!', '23%', '#ARG!', stock])
      } else if (number % 31 === 0) {
        sheet.item([...written, 'na zapytanie', '23%', null, stock], {
          sku,
          name: plain(name),
          price: null,
          ean,
        })
      } else {
        sheet.item([...written, withComma(net, ' '), '23%', withComma(gross, ' '), stock], {
          sku,
          name: plain(name),
          price: fromCents(net),
          unit: ['szt.', 'szt'],
          currency: 'PLN',
          category: [group],
          ean,
          tiers: [{ price: fromCents(gross) }],
        })
      }
      if (number % rowsPerPage === 0) {
        sheet.row(`Strona ${page++} z 4`)
        sheet.blank()
        sheet.row(...head)
      }
    }
  }
  sheet.row('Strona 4 z 4')
  sheet.row('Ceny obowiązują do odwołania. Podane ceny nie stanowią oferty w rozumieniu art. 66 K.C.')
  return {
    file: 'pl-narzedzia.csv',
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1250', width: 9 }),
    truth: truthOf(
      {
        file: 'pl-narzedzia.csv',
        note: 'page-broken list; windows-1250; quoted line breaks in names',
        verdict: ['price-list'],
        tables: [
          { headerRows: [1], mapping: { sku: [1], name: [2], ean: [3], unit: [4], price: [5], stock: [8] } },
        ],
        currency: 'PLN',
        pitfalls:
          'net and gross prices; thousands set off by a space; leading zeros in the index; a line number before ' +
          'it; repeated headers and page feet; one price is an error value',
      },
      [sheet],
    ),
  }
}

/** A line break inside a name may be read as it is or as a space. */
function plain(name: string): string | readonly string[] {
  return name.includes('\n') ? [name, name.replace('\n', ' ')] : name
}
