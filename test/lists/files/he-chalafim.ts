import { draft } from '../draft.ts'
import { encode } from '../encode.ts'
import { truthOf } from '../truth.ts'

const parts = [
  ['04465-0D150', 'רפידות בלם קדמיות', 'ADVICS', 'יאריס 2014-2019', '245.00', '12'],
  ['90915-YZZE1', 'מסנן שמן', 'TOYOTA', 'קורולה 2008-2018', '38.50', '40+'],
  ['17801-21050', 'מסנן אוויר', 'MANN', 'קורולה 2013-', '62.00', '15'],
  ['1K0615301AA', 'צלחת בלם קדמית 312 מ"מ', 'ATE', 'גולף 6, אוקטביה', '419.90', '6'],
  ['03L115562', 'מסנן שמן דיזל 2.0', 'MAHLE', 'סקודה', '44.00', '22'],
  ['26300-35505', 'מסנן שמן', 'HYUNDAI', 'i10/i20/i35', '31.00', '50'],
  ['GDB3425', 'רפידות בלם אחוריות', 'TRW', 'מאזדה 3', '198.00', '0'],
  ['5W30-4L', 'שמן מנוע 5W-30 4 ליטר', 'CASTROL', 'כללי', '159.00', '30'],
  ['0986479C20', 'צמד צלחות "ספורט"', 'BOSCH', 'סיאט לאון', '1,245.00', '2'],
  ['H7-12V', 'נורה H7 12V 55W', 'PHILIPS', 'כללי', '24.90', '100'],
  ['VKBA3658', 'מיסב גלגל', 'SKF', 'פוקוס', '312.00', '4'],
  ['6PK1193', 'רצועת אביזרים', 'GATES', 'יונדאי i30', '86.00', '9'],
] as const

/** Car parts, windows-1255, written by a program that puts no quotes round Hebrew abbreviations, which hold one. */
export function heChalafim() {
  const items = draft()
  items.row()
  for (const [sku, name, brand, , price] of parts) {
    items.item([], { sku, name, brand, price: price.replace(',', ''), currency: 'ILS' })
  }
  // Only what holds a comma is in quotes, so the quotation marks inside the others stand as they are.
  const field = (text: string) => (text.includes(',') ? `"${text}"` : text)
  const lines = [
    'מק"ט,תיאור החלק,יצרן,דגם רכב,מחיר בש"ח לפני מע"מ,מלאי',
    ...parts.map((cells) => cells.map(field).join(',')),
  ]
  const file = 'he-chalafim.csv'
  return {
    file,
    bytes: encode(`${lines.join('\r\n')}\r\n`, 'windows-1255'),
    truth: truthOf(
      {
        file,
        note: 'Hebrew car parts, windows-1255, quotation marks inside words',
        verdict: ['price-list'],
        tables: [{ headerRows: [0], mapping: { sku: [0], name: [1], brand: [2], price: [4], stock: [5] } }],
        currency: 'ILS',
        pitfalls:
          'quotation marks inside unquoted fields; currency as an abbreviation in the header; stock "40+"; years beside names',
      },
      [items],
    ),
  }
}
