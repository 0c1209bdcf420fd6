import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  [
    'Vinylové podlahy lepené',
    [
      ['DV1101', 'Dub zimní', '1219 x 184 x 2,5', 3.36, 389],
      ['DV1102', 'Dub medový', '1219 x 184 x 2,5', 3.36, 389],
      ['DV1120', 'Beton šedý', '610 x 305 x 2,5', 3.34, 429],
    ],
  ],
  [
    'Laminátové podlahy',
    [
      ['LA2004', 'Dub klasik AC4', '1380 x 193 x 8', 2.131, 249],
      ['LA2010', 'Jasan bílý AC4', '1380 x 193 x 8', 2.131, 259.5],
      ['LA2041', 'Ořech AC5', '1285 x 192 x 10', 1.727, 412],
    ],
  ],
  [
    'Dřevěné podlahy třívrstvé',
    [
      ['TP3001', 'Dub rustik, olej', '2200 x 220 x 14', 2.904, 1149],
      ['TP3002', 'Dub select, lak', '2200 x 220 x 14', 2.904, 1485],
      ['TP3010', 'Jasan markant', '2200 x 220 x 14', 2.904, 1390],
    ],
  ],
] as const

const loose = [
  ['PR9001', 'Lišta soklová MDF bílá 60 mm, 2,4 m', 'ks', 119],
  ['PR9010', 'Podložka pod vinyl 1,5 mm (role 10 m²)', 'role', 890],
  ['PR9022', 'Lepidlo disperzní 12 kg', 'kbelík', 1560],
] as const

/** Floors by the square metre and by the pack, without and with VAT; formulas; accessories in a table of their own. */
export async function czPodlahy() {
  const sheet = draft('Ceník')
  sheet.row({ value: 'PODLAHY MORAVA – velkoobchodní ceník', bold: true })
  sheet.row('Platnost od 1. 2. 2026, DPH 21 %')
  sheet.blank()
  sheet.row('Kód', 'Dekor', 'Rozměr (mm)', 'm² v balení', 'Cena za m²', null, 'Cena za balení', null)
  sheet.merge('E4:F4')
  sheet.merge('G4:H4')
  sheet.row(null, null, null, null, 'bez DPH', 's DPH', 'bez DPH', 's DPH')
  const crowns = (value: number, formula?: string) => ({
    value: Math.round(value * 100) / 100,
    format: '#,##0.00\\ "Kč"',
    ...(formula === undefined ? {} : { formula }),
  })
  for (const [group, rows] of groups) {
    sheet.row({ value: group, bold: true })
    for (const [sku, name, size, area, price] of rows) {
      const at = sheet.rows.length + 1
      sheet.item(
        [
          sku,
          name,
          size,
          { value: area, format: '0.000' },
          crowns(price),
          crowns(price * 1.21, `E${at}*1.21`),
          crowns(price * area, `E${at}*D${at}`),
          crowns(price * area * 1.21, `F${at}*D${at}`),
        ],
        { sku, name, price: String(price), currency: 'CZK', category: [group] },
      )
    }
  }
  sheet.blank()
  sheet.row({ value: 'Příslušenství', bold: true })
  sheet.row('Kód', 'Název', 'MJ', null, 'Cena bez DPH', 'Cena s DPH')
  for (const [sku, name, unit, price] of loose) {
    sheet.item([sku, name, unit, null, crowns(price), crowns(price * 1.21)], {
      sku,
      name,
      unit,
      price: String(price),
      currency: 'CZK',
    })
  }
  const file = 'cz-podlahy.xlsx'
  return {
    file,
    bytes: await workbookBytes([sheet], { widths: [12, 30, 20] }),
    truth: truthOf(
      {
        file,
        note: 'Czech floors by the square metre and the pack',
        verdict: ['price-list'],
        tables: [
          { headerRows: [3, 4], mapping: { sku: [0], name: [1], price: [4] } },
          { headerRows: [19], mapping: { sku: [0], name: [1], unit: [2], price: [4] } },
        ],
        currency: 'CZK',
        pitfalls:
          'four prices under two merged headings; size and area beside prices; a second table with other columns; currency only in the number format',
      },
      [sheet],
    ),
  }
}
