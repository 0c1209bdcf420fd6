import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'

const groups = [
  [
    'DANA ETİ',
    [
      ['150.01.001', 'Dana Antrikot (vakumlu)', '3-4 kg', '4', '1.245,00', '18.675,00'],
      ['150.01.004', 'Dana Bonfile', '2-2,5 kg', '6', '1.690,00', '22.815,00'],
      ['150.01.010', 'Dana Kıyma %15 yağlı', '1 kg', '12', '579,90', '6.958,80'],
      ['150.01.012', 'Dana Kuşbaşı', '1 kg', '12', '645,00', '7.740,00'],
    ],
  ],
  [
    'KUZU ETİ',
    [
      ['150.02.001', 'Kuzu Pirzola', '1 kg', '10', '985,50', '9.855,00'],
      ['150.02.003', 'Kuzu But (kemikli)', '2,5-3 kg', '4', '720,00', '7.920,00'],
      ['150.02.008', 'Kuzu Ciğer Takımı', 'adet', '8', '310,00', '2.480,00'],
    ],
  ],
  [
    'ŞARKÜTERİ',
    [
      ['150.05.020', 'Kangal Sucuk 250 gr', '250 gr', '20', '612,00', '3.060,00'],
      ['150.05.021', 'Parmak Sucuk 500 gr', '500 gr', '16', '596,00', '4.768,00'],
      ['150.05.033', 'Dana Pastırma dilimli 100 gr', '100 gr', '30', '1.480,00', '4.440,00'],
      ['150.05.040', 'Kokteyl Sosis', '1 kg', '10', '265,00', '2.650,00'],
    ],
  ],
] as const

/** Meat by weight: a web page that a bookkeeping program saved under the name of a workbook. */
export function trEt() {
  const items = draft()
  const html: string[] = [
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">',
    '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    '<style>.t{mso-number-format:"\\@"} td{font:10pt Arial}</style></head><body>',
    '<table border=1>',
    '<tr><td colspan=7><b>ÖZKAYA ET VE ET ÜRÜNLERİ SAN. TİC. LTD. ŞTİ.</b></td></tr>',
    '<tr><td colspan=7>Toptan Fiyat Listesi &nbsp; 02.02.2026</td></tr>',
    '<tr><th>STOK KODU</th><th>ÜRÜN ADI</th><th>GRAMAJ</th><th>KOLİ<br>ADEDİ</th><th>KG FİYATI<br>(TL)</th><th>KOLİ FİYATI<br>(TL)</th><th>KDV</th></tr>',
  ]
  items.row()
  items.row()
  items.row()
  for (const [group, rows] of groups) {
    html.push(`<tr><td colspan=7 bgcolor=#dddddd><b>${group}</b></td></tr>`)
    items.row()
    for (const [sku, name, weight, count, price, box] of rows) {
      html.push(
        `<tr><td class=t>${sku}</td><td>${name}</td><td>${weight}</td><td align=right>${count}</td><td align=right>${price}</td><td align=right>${box}</td><td>%1</td></tr>`,
      )
      items.item([], {
        sku,
        name,
        price: price.replace('.', '').replace(',', '.'),
        currency: 'TRY',
        category: [group],
      })
    }
  }
  html.push('<tr><td colspan=7>&nbsp;</td></tr>')
  html.push(
    '<tr><td colspan=7>Fiyatlarımıza KDV dahil değildir. Teslim: Ankara i&ccedil;i &uuml;cretsiz.</td></tr>',
  )
  html.push('</table></body></html>', '')
  const file = 'tr-et.xls'
  return {
    file,
    bytes: new TextEncoder().encode(html.join('\r\n')),
    truth: truthOf(
      {
        file,
        note: 'Turkish meat by weight, HTML under the name of a workbook',
        verdict: ['price-list'],
        tables: [{ headerRows: [2], mapping: { sku: [0], name: [1], price: [4] } }],
        currency: 'TRY',
        pitfalls:
          'HTML named .xls; price of a kilogram beside price of a carton; codes like thousands with points; weights beside prices',
      },
      [items],
    ),
  }
}
