import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { otherWorkbookBytes } from '../write.ts'

const groups = [
  [
    'АТ «Фармак-Схід»',
    [
      ['Анальгін табл. 500 мг №10', '0451123', '03.2028', 250, 18.69, 20, 1200],
      ['Анальгін р-н д/ін. 50% амп. 2 мл №10', '0270925', '09.2027', 60, 56.07, 60, 88],
      ['Валідол табл. 60 мг №10', '1151025', '10.2029', 400, 14.95, 16, 3140],
      ['Корвалол кр. 25 мл', 'К12305', '01.2028', 120, 24.3, 26, 640],
      ['Ібупрофен сусп. 100 мг/5 мл 100 мл', 'A0925', '08.2027', 40, 88.79, 95.01, 212],
    ],
  ],
  [
    'ТОВ «Біолік»',
    [
      ['Левоміцетин табл. 500 мг №10 (10х1)', '20925', '05.2030', 300, 42.52, 45.5, 510],
      ['Глюкоза р-н 5% 200 мл', '330126', '01.2028', 28, 35.51, 38, 84],
      ['Натрію хлорид 0,9% 400 мл', '410126', '01.2028', 15, 41.12, 44, 45],
      ['Вітамін С 1000 мг шип. №20', 'VC77', '11.2027', 24, 102.8, 110, 18],
    ],
  ],
  [
    'Імпорт',
    [
      ['Клексан 4000 анти-Ха МО/0,4 мл №10', '4W1882', '06.2027', 1, 1845.79, 1975, 3],
      ['Тест-смужки д/глюкометра №50', 'TS2511', '02.2027', 10, 373.83, 400, 27],
      ['Шприц 5 мл 3-комп.', '251101', '11.2030', 100, 3.27, 3.5, 9800],
    ],
  ],
] as const

/** Medicines without codes: strength, pack and volume stand in the name; batch, expiry and pack count beside prices. */
export function uaApteka() {
  const sheet = draft('Прайс')
  sheet.row(null, 'ТОВ «Оптіма-Медсервіс»   м. Вінниця')
  sheet.row(null, 'тел. (0432) 55-01-23, (067) 430-00-11')
  sheet.row(null, 'Прайс-лист на 02.02.2026. Мінімальне замовлення 1 500,00 грн')
  sheet.row(
    '№',
    'Найменування',
    'Серія',
    'Придатний до',
    'В ящику',
    'Ціна без ПДВ, грн.',
    'Ціна з ПДВ, грн.',
    'Залишок',
    'Замовлення',
  )
  const money = (value: number) => ({ value, format: '# ##0.00' })
  const plain: { name: string; prices: string[] }[] = []
  let number = 0
  for (const [maker, rows] of groups) {
    sheet.row(null, maker)
    for (const [name, batch, expiry, box, net, gross, stock] of rows) {
      number++
      plain.push({ name, prices: [String(net), String(gross)] })
      sheet.item([number, name, batch, expiry, box, money(net), money(gross), stock, null], {
        sku: String(number),
        name,
        price: String(net),
        currency: 'UAH',
      })
    }
  }
  const file = 'ua-apteka.xls'
  const { prices, priceSum, samples, ...truth } = truthOf(
    {
      file,
      note: 'Ukrainian medicines without article numbers',
      verdict: ['price-list'],
      tables: [{ sheet: 'Прайс', headerRows: [3], mapping: { name: [1], price: [5, 6] } }],
      currency: 'UAH',
      pitfalls:
        'line numbers are no codes; numbers in names; expiry months look like prices; batches look like codes; an empty order column',
    },
    [sheet],
  )
  return {
    file,
    bytes: otherWorkbookBytes([sheet], 'biff8'),
    // With or without VAT: either may be the price, as long as it is one of them throughout.
    truth: {
      ...truth,
      samples: samples.map(({ sku, ...sample }) => ({
        ...sample,
        price: plain.find(({ name }) => name === sample.name)?.prices ?? null,
      })),
    },
  }
}
