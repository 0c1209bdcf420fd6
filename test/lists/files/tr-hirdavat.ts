import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  ['HIRDAVAT', ['Menteşe 100 mm', 'Kapı Kolu Rozetli', 'Asma Kilit 50 mm', 'Sürgü 200 mm'], 18],
  [
    'BOYA VE YALITIM',
    ['İç Cephe Boyası 15 L', 'Dış Cephe Astarı 10 L', 'Silikon 280 ml', 'Poliüretan Köpük'],
    16,
  ],
] as const

/** Prices as text: "1.250" alone could be either, "87,50" elsewhere in the column decides it. */
export async function trHirdavat() {
  const sheet = draft('Fiyat Listesi')
  const draw = drawing(90)
  sheet.row({ value: 'YILDIZTEPE YAPI MARKET TOPTAN FİYAT LİSTESİ', bold: true })
  sheet.merge('A1:G1')
  sheet.row('Liste No: 2026/2 – Fiyatlara KDV dahil değildir.')
  sheet.blank()
  sheet.row('Stok Kodu', 'Ürün Adı', 'Marka', 'Birim', 'Eski Fiyat', 'Yeni Fiyat (TL)', 'KDV %')
  let number = 0
  for (const [group, names, count] of groups) {
    const row = sheet.row({ value: group, bold: true })
    sheet.merge(`A${row + 1}:G${row + 1}`)
    for (let each = 0; each < count; each++) {
      number++
      const sku = `YT-${String(number * 11).padStart(5, '0')}`
      const name = `${names[each % names.length]} No:${each + 1}`
      const cents = draw.pick([3250, 8750, 14_990, 95_000, 125_000, 348_000, 1_250_000, 1_490_000, 123_400])
      const old = Math.round((cents * 0.87) / 50) * 50
      const unit = draw.pick(['Adet', 'Kutu', 'Takım'])
      const written = [sku, name, draw.pick(['Kartal', 'Demirel', 'Efe']), unit]
      if (number % 13 === 0) {
        sheet.item([...written, '–', 'Fiyat sorunuz', 20], { sku, name, price: null, category: [group] })
        continue
      }
      sheet.item([...written, { value: lira(old), strike: true }, lira(cents), 20], {
        sku,
        name,
        price: fromCents(cents),
        unit,
        currency: 'TRY',
        category: [group],
      })
    }
  }
  sheet.blank()
  sheet.row('Not: Üstü çizili fiyatlar geçersizdir.')
  return {
    file: 'tr-hirdavat.xlsx',
    bytes: await workbookBytes([sheet], { widths: [12, 34, 12, 8, 12, 14, 7] }),
    truth: truthOf(
      {
        file: 'tr-hirdavat.xlsx',
        note: 'Turkish; text prices with ambiguous dots; old price struck out beside the new one',
        verdict: ['price-list'],
        tables: [
          {
            sheet: 'Fiyat Listesi',
            headerRows: [3],
            mapping: { sku: [0], name: [1], unit: [3], price: [5] },
          },
        ],
        currency: 'TRY',
        pitfalls:
          '"1.250" is 1250 because "87,50" stands in the same column; the old price is not the price; VAT per ' +
          'cent is not a price; "Fiyat sorunuz" is on request',
      },
      [sheet],
    ),
  }
}

/** Whole liras go without decimals, as price lists write them: "1.250", "87,50". */
function lira(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, '.')
  return cents % 100 === 0 ? whole : `${whole},${String(cents % 100).padStart(2, '0')}`
}
