import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  ['أدوات كهربائية', ['دريل كهربائي', 'منشار دائري', 'صاروخ جلخ', 'مكواة لحام']],
  ['مواد سباكة', ['خلاط مغسلة', 'محبس زاوية', 'خرطوم مرن', 'سيفون أرضي']],
  ['دهانات', ['دهان داخلي ١٨ لتر', 'معجون جدران', 'بخاخ دهان', 'رول دهان']],
] as const

/** Right to left, with Eastern Arabic digits and separators in prices and line numbers. */
export async function arAdawat() {
  const sheet = draft('قائمة الأسعار')
  const draw = drawing(7)
  sheet.row({ value: 'مؤسسة النخلة الذهبية للتجارة', bold: true })
  sheet.merge('A1:E1')
  sheet.row('قائمة أسعار الجملة – يناير ٢٠٢٦')
  sheet.merge('A2:E2')
  sheet.blank()
  sheet.row('م', 'رقم الصنف', 'اسم الصنف', 'الوحدة', 'السعر (ر.س)')
  let number = 0
  for (const [group, names] of groups) {
    const row = sheet.row({ value: group, bold: true })
    sheet.merge(`A${row + 1}:E${row + 1}`)
    for (let each = 0; each < 9; each++) {
      number++
      const sku = `NK-${1000 + number * 13}`
      const name = `${names[each % names.length]} موديل ${eastern(String(each + 1))}`
      const cents = draw.pick([8500, 12_550, 45_000, 125_050, 230_000, 999, 1275])
      const unit = draw.pick(['حبة', 'كرتون', 'طقم'])
      if (number === 14) {
        sheet.item([eastern(String(number)), sku, name, unit, 'عند الطلب'], {
          sku,
          name,
          price: null,
          category: [group],
        })
        continue
      }
      sheet.item([eastern(String(number)), sku, name, unit, riyals(cents)], {
        sku,
        name,
        price: fromCents(cents),
        unit,
        currency: 'SAR',
        category: [group],
      })
    }
  }
  sheet.blank()
  sheet.row('الأسعار لا تشمل ضريبة القيمة المضافة ١٥٪')
  return {
    file: 'ar-adawat.xlsx',
    bytes: await workbookBytes([sheet], { rightToLeft: true, widths: [6, 14, 34, 10, 14] }),
    truth: truthOf(
      {
        file: 'ar-adawat.xlsx',
        note: 'Arabic; Eastern Arabic digits; right to left',
        verdict: ['price-list'],
        tables: [
          {
            sheet: 'قائمة الأسعار',
            headerRows: [3],
            mapping: { sku: [1], name: [2], unit: [3], price: [4] },
          },
        ],
        currency: 'SAR',
        pitfalls:
          'Arabic decimal and thousands separators; line numbers before the article number; on request',
      },
      [sheet],
    ),
  }
}

function riyals(cents: number): string {
  const grouped = fromCents(cents).replace(/\B(?=(\d{3})+\.)/g, '٬')
  return eastern(grouped.replace('.', '٫'))
}

function eastern(text: string): string {
  return text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))
}
