import { draft } from '../draft.ts'
import { gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'

const goods = [
  ['高筋面粉 25kg', '面粉', '袋', '118.00', '138.00', 320],
  ['低筋面粉 25kg', '面粉', '袋', '112.00', '132.00', 210],
  ['全麦粉 10kg', '面粉', '袋', '76.50', '89.00', 45],
  ['淡奶油 1L*12', '乳制品', '箱', '486.00', '540.00', 60],
  ['无盐黄油 5kg', '乳制品', '块', '332.00', '369.00', 18],
  ['奶油奶酪 2kg', '乳制品', '块', '128.00', '145.00', 0],
  ['马斯卡彭 500g', '乳制品', '盒', '39.90', '45.00', 77],
  ['黑巧克力 70% 1kg', '巧克力', '包', '96.00', '108.00', 33],
  ['可可粉 1kg', '巧克力', '包', '68.00', '79.00', 25],
  ['高活性干酵母 500g', '辅料', '包', '16.80', '19.90', 400],
  ['香草荚 10支', '辅料', '盒', '面议', '面议', 3],
  ['糖粉 13.62kg', '辅料', '箱', '1058.00', '1180.00', 8],
] as const

/** Baking goods as a shop program answers: the rows two levels down, numbers as text, the market price beside ours. */
export function cnHongbei() {
  const items = draft()
  const list = goods.map(([name, category, unit, price, market, stock], index) => {
    const sku = `HB${String(20_100 + index * 7)}`
    const barcode = gtin13(`690123${String(450_000 + index * 31)}`)
    const isAsked = price === '面议'
    items.item([], {
      sku,
      name,
      unit,
      category: [category],
      price: isAsked ? null : price,
      currency: 'CNY',
      ean: barcode,
    })
    return {
      id: 900 + index,
      goods_sn: sku,
      goods_name: name,
      cat_name: category,
      unit,
      barcode,
      shop_price: price,
      market_price: market,
      stock,
      is_on_sale: 1,
      add_time: 1_768_435_200 + index * 86_400,
      img: [`https://img.example/hb/${index}.jpg`],
    }
  })
  const answer = { code: 0, msg: 'success', data: { total: list.length, page: 1, currency: 'CNY', list } }
  const file = 'cn-hongbei.json'
  const truth = truthOf(
    {
      file,
      note: 'Chinese baking goods as an answer of a shop program',
      verdict: ['price-list'],
      tables: [],
      currency: ['CNY', null],
      currencyNote: 'said once, beside the list',
      pitfalls:
        'the list lies two levels down; ids, times and states are numbers; market price is not the price; price by agreement',
    },
    [items],
  )
  return {
    file,
    bytes: new TextEncoder().encode(JSON.stringify(answer)),
    truth: { ...truth, samples: truth.samples.map(({ row, currency, ...sample }) => sample) },
  }
}
