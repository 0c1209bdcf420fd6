import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents, gtin13 } from '../draw.ts'
import { encode } from '../encode.ts'
import { type Opinion, truthOf } from '../truth.ts'
import { csvBytes, otherWorkbookBytes, workbookBytes } from '../write.ts'

/** Lists that people write for their customers: over a counter, in a mail, on a page. */
export async function counters() {
  return [
    drinks(),
    cosmetics(),
    quotation(),
    await domains(),
    scraped(),
    menu(),
    await library(),
    groceries(),
  ]
}

function made(
  bytes: Uint8Array,
  drafts: readonly Draft[],
  opinion: Omit<Opinion, 'verdict'> & Partial<Opinion>,
) {
  return { file: opinion.file, bytes, truth: truthOf({ verdict: ['price-list'], ...opinion }, drafts) }
}

/** The same where no row has a code: the codes of the draft only tell its rows apart. */
function madeWithoutCodes(...parts: Parameters<typeof made>) {
  const { truth, ...list } = made(...parts)
  const { prices: _, samples, ...rest } = truth
  return { ...list, truth: { ...rest, samples: samples.map(({ sku: __, ...sample }) => sample) } }
}

const crates = [
  ['Mineralwasser', null],
  ['1001', 'Quellbrunn Classic', '12 x 0,7 l Glas', '3,30', '5,49'],
  ['1002', 'Quellbrunn Medium', '12 x 0,7 l Glas', '3,30', '5,49'],
  ['1010', 'Quellbrunn Naturell PET', '6 x 1,5 l', '1,50', '2,9'],
  ['Bier', null],
  ['2004', 'Brauhaus Hell', '20 x 0,5 l', '3,10', '15,99'],
  ['2005', 'Brauhaus Hell Fass', '50 l KEG', '30,00', '129,'],
  ['2011', 'Hefeweizen alkoholfrei', '20 x 0,5 l', '3,10', '16,49'],
  ['2090', 'Treberschnaps Probe', '0,02 l', '', '0,50'],
  ['Verleih und Zubehör', null],
  ['9001', 'Durchlaufkühler 2-leitig (Kauf)', '1 Stück', '', '1.234'],
  ['9002', 'CO2-Flasche 10 kg Füllung', '1 Stück', '50,00', '32,5'],
  ['9003', 'Zapfanlage mobil (Kauf)', '1 Stück', '', '2.150,00'],
  ['9010', 'Pfandkiste leer', '1 Stück', '1,50', '0'],
  ['9050', 'Kühlwagen', 'Tag', '200,00', 'a.A.'],
] as const

/** Drinks by the crate: "sep=;" in the first line, deposits, prices with one, two and no places after the comma. */
function drinks() {
  const sheet = draft()
  sheet.row('Getränke Nagel e.K. · Preisliste Gastronomie ab 01.02.2026 · alle Preise zzgl. MwSt. und Pfand')
  sheet.row('ArtNr', 'Bezeichnung', 'Gebinde', 'Pfand', 'Preis EUR')
  let section = ''
  for (const each of crates) {
    if (each[1] === null) {
      section = each[0]
      sheet.row(section)
      continue
    }
    const [sku, name, , , price] = each
    sheet.item([...each], {
      sku,
      name,
      price: price === 'a.A.' ? null : price.replace('.', '').replace(/,$/, '').replace(',', '.'),
      currency: 'EUR',
      category: [section],
    })
  }
  const lines = sheet.rows.map((cells, row) => cells.join(';') + (row === 0 ? ';;;;' : ''))
  return made(encode(`sep=;\r\n${lines.join('\r\n')}\r\n`, 'windows-1252'), [sheet], {
    file: 'de-getraenke.csv',
    note: 'German drinks with deposit',
    // Spreadsheet programs take "sep=;" for themselves: it is no row.
    tables: [{ headerRows: [1], mapping: { sku: [0], name: [1], price: [4] } }],
    currency: 'EUR',
    pitfalls: '"sep=;"; 1.234 beside 0,50; deposit is not the price; a price of 0; "a.A."',
  })
}

const creams = [
  [gtin13('869000011201'), 'Nemlendirici Krem 50 ml', 'Dermaçiçek', 'Cilt Bakımı', '189,90', '20'],
  [gtin13('869000011202'), 'Nemlendirici Krem 200 ml', 'Dermaçiçek', 'Cilt Bakımı', '349,90', '20'],
  [gtin13('869000011203'), 'Güneş Kremi SPF50+ 75 ml', 'Dermaçiçek', 'Cilt Bakımı', '429,00', '20'],
  [gtin13('869000011204'), 'C Vitamini Serumu 30 ml', 'Işıl', 'Serum', '1.099,00', '20'],
  [gtin13('869000011205'), 'Retinol Serumu 30 ml', 'Işıl', 'Serum', '1.249,50', '20'],
  [gtin13('869000011206'), 'Şampuan Kepeğe Karşı 400 ml', 'Söğüt', 'Saç', '159,90', '20'],
  [gtin13('869000011207'), 'Saç Kremi 400 ml', 'Söğüt', 'Saç', '164,90', '20'],
  [gtin13('869000011208'), 'Argan Yağı 100 ml', 'Söğüt', 'Saç', '275,00', '20'],
  [gtin13('869000011209'), 'Bebek Pudrası 150 gr', 'Minik', 'Bebek', '84,50', '10'],
  [gtin13('869000011210'), 'Islak Havlu 90’lı x 12', 'Minik', 'Bebek', '540,00', '10'],
  [gtin13('869000011211'), 'Pişik Kremi 100 gr', 'Minik', 'Bebek', '139,90', '10'],
] as const

/** A page of HTML that calls itself a workbook, as older shop systems export it. */
function cosmetics() {
  const sheet = draft('Sheet1')
  sheet.row('ÇİÇEK KOZMETİK SAN. TİC. LTD. ŞTİ. — 2026 OCAK FİYAT LİSTESİ')
  const titles = ['SIRA', 'BARKOD', 'ÜRÜN ADI', 'MARKA', 'KATEGORİ', 'BİRİM FİYAT (KDV HARİÇ)', 'KDV %']
  sheet.row(...titles)
  const rows = creams.map(([sku, name, brand, category, price, vat], index) => {
    sheet.item([], {
      sku,
      ean: sku,
      name,
      price: price.replace('.', '').replace(',', '.'),
      currency: 'TRY',
      brand,
      category: [category],
    })
    const cells = [index + 1, sku, name, brand, category, `${price} TL`, vat]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const html = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>
<table border="1"><tr><th colspan="7">${sheet.rows[0]?.[0]}</th></tr>
<tr>${titles.map((title) => `<th bgcolor="#cccccc">${title}</th>`).join('')}</tr>
${rows.join('\n')}
<tr><td colspan="7">&nbsp;</td></tr><tr><td colspan="7">Fiyatlarımıza KDV dahil değildir. Vade: 60 gün.</td></tr></table></body></html>
`
  // A barcode may stand for the code that the list lacks.
  return madeWithoutCodes(encode(html, 'utf-8'), [sheet], {
    file: 'tr-kozmetik.xls',
    note: 'Turkish cosmetics: HTML named .xls',
    tables: [{ headerRows: [1], mapping: { name: [2], price: [5], brand: [3], category: [4] } }],
    currency: 'TRY',
    pitfalls:
      'HTML under the name of a workbook; barcodes are the only codes; line numbers and rates of tax beside prices',
  })
}

const mugs = [
  ['HY-M01', '陶瓷马克杯', '350ml 白色', '36', '42*32*30', '12.5/13.5', 0.85],
  ['HY-M02', '陶瓷马克杯', '350ml 彩釉', '36', '42*32*30', '12.5/13.5', 1.02],
  ['HY-M05', '骨瓷咖啡杯碟套装', '200ml 描金', '24', '45*35*28', '11/12', 2.6],
  ['HY-B11', '竹盖玻璃储物罐', '800ml', '24', '48*36*26', '10.8/11.9', 1.35],
  ['HY-B12', '竹盖玻璃储物罐', '1200ml', '18', '48*36*30', '11.2/12.3', 1.7],
  ['HY-T20', '不锈钢保温杯', '500ml 磨砂黑', '48', '58*40*27', '14/15.2', 3.15],
  ['HY-T21', '不锈钢保温杯', '750ml 印LOGO', '36', '55*42*31', '14.6/15.9', 3.98],
  ['HY-K30', '日式餐具礼盒', '4人份', '8', '50*50*40', '15/16.5', 11.2],
  ['HY-K31', '日式餐具礼盒', '6人份', '6', '52*52*42', '16/17.4', 15.9],
  ['HY-P40', '硅胶杯垫', '10cm 圆形', '500', '40*30*30', '9/9.8', 0.12],
] as const

/** A factory's quotation: whom it is for, then sizes and weights of cartons, a price FOB, conditions below. */
function quotation() {
  const sheet = draft('报价单')
  sheet.row('宁波恒意家居用品有限公司')
  sheet.merge('A1:K1')
  sheet.row('报 价 单 QUOTATION')
  sheet.merge('A2:K2')
  sheet.row('TO:', 'Sunrise Trading GmbH', null, null, null, null, null, null, '日期:', '2026-01-08')
  sheet.row('ATTN:', 'Ms. Keller', null, null, null, null, null, null, '编号:', 'HY20260108')
  sheet.row(
    '序号',
    '图片',
    '货号',
    '品名',
    '规格',
    '装箱数',
    '外箱尺寸(cm)',
    '毛净重(kg)',
    'FOB宁波单价(USD)',
    '起订量',
    '备注',
  )
  mugs.forEach(([sku, name, size, count, carton, weight, price], index) => {
    sheet.item(
      [
        index + 1,
        null,
        sku,
        name,
        size,
        Number(count),
        carton,
        weight,
        { value: price, format: '"$"0.00' },
        index % 3 === 0 ? 3000 : 1000,
        index === 6 ? '丝印单色' : null,
      ],
      { sku, name: [name, `${name} ${size}`], price: String(price), currency: 'USD' },
    )
  })
  sheet.row('备注:')
  sheet.row('1、以上报价有效期30天,汇率按1USD=7.05计算;')
  sheet.row('2、付款方式:30%定金,余款见提单复印件;')
  sheet.row('3、交货期:收到定金后35天。')
  return made(otherWorkbookBytes([sheet], 'biff8'), [sheet], {
    file: 'cn-baojia.xls',
    note: 'Chinese factory’s quotation in dollars',
    tables: [{ headerRows: [4], mapping: { sku: [2], name: [3], price: [8] } }],
    currency: 'USD',
    pitfalls:
      'pieces a carton, weights and smallest orders beside the price; a rate of exchange in the notes; names that repeat',
  })
}

const zones = [
  ['.com', 9.95, 10.95, 9.95],
  ['.net', 11.5, 12.5, 11.5],
  ['.org', 9.2, 12.95, 12.95],
  ['.info', 3.99, 19.95, 19.95],
  ['.io', 34, 49.5, 49.5],
  ['.co.uk', 6.25, 7.25, 0],
  ['.de', 5.5, 5.5, 5.5],
  ['.eu', 5.95, 6.95, 6.95],
  ['.shop', 1.99, 29.95, 29.95],
  ['.app', 12.95, 14.95, 14.95],
  ['.ai', 139, 139, 139],
  ['.luxury', 489, 489, 489],
] as const

/** A registrar's list for resellers: what is sold is the ending, and each has a price for every service. */
async function domains() {
  const sheet = draft('TLD pricing')
  sheet.row({ value: 'Reseller price list', bold: true })
  sheet.row('All prices in USD per year, excluding VAT. ICANN fee included.')
  sheet.row('TLD', 'Registration', 'Renewal', 'Transfer', 'Min. years', 'Grace period (days)')
  zones.forEach(([zone, first, renewal, transfer], index) => {
    const money = (value: number) => ({ value, format: '[$$-409]#,##0.00' })
    sheet.item([zone, money(first), money(renewal), money(transfer), index === 10 ? 2 : 1, 30], {
      sku: zone,
      name: zone,
      price: String(first),
      currency: 'USD',
    })
  })
  return madeWithoutCodes(await workbookBytes([sheet]), [sheet], {
    file: 'en-domains.xlsx',
    note: 'Domains for resellers: registration, renewal, transfer',
    tables: [{ headerRows: [2], mapping: { name: [0], price: [1] } }],
    currency: 'USD',
    pitfalls: 'no column says "price"; the first of three services is the price; years and days beside them',
  })
}

const books = [
  ['A Light in the Attic', 51.77, 'Three', 'Poetry'],
  ['Tipping the Velvet', 53.74, 'One', 'Historical Fiction'],
  ['Soumission', 50.1, 'One', 'Fiction'],
  ['Sharp Objects', 47.82, 'Four', 'Mystery'],
  ['Sapiens: A Brief History of Humankind', 54.23, 'Five', 'History'],
  ['The Requiem Red', 22.65, 'One', 'Young Adult'],
  ['The Dirty Little Secrets of Getting Your Dream Job', 33.34, 'Four', 'Business'],
  ['The Boys in the Boat: Nine Americans, "Their" Quest', 22.6, 'Four', 'Default'],
  ['The Black Maria', 52.15, 'One', 'Poetry'],
  ['Set Me Free', 17.46, 'Five', 'Young Adult'],
  ["Scott Pilgrim's Precious Little Life (Scott Pilgrim #1)", 52.29, 'Five', 'Sequential Art'],
  ['Rip it Up and Start Again', 35.02, 'Five', 'Music'],
  ['1,000 Places to See Before You Die', 26.08, 'Five', 'Travel'],
] as const

/** What a scraper leaves behind: a title, a price with its sign, a rating, links; no codes. */
function scraped() {
  const sheet = draft()
  sheet.row('', 'title', 'price', 'rating', 'availability', 'category', 'url', 'image_url', 'scraped_at')
  books.forEach(([name, price, rating, category], index) => {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
    sheet.item(
      [
        index,
        name,
        `£${price.toFixed(2)}`,
        rating,
        `In stock (${22 - index} available)`,
        category,
        `http://books.example.com/catalogue/${slug}_${1000 - index}/index.html`,
        `http://books.example.com/media/cache/${index}c/cover.jpg`,
        `2026-01-11T09:1${index % 10}:03.421Z`,
      ],
      { sku: String(index), name, price: String(price), currency: 'GBP', category: [category] },
    )
  })
  return madeWithoutCodes(csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', lineEnd: '\n' }), [sheet], {
    file: 'en-scraped.csv',
    note: 'Scraped books: no codes, sign before the price',
    tables: [{ headerRows: [0], mapping: { name: [1], price: [2] } }],
    currency: 'GBP',
    pitfalls: 'an index without a title first, counted from 0; numbers in titles; stock inside a text',
  })
}

const dishes = [
  ['Entradas', 'Empanadas de carne (3 und)', 'Con ají casero', '$ 9.500'],
  ['Entradas', 'Patacones con hogao', '', '$ 11.900'],
  ['Entradas', 'Chicharrón con arepa', 'Porción 250 g', '$ 18.900'],
  ['Platos fuertes', 'Bandeja paisa', 'Fríjoles, arroz, carne, chicharrón, huevo, aguacate', '$ 36.900'],
  ['Platos fuertes', 'Ajiaco santafereño', 'Con pollo, mazorca y alcaparras', '$ 29.500'],
  ['Platos fuertes', 'Mojarra frita', 'Según tamaño', '$ 34.000'],
  ['Platos fuertes', 'Picada familiar', 'Para 4 personas', '$ 124.900'],
  ['Bebidas', 'Limonada de coco', '', '$ 12.500'],
  ['Bebidas', 'Gaseosa 350 ml', '', '$ 5.000'],
  ['Bebidas', 'Cerveza nacional', '', '$ 7.500'],
  ['Postres', 'Tres leches', '', '$ 10.900'],
  ['Postres', 'Obleas con arequipe', '', '$ 6.800'],
] as const

/** A menu: pesos with a point for thousands, and nothing that says whose dollar sign it is. */
function menu() {
  const sheet = draft()
  sheet.row('Categoría', 'Plato', 'Descripción', 'Precio')
  for (const cells of dishes) {
    const [category, name, , price] = cells
    sheet.item([...cells], {
      sku: name,
      name,
      price: price.replace('$ ', '').replace('.', ''),
      category: [category],
    })
  }
  return madeWithoutCodes(
    csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', byteOrderMark: true }),
    [sheet],
    {
      file: 'co-menu.csv',
      note: 'Colombian menu; "$" of no known country',
      tables: [{ headerRows: [0], mapping: { name: [1], price: [3], category: [0] } }],
      currency: [null, 'COP'],
      currencyNote: 'only "$" and Spanish words: one may ask',
      pitfalls: '$ 9.500 is nine thousand five hundred; names may not be codes; weights in descriptions',
    },
  )
}

const services = [
  ['Registrace a průkazy', null, null],
  ['Roční registrace – dospělí', '200', 'rok'],
  ['Roční registrace – studenti, senioři nad 65 let', '100', 'rok'],
  ['Roční registrace – děti do 15 let', '0', 'rok'],
  ['Vystavení duplikátu průkazu', '50', 'ks'],
  ['Tisk a kopírování', null, null],
  ['Černobílá kopie A4', '2', 'strana'],
  ['Černobílá kopie A3', '4', 'strana'],
  ['Barevný tisk A4', '12,5', 'strana'],
  ['Skenování do PDF', '1', 'strana'],
  ['Meziknihovní služby', null, null],
  ['Výpůjčka z ČR', '70', 'svazek'],
  ['Výpůjčka ze zahraničí', '350', 'svazek'],
  ['Ztráty a poškození', null, null],
  ['Poškození čárového kódu', '20', 'ks'],
  ['Ztráta dokumentu – administrativní poplatek', '150', 'ks'],
  ['Nájem sálu', '1 200', 'hod.'],
] as const

/** A library's charges: services without codes, sections, the price as people write it. */
async function library() {
  const sheet = draft('Ceník')
  sheet.row({ value: 'Městská knihovna Lhota', bold: true })
  sheet.row('Ceník služeb a poplatků platný od 1. 1. 2026')
  sheet.merge('A2:C2')
  sheet.blank()
  sheet.row('Služba', 'Cena', 'Jednotka')
  let section = ''
  for (const [name, price, unit] of services) {
    if (price === null) {
      section = name
      sheet.row({ value: name, bold: true })
      continue
    }
    const text = price === '0' ? 'zdarma' : `${price} Kč`
    sheet.item([name, text, unit], {
      sku: name,
      name,
      price: price.replace(' ', '').replace(',', '.'),
      ...(price === '0' ? {} : { currency: 'CZK' }),
      unit,
      category: [section],
    })
  }
  sheet.blank()
  sheet.row('Ceník schválila rada města dne 12. 12. 2025.')
  return madeWithoutCodes(await workbookBytes([sheet]), [sheet], {
    file: 'cz-knihovna.xlsx',
    note: 'Charges of a Czech library',
    tables: [{ headerRows: [3], mapping: { name: [0], price: [1], unit: [2] } }],
    currency: 'CZK',
    pitfalls:
      'services without codes; "zdarma" is a price of 0; ages and formats in names; a date in the last line',
  })
}

const foods = [
  ['10021', 'أرز بسمتي هندي 5 كجم', 'كيس', '4', '38.50', '42.00'],
  ['10022', 'أرز مصري 10 كجم', 'كيس', '2', '61.00', '68.00'],
  ['10110', 'زيت دوار الشمس 1.5 لتر', 'كرتون', '6', '74.25', '82.00'],
  ['10111', 'زيت زيتون بكر 500 مل', 'كرتون', '12', '310.00', '345.00'],
  ['10230', 'سكر أبيض ناعم 50 كجم', 'كيس', '1', '158.00', '170.00'],
  ['10305', 'شاي أسود 100 ظرف', 'كرتون', '24', '264.00', '300.00'],
  ['10306', 'قهوة عربية 250 جم', 'كرتون', '20', '390.00', '430.00'],
  ['10412', 'تونة معلبة 185 جم', 'كرتون', '48', '216.00', '240.00'],
  ['10500', 'تمر سكري 3 كجم', 'علبة', '4', '1,120.00', '1,250.00'],
  ['10501', 'حليب مجفف 2.25 كجم', 'كرتون', '6', '420.75', '460.00'],
] as const

/** Food for shops: wholesale and recommended price, in windows-1256. */
function groceries() {
  const sheet = draft()
  sheet.row('شركة المؤونة للتجارة - قائمة الأسعار يناير 2026')
  sheet.row('رقم الصنف', 'اسم الصنف', 'الوحدة', 'العدد في الوحدة', 'سعر الجملة (ريال)', 'سعر البيع المقترح')
  for (const cells of foods) {
    const [sku, name, unit, , price] = cells
    sheet.item([...cells], { sku, name, price: price.replace(',', ''), unit })
  }
  sheet.row('الأسعار شاملة ضريبة القيمة المضافة 15%')
  return made(csvBytes(sheet, { delimiter: ',', encoding: 'windows-1256' }), [sheet], {
    file: 'ar-muna.csv',
    note: 'Arabic wholesale food, windows-1256',
    tables: [{ headerRows: [1], mapping: { sku: [0], name: [1], unit: [2], price: [4] } }],
    currency: ['SAR', null],
    currencyNote: 'riyals of several countries; 15 % is the Saudi rate',
    pitfalls: 'wholesale beside suggested price; pieces in a unit; weights in names; legacy encoding',
  })
}

/** Tables of things and money that offer nothing. */
export function records() {
  return [
    negative(
      'en-orders.csv',
      orders(),
      'Sales by invoice',
      'stock codes, descriptions and unit prices, but of past sales',
    ),
    negative(
      'es-encuesta.csv',
      survey(),
      'Answers to a survey about prices',
      'amounts that people would pay',
    ),
    negative('us-houses.csv', houses(), 'Data set of houses sold', 'id and price, but no goods'),
    negative('en-ohlc.csv', quotes(), 'Prices of a share by day', 'prices by date, no goods'),
  ]
}

function negative(file: string, sheet: Draft, note: string, pitfalls: string) {
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: ',', encoding: 'utf-8' }),
    truth: truthOf(
      { file, note, verdict: ['not-a-price-list', 'review'], tables: [], currency: null, pitfalls },
      [sheet],
    ),
  }
}

function orders(): Draft {
  const sheet = draft()
  const draw = drawing(2011)
  sheet.row(
    'InvoiceNo',
    'StockCode',
    'Description',
    'Quantity',
    'InvoiceDate',
    'UnitPrice',
    'CustomerID',
    'Country',
  )
  const goods = [
    ['85123A', 'WHITE HANGING HEART T-LIGHT HOLDER', '2.55'],
    ['71053', 'WHITE METAL LANTERN', '3.39'],
    ['84406B', 'CREAM CUPID HEARTS COAT HANGER', '2.75'],
    ['22752', 'SET 7 BABUSHKA NESTING BOXES', '7.65'],
    ['21730', 'GLASS STAR FROSTED T-LIGHT HOLDER', '4.25'],
    ['22633', 'HAND WARMER UNION JACK', '1.85'],
    ['POST', 'POSTAGE', '18.00'],
  ] as const
  for (let index = 0; index < 60; index++) {
    const [code, name, price] = draw.pick(goods)
    const invoice = 536_365 + Math.floor(index / 5)
    sheet.row(
      index % 17 === 9 ? `C${invoice}` : invoice,
      code,
      name,
      index % 17 === 9 ? -1 : 1 + draw.below(12),
      `12/1/2010 ${8 + Math.floor(index / 20)}:${10 + (Math.floor(index / 5) % 50)}`,
      index % 3 === 0 ? fromCents(Math.round(Number(price) * 90)) : price,
      17_850 + (Math.floor(index / 5) % 6) * 13,
      'United Kingdom',
    )
  }
  return sheet
}

function survey(): Draft {
  const sheet = draft()
  const draw = drawing(19)
  sheet.row(
    'Marca temporal',
    '¿Qué edad tienes?',
    '¿Con qué frecuencia compras pan artesano?',
    '¿Cuánto pagarías por una barra (€)?',
    '¿Qué producto te gustaría encontrar?',
    'Código postal',
  )
  for (let index = 0; index < 35; index++)
    sheet.row(
      `${1 + (index % 28)}/10/2025 1${index % 10}:24:0${index % 7}`,
      draw.pick(['18-24', '25-34', '35-49', '50-64', '65 o más']),
      draw.pick(['Cada día', '2 o 3 veces por semana', 'Una vez al mes', 'Nunca']),
      fromCents(60 + draw.below(30) * 10),
      draw.pick(['Pan de centeno', 'Bollería vegana', 'Pan sin gluten', 'Nada en especial', 'Empanadas']),
      28_001 + draw.below(50),
    )
  return sheet
}

function houses(): Draft {
  const sheet = draft()
  const draw = drawing(98)
  sheet.row(
    'id',
    'date',
    'price',
    'bedrooms',
    'bathrooms',
    'sqft_living',
    'sqft_lot',
    'floors',
    'waterfront',
    'condition',
    'yr_built',
    'zipcode',
    'lat',
    'long',
  )
  for (let index = 0; index < 50; index++)
    sheet.row(
      7_129_300_520 + index * 7_001,
      `20141${draw.below(3)}13T000000`,
      180_000 + draw.below(900) * 500,
      1 + draw.below(5),
      1 + draw.below(8) / 4,
      700 + draw.below(3000),
      2000 + draw.below(9000),
      1 + draw.below(2),
      0,
      1 + draw.below(5),
      1920 + draw.below(95),
      98_001 + draw.below(190),
      (47 + draw.below(9999) / 10_000).toFixed(4),
      (-122 - draw.below(999) / 1000).toFixed(3),
    )
  return sheet
}

function quotes(): Draft {
  const sheet = draft()
  const draw = drawing(500)
  sheet.row('Date', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume')
  for (let day = 0; day < 60; day++) {
    const open = 14_000 + draw.below(900)
    const close = open + draw.below(300) - 150
    sheet.row(
      new Date(Date.UTC(2025, 8, 1 + day)).toISOString().slice(0, 10),
      fromCents(open),
      fromCents(Math.max(open, close) + draw.below(90)),
      fromCents(Math.min(open, close) - draw.below(90)),
      fromCents(close),
      fromCents(close - 37),
      20_000_000 + draw.below(9_000_000),
    )
  }
  return sheet
}
