import { draft } from '../draft.ts'
import { drawing, gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const kinds = [
  ['LED', 'LED電球 昼白色', '60W相当'],
  ['VVF', 'VVFケーブル 2心', '100m巻'],
  ['SW', '埋込スイッチ', '片切'],
  ['BX', 'スイッチボックス', '2個用'],
] as const

/** Shift_JIS, prices as text with thousands commas, two prices without and with tax. */
export function jpDenzai() {
  const sheet = draft()
  const draw = drawing(315)
  sheet.row('2026年度 電設資材価格表')
  sheet.row('株式会社みどり電材', null, null, null, null, null, '発行日：2026年1月10日')
  sheet.row('型番', '品名', '規格', 'JANコード', '入数', '単価（円・税抜）', '税込価格（円）')
  for (let index = 0; index < 48; index++) {
    const [prefix, kind, size] = kinds[index % kinds.length]!
    const sku = `${prefix}-${String(index * 7 + 3).padStart(4, '0')}`
    const name = `${kind} ${index + 1}型`
    const ean = gtin13(`49123456${String(1000 + index * 17)}`)
    const yen = 120 + draw.below(90) * 35 + (index % 4 === 1 ? 9000 : 0)
    const packing = draw.pick([1, 10, 20])
    const written = [sku, name, size, ean, packing]
    if (index === 11 || index === 30) {
      const word = index === 11 ? 'オープン価格' : 'お問い合わせください'
      sheet.item([...written, word, '-'], { sku, name, price: null, ean })
      continue
    }
    const taxed = Math.floor(yen * 1.1)
    sheet.item([...written, grouped(yen), grouped(taxed)], {
      sku,
      name,
      price: String(yen),
      currency: 'JPY',
      ean,
      tiers: [{ price: String(taxed) }],
    })
  }
  sheet.row('※価格は予告なく変更する場合があります。')
  return {
    file: 'jp-denzai.csv',
    bytes: csvBytes(sheet, { delimiter: ',', encoding: 'shift_jis', width: 7 }),
    truth: truthOf(
      {
        file: 'jp-denzai.csv',
        note: 'Japanese; Shift_JIS; prices without and with tax',
        verdict: ['price-list'],
        tables: [{ headerRows: [2], mapping: { sku: [0], name: [1], ean: [3], price: [5] } }],
        currency: 'JPY',
        pitfalls: '13-digit JAN codes; pack sizes beside prices; open price and "please ask" are on request',
      },
      [sheet],
    ),
  }
}

function grouped(yen: number): string {
  return String(yen).replace(/\B(?=(\d{3})+$)/g, ',')
}
