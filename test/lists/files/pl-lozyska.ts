import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const groups = [
  [
    'ŁOŻYSKA KULKOWE ZWYKŁE',
    [
      ['00012', '6001 2RS', 'SKF', '12/28/8', '0,022', '14,20', '35%', '9,23', '>50'],
      ['00013', '6002', 'SKF', '15/32/9', '0,030', '15,80', '35%', '10,27', '>50'],
      ['00021', '6203 ZZ C3', 'FAG', '17/40/12', '0,065', '18,60', '30%', '13,02', '24'],
      ['00034', '6204', 'FAG', '20/47/14', '0,106', '21,40', '30%', '14,98', 'brak'],
      ['00035', '6205', 'NSK', '25/52/15', '0,128', '24,90', '28%', '17,93', '17'],
      ['00041', '6308 2RS', 'NSK', '40/90/23', '0,630', '78,00', '28%', '56,16', '6'],
    ],
  ],
  [
    'ŁOŻYSKA STOŻKOWE',
    [
      ['00230', '30204', 'FAG', '20/47/15,25', '0,125', '42,10', '30%', '29,47', '12'],
      ['00231', '32210', 'SKF', '50/90/24,75', '0,610', '118,30', '35%', '76,90', '4'],
      ['00244', '32024 X', 'SKF', '120/180/38', '3,270', '1 204,00', '35%', '782,60', '1'],
      ['00251', '33118', 'TIMKEN', '90/150/45', '3,140', 'na zapytanie', '', 'na zapytanie', 'brak'],
    ],
  ],
  [
    'OPRAWY I AKCESORIA',
    [
      ['00610', 'UCP 205', 'FBJ', '', '0,800', '39,00', '40%', '23,40', '30'],
      ['00611', 'UCF 206', 'FBJ', '', '1,050', '48,50', '40%', '29,10', '>50'],
      ['00633', 'SNL 516-613', 'SKF', '', '5,200', '612,00', '35%', '397,80', '2'],
      ['00702', 'Tuleja wciągana H 310', 'FAG', '', '0,300', '36,20', '30%', '25,34', '14'],
      ['00716', 'Smar łożyskowy LGMT 2/0,2', 'SKF', '', '0,230', '2 016,50', '35%', '1 310,73', '1'],
    ],
  ],
] as const

/** Bearings: designations that are bare numbers, sizes and weights beside the list price, discount and price to pay. */
export function plLozyska() {
  const sheet = draft()
  sheet.row('P.H.U. ROLMAX Sp. j.', null, null, null, null, null, null, 'tel. 32 555 01 20')
  sheet.row('Cennik ważny od 01.02.2026 r. dla odbiorcy: 1047')
  sheet.blank()
  sheet.row(
    'Lp.',
    'Indeks',
    'Oznaczenie',
    'Producent',
    'Wymiary d/D/B [mm]',
    'Masa [kg]',
    'Cena kat. netto',
    'Rabat',
    'Cena po rabacie netto PLN',
    'Stan',
  )
  let number = 0
  for (const [group, rows] of groups) {
    sheet.row(group)
    for (const cells of rows) {
      number++
      const [sku, name, brand, , , , , price] = cells
      const isAsked = price === 'na zapytanie'
      sheet.item([`${number}.`, ...cells], {
        sku,
        name,
        brand,
        price: isAsked ? null : price.replace(' ', '').replace(',', '.'),
        currency: 'PLN',
        category: [group],
      })
    }
  }
  sheet.blank()
  sheet.row('Do cen należy doliczyć 23% VAT. Przy zamówieniu powyżej 500 zł transport gratis.')
  const file = 'pl-lozyska.csv'
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1250', width: 10 }),
    truth: truthOf(
      {
        file,
        note: 'Polish bearings with list price, discount and the price to pay',
        verdict: ['price-list'],
        tables: [{ headerRows: [3], mapping: { sku: [1], name: [2], brand: [3], price: [8], stock: [9] } }],
        currency: 'PLN',
        pitfalls:
          'designations are numbers; sizes with slashes; list price beside discounted price; stock ">50"',
      },
      [sheet],
    ),
  }
}
