import type { ListTruth, TableTruth } from '../../../scripts/lib/score/truth.ts'
import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents, gtin13, withComma } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { type CsvStyle, csvBytes } from '../write.ts'

/** Lists of small shops and their programs, from several countries. */
export function shops() {
  return [
    woocommerce(),
    indianDealer(),
    vietnamese(),
    indonesian(),
    hairdresser(),
    marketplace(),
    korean(),
    french(),
    tiny(),
  ]
}

interface Said {
  note: string
  pitfalls: string
  currency: ListTruth['currency']
  table: TableTruth
  mayAsk?: boolean
}

function list(file: string, sheet: Draft, style: CsvStyle, { table, mayAsk, ...said }: Said) {
  const verdict = mayAsk ? (['price-list', 'review'] as const) : (['price-list'] as const)
  return {
    file,
    bytes: csvBytes(sheet, style),
    truth: truthOf({ file, verdict, tables: [table], ...said }, [sheet]),
  }
}

/** Groups digits by three: 1250000 → "1.250.000". */
function grouped(amount: number, sign: string): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, sign)
}

function woocommerce() {
  const sheet = draft()
  const draw = drawing(12)
  sheet.row(
    ...[
      'ID',
      'Type',
      'SKU',
      'Name',
      'Published',
      'Is featured?',
      'Short description',
      'Tax status',
      'In stock?',
    ],
    ...['Stock', 'Weight (kg)', 'Sale price', 'Regular price', 'Categories', 'Images', 'Parent', 'Position'],
  )
  for (let index = 0; index < 30; index++) {
    const sku = `woo-${draw.pick(['mug', 'tee', 'cap'])}-${index + 1}`
    const name = `${draw.pick(['Stoneware Mug', 'Organic Tee', 'Field Cap'])} #${index + 1}`
    const price = fromCents(900 + draw.below(60) * 100)
    const category = draw.pick(['Kitchen > Mugs', 'Clothing > Tees', 'Clothing'])
    sheet.item(
      [
        ...[1200 + index, 'simple', sku, name, 1, 0, `From $${5 + index} a month`, 'taxable', 1],
        ...[draw.below(80), '0.4', null, price, category, `https://shop.example/${index}.jpg`, null, 0],
      ],
      { sku, name, price, category: category.split(' > ') },
    )
  }
  return list(
    'en-woocommerce.csv',
    sheet,
    { delimiter: ',', encoding: 'utf-8', lineEnd: '\n' },
    {
      note: 'a shop program’s export; the sale price is empty',
      currency: null,
      pitfalls:
        'the empty sale price stands before the regular price; amounts in descriptions; 0, 1 and weights are numbers',
      table: { headerRows: [0], mapping: { sku: [2], name: [3], price: [12], category: [13] } },
    },
  )
}

function indianDealer() {
  const sheet = draft()
  const draw = drawing(91)
  sheet.row('SHREE BALAJI ELECTRICALS, PUNE', null, null, null, null, 'W.E.F. 01/02/2026', null)
  sheet.row('Sr No', 'Item Code', 'Item Description', 'HSN Code', 'MRP (Rs.)', 'Dealer Price (Rs.)', 'GST %')
  for (let index = 0; index < 40; index++) {
    const sku = `SB/${String(index * 3 + 11).padStart(4, '0')}`
    const name = `${draw.pick(['MCB 32A SP', 'LED Panel 18W', 'Submersible Pump 1.5HP', 'Cable 2.5 sqmm 90m'])} - ${index + 1}`
    const retail = (index % 7 === 3 ? 12_000_000 : 0) + 14_500 + draw.below(900_000)
    const cents = Math.round(retail * 0.7)
    sheet.item([index + 1, sku, name, draw.pick([8536, 9405, 8413]), rupees(retail), rupees(cents), 18], {
      sku,
      name,
      price: fromCents(cents),
      tiers: [{ price: fromCents(retail) }],
    })
  }
  return list(
    'in-electricals.csv',
    sheet,
    { delimiter: ',', encoding: 'utf-8' },
    {
      note: 'Indian electricals; digits grouped by lakhs',
      currency: [null, 'INR'],
      pitfalls:
        '"1,23,456.00"; "Rs." also means other rupees (a question is right); the maximum retail price comes first; HSN codes and GST are numbers',
      mayAsk: true,
      table: { headerRows: [1], mapping: { sku: [1], name: [2], price: [5] } },
    },
  )
}

/** 12345600 → "1,23,456.00". */
function rupees(cents: number): string {
  const [whole = '', decimals] = fromCents(cents).split('.')
  const head = whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ',')
  return `${head === '' ? '' : `${head},`}${whole.slice(-3)}.${decimals}`
}

function vietnamese() {
  const sheet = draft()
  const draw = drawing(84)
  sheet.row('BẢNG BÁO GIÁ VẬT TƯ NƯỚC 2026')
  sheet.row('STT', 'Mã hàng', 'Tên hàng', 'ĐVT', 'Đơn giá (VNĐ)')
  for (let index = 0; index < 36; index++) {
    const sku = `VN${String(index + 1).padStart(3, '0')}`
    const name = `${draw.pick(['Ống nhựa PVC', 'Van bi đồng', 'Co nối 90 độ', 'Máy bơm nước'])} loại ${index + 1}`
    const amount = (index % 9 === 4 ? 1_250 : 8 + draw.below(700)) * 1000
    const unit = draw.pick(['Cái', 'Mét', 'Bộ'])
    sheet.item([index + 1, sku, name, unit, grouped(amount, '.')], {
      sku,
      name,
      price: String(amount),
      unit,
      currency: 'VND',
    })
  }
  return list(
    'vn-vattu.csv',
    sheet,
    { delimiter: ',', encoding: 'utf-8', byteOrderMark: true },
    {
      note: 'Vietnamese plumbing; dots group thousands',
      currency: 'VND',
      pitfalls: '"85.000" is 85000 because "1.250.000" stands in the column; line numbers',
      table: { headerRows: [1], mapping: { sku: [1], name: [2], unit: [3], price: [4] } },
    },
  )
}

function indonesian() {
  const sheet = draft()
  const draw = drawing(62)
  sheet.row('Kode Barang', 'Nama Barang', 'Satuan', 'Harga Jual')
  for (let index = 0; index < 28; index++) {
    const sku = `BRG${String(index * 2 + 1).padStart(4, '0')}`
    const name = `${draw.pick(['Semen 50 kg', 'Cat tembok 5 kg', 'Paku 7 cm', 'Triplek 9 mm'])} merk ${index + 1}`
    const amount = (12 + draw.below(600)) * 500
    const unit = draw.pick(['sak', 'kaleng', 'lembar'])
    sheet.item([sku, name, unit, `Rp ${grouped(Math.max(amount, 10_000), '.')}`], {
      sku,
      name,
      price: String(Math.max(amount, 10_000)),
      unit,
      currency: 'IDR',
    })
  }
  return list(
    'id-toko.csv',
    sheet,
    { delimiter: ';', encoding: 'utf-8' },
    {
      note: 'Indonesian building material; every price has one dot and three digits behind it',
      currency: 'IDR',
      mayAsk: true,
      pitfalls:
        '"Rp 12.500" is 12500: rupiahs have no cents, but the column alone does not say so, so one may ask',
      table: { headerRows: [0], mapping: { sku: [0], name: [1], unit: [2], price: [3] } },
    },
  )
}

function hairdresser() {
  const sheet = draft()
  sheet.row('PELUQUERÍA LOS ARCOS – TARIFAS 2026')
  sheet.row('Servicio', 'Precio')
  const services: readonly (readonly [string, readonly (readonly [string, string, string])[]])[] = [
    [
      'CORTE',
      [
        ['Corte caballero', '15 €', '15'],
        ['Corte señora', '22,50 €', '22.50'],
        ['Corte infantil', '12 €', '12'],
      ],
    ],
    [
      'COLOR',
      [
        ['Tinte raíz', 'desde 28 €', '28'],
        ['Mechas balayage', 'desde 65,00 €', '65'],
        ['Matiz', '18,00 €', '18'],
      ],
    ],
    [
      'TRATAMIENTOS',
      [
        ['Hidratación', '20 €', '20'],
        ['Keratina', '120,00 €', '120'],
        ['Recogido novia', 'consultar', ''],
      ],
    ],
  ]
  let number = 0
  for (const [group, lines] of services) {
    sheet.row(group)
    for (const [name, written, price] of lines) {
      number++
      sheet.item([name, written], {
        sku: `#${number}`,
        name,
        price: price === '' ? null : price,
        category: [group],
      })
    }
  }
  const made = list(
    'es-peluqueria.csv',
    sheet,
    { delimiter: ';', encoding: 'windows-1252', width: 2 },
    {
      note: 'a hairdresser’s services; no codes',
      currency: 'EUR',
      pitfalls: '"desde 28 €" is a price from 28 on; services have no code; "consultar" is on request',
      table: { headerRows: [1], mapping: { name: [0], price: [1] } },
    },
  )
  // There are no codes: the ones above only tell the drafts apart.
  const { prices: _, samples, ...truth } = made.truth
  return { ...made, truth: { ...truth, samples: samples.map(({ sku: __, ...sample }) => sample) } }
}

function marketplace() {
  const sheet = draft()
  const draw = drawing(10)
  sheet.row(
    'item-name',
    'listing-id',
    'seller-sku',
    'price',
    'quantity',
    'open-date',
    'product-id-type',
    'asin1',
  )
  for (let index = 0; index < 32; index++) {
    const sku = `${draw.pick(['0Q', '7X', 'ZK'])}-${draw.below(9000) + 1000}-${index}`
    const name = `${draw.pick(['Desk Lamp, LED', 'USB-C Cable 2m', 'Phone Stand'])} (Pack of ${1 + (index % 3)})`
    const price = fromCents(599 + draw.below(5000))
    sheet.item(
      [
        name,
        `0108${100_000 + index}`,
        sku,
        price,
        draw.below(200),
        '2025-11-02 08:14:00 PST',
        1,
        `B0${7_000_000 + index * 97}XQ`,
      ],
      { sku, name, price },
    )
  }
  return list(
    'us-listings.csv',
    sheet,
    { delimiter: '\t', encoding: 'utf-8', lineEnd: '\n' },
    {
      note: 'a marketplace’s listings, parted by tabs',
      currency: null,
      pitfalls:
        'two further codes beside the SKU, one with a leading zero; quantities and types are numbers; no currency',
      table: { headerRows: [0], mapping: { name: [0], sku: [2], price: [3], stock: [4] } },
    },
  )
}

function korean() {
  const sheet = draft()
  const draw = drawing(82)
  sheet.row('품목코드', '품목명', '규격', '단위', '공급단가(원)', '바코드')
  for (let index = 0; index < 33; index++) {
    const sku = `K${String(index * 4 + 7).padStart(5, '0')}`
    const name = `${draw.pick(['사무용 의자', '복사용지 A4', '형광펜 세트', '서류함'])} ${index + 1}호`
    const amount = 900 + draw.below(400) * 100
    const unit = draw.pick(['개', '박스'])
    sheet.item(
      [
        sku,
        name,
        draw.pick(['대', '중', '소']),
        unit,
        `₩${grouped(amount, ',')}`,
        gtin13(`88012345${1000 + index}`),
      ],
      {
        sku,
        name,
        price: String(amount),
        unit,
        currency: 'KRW',
      },
    )
  }
  return list(
    'kr-samu.csv',
    sheet,
    { delimiter: ',', encoding: 'utf-8' },
    {
      note: 'Korean office supplies',
      currency: 'KRW',
      pitfalls: '"₩12,000" is twelve thousand; barcodes are long numbers',
      table: { headerRows: [0], mapping: { sku: [0], name: [1], unit: [3], price: [4], ean: [5] } },
    },
  )
}

function french() {
  const sheet = draft()
  const draw = drawing(33)
  sheet.row('Réf. fabricant', 'Libellé', 'Marque', 'Cond.', 'PU HT', 'Éco-part.', 'Px public TTC')
  for (let index = 0; index < 48; index++) {
    const sku = `${draw.pick(['LG', 'SCH', 'HAG'])}${String(41_000 + index * 9)}`
    const name = `${draw.pick(['Disjoncteur 16A', 'Prise double', 'Interrupteur va-et-vient', 'Tableau 3 rangées'])} réf ${index + 1}`
    const cents = 240 + draw.below(index % 6 === 5 ? 250_000 : 9000)
    const retail = Math.round(cents * 1.74)
    sheet.item(
      [
        sku,
        name,
        draw.pick(['Lumex', 'Vectis']),
        draw.pick([1, 10]),
        withComma(cents, '\u00a0'),
        '0,02',
        withComma(retail, '\u00a0'),
      ],
      { sku, name, price: fromCents(cents), tiers: [{ price: fromCents(retail) }] },
    )
  }
  return list(
    'fr-electricite.csv',
    sheet,
    { delimiter: ';', encoding: 'windows-1252' },
    {
      note: 'French electrical parts; abbreviated headers',
      currency: null,
      pitfalls:
        '"PU HT" is the unit price without VAT; the eco-tax is an amount too; no-break spaces group thousands; no currency',
      table: { headerRows: [0], mapping: { sku: [0], name: [1], brand: [2], price: [4] } },
    },
  )
}

function tiny() {
  const sheet = draft()
  sheet.row('produto', 'preco')
  const lines = [
    ['Pão francês kg', '18,90'],
    ['Bolo de cenoura', '32,00'],
    ['Café coado 200 ml', '6,50'],
    ['Misto quente', '12,00'],
  ] as const
  lines.forEach(([name, written], index) => {
    sheet.item([name, `R$ ${written}`], {
      sku: `#${index}`,
      name,
      price: written.replace(',', '.'),
      currency: 'BRL',
    })
  })
  const made = list(
    'br-padaria.csv',
    sheet,
    { delimiter: ';', encoding: 'utf-8', lineEnd: '\n' },
    {
      note: 'four lines, two columns, no accents in the header',
      currency: 'BRL',
      pitfalls: 'hardly anything to decide by',
      table: { headerRows: [0], mapping: { name: [0], price: [1] } },
    },
  )
  const { prices: _, samples, ...truth } = made.truth
  return { ...made, truth: { ...truth, samples: samples.map(({ sku: __, ...sample }) => sample) } }
}
