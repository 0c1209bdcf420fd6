import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

/** GB18030; the price with tax in one column, the smallest order quantity beside it. */
export function cnDianzi() {
  const sheet = draft()
  const draw = drawing(86)
  sheet.row('深圳市晨星电子有限公司报价单', null, null, null, null, null)
  sheet.row('日期：2026年1月8日', null, null, '币种：人民币', null, null)
  sheet.row('序号', '型号', '产品名称', '规格', '含税单价（元）', '起订量')
  for (let index = 0; index < 55; index++) {
    const sku = `CX${String(805 + index * 3)}${draw.pick(['A', 'B', 'N'])}`
    const name = `${draw.pick(['贴片电阻', '陶瓷电容', '连接器', '蓝牙模块'])}${index + 1}号`
    const cents = 3 + draw.below(index % 4 === 3 ? 9900 : 250)
    const item = { sku, name, price: fromCents(cents), currency: 'CNY' }
    sheet.item(
      [
        index + 1,
        sku,
        name,
        draw.pick(['0603', '0805', 'SMD']),
        fromCents(cents),
        draw.pick([100, 1000, 5000]),
      ],
      item,
    )
  }
  sheet.row('备注：以上价格有效期30天，满500元包邮。')
  return {
    file: 'cn-dianzi.csv',
    bytes: csvBytes(sheet, { delimiter: ',', encoding: 'gb18030', width: 6 }),
    truth: truthOf(
      {
        file: 'cn-dianzi.csv',
        note: 'Chinese parts; GB18030',
        verdict: ['price-list'],
        tables: [{ headerRows: [2], mapping: { sku: [1], name: [2], price: [4] } }],
        currency: 'CNY',
        pitfalls:
          'line numbers first; sizes such as 0603 look like codes or numbers; order quantities beside prices',
      },
      [sheet],
    ),
  }
}
