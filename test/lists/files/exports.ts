import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents, withComma } from '../draw.ts'
import { encode } from '../encode.ts'
import { type Opinion, truthOf } from '../truth.ts'
import { csvBytes, otherWorkbookBytes, workbookBytes } from '../write.ts'

/** Lists that programs write rather than people: shops, ERP systems, databases. */
export async function exports() {
  return [
    bitrix(),
    await prom(),
    dataSet(),
    sap(),
    unicodeText(),
    prestashop(),
    databaseDump(),
    inCents(),
    dealers(),
  ]
}

function made(
  bytes: Uint8Array,
  drafts: readonly Draft[],
  opinion: Omit<Opinion, 'verdict'> & Partial<Opinion>,
) {
  return { file: opinion.file, bytes, truth: truthOf({ verdict: ['price-list'], ...opinion }, drafts) }
}

const lamps = [
  ['Светильник потолочный Eglo "Кольцо"', 'Потолочные', '97315', 412_000],
  ['Светильник потолочный Arte Lamp A1735', 'Потолочные', 'A1735PL', 189_000],
  ['Люстра подвесная Maytoni Bubble', 'Подвесные', 'MOD221', 2_459_000],
  ['Люстра подвесная Freya "Антик"; бронза', 'Подвесные', 'FR2405', 1_399_000],
  ['Бра Lumion Sova', 'Бра', '3790/1W', 274_900],
  ['Бра Odeon Light Bella', 'Бра', '4160/4W', 531_000],
  ['Лампа светодиодная Gauss E27 10 Вт', 'Лампы', '102502110', 14_900],
  ['Лампа светодиодная Gauss E14 6,5 Вт', 'Лампы', '103101107', 11_250],
  ['Лампа-ретро ST64', 'Лампы', 'ST64-4', 39_900],
  ['Торшер Vitaluce V4801', 'Торшеры', 'V4801-1/1P', 618_000],
] as const

/** An export of 1C-Bitrix: technical titles, an HTML text over lines, groups in columns of their own. */
function bitrix() {
  const sheet = draft()
  sheet.row(
    'IE_XML_ID',
    'IE_NAME',
    'IE_ID',
    'IE_ACTIVE',
    'IE_PREVIEW_PICTURE',
    'IE_PREVIEW_TEXT',
    'IE_PREVIEW_TEXT_TYPE',
    'IE_SORT',
    'IP_PROP18',
    'IC_GROUP0',
    'IC_GROUP1',
    'CV_QUANTITY',
    'CV_PRICE_1',
    'CV_CURRENCY_1',
  )
  lamps.forEach(([name, group, article, cents], index) => {
    const guid = `5f${(index * 7919 + 70_000).toString(16)}c-31d4-11ea-80d2-0cc47a1e${(index * 331 + 4096).toString(16)}`
    const id = String(15_204 + index * 3)
    const price = fromCents(cents)
    sheet.item(
      [
        guid,
        name,
        id,
        index === 4 ? 'N' : 'Y',
        `/upload/iblock/${(index * 97 + 16).toString(16)}/${id}.jpg`,
        `<p>Цоколь E27, 220 В.</p>\n<p>Гарантия 12 месяцев; доставка от 300 руб.</p>`,
        'html',
        500,
        article,
        'Освещение',
        group,
        index % 4 === 3 ? 0 : 5 + index * 2,
        price,
        'RUB',
      ],
      { sku: guid, name, price, currency: 'RUB' },
    )
  })
  const {
    prices: _,
    samples,
    ...truth
  } = truthOf(
    {
      file: 'ru-bitrix.csv',
      note: 'Export of a Bitrix shop',
      verdict: ['price-list'],
      tables: [{ headerRows: [0], mapping: { sku: [0, 2, 8], name: [1], price: [12], currency: [13] } }],
      currency: 'RUB',
      pitfalls:
        'technical titles; texts over lines with amounts in them; sort weights, internal numbers and stock beside the price',
    },
    [sheet],
  )
  return {
    file: 'ru-bitrix.csv',
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1251' }),
    // The outer id, the shop's own number and the article in a property are all fit to be codes.
    truth: { ...truth, samples: samples.map(({ sku: __, ...sample }) => sample) },
  }
}

const garden = [
  ['Секатор садовий Gartner 80002018', 'SK-018', 'Садовий інструмент', 345, null, null],
  ['Ножиці для живоплоту', 'NZ-22', 'Садовий інструмент', 612.5, '590;575', '5;10'],
  ['Лопата штикова з держаком', 'LP-01', 'Садовий інструмент', 289, '270', '10'],
  ['Граблі віялові 22 зуба', 'GR-22', 'Садовий інструмент', 175.9, null, null],
  ['Шланг поливальний 3/4" 30 м', 'SH-3430', 'Полив', 1140, '1100', '3'],
  ['Зрошувач імпульсний', 'ZR-5', 'Полив', 98.4, '92;88.5', '10;50'],
  ["З'єднувач для шланга 1/2", 'ZS-12', 'Полив', 24, '21', '100'],
  ['Крапельна стрічка 500 м', 'KS-500', 'Полив', 1999, null, null],
  ['Ґрунт універсальний 20 л', 'GU-20', 'Ґрунти', 132, '125', '20'],
  ['Торф верховий 250 л', 'TV-250', 'Ґрунти', 820, null, null],
] as const

/** An export of a marketplace: a price beside wholesale prices in one cell, characteristics as triples, a sheet of groups. */
async function prom() {
  const sheet = draft('Export Products Sheet')
  const characteristic = ['Назва_Характеристики', 'Одиниця_виміру_Характеристики', 'Значення_Характеристики']
  sheet.row(
    'Код_товару',
    'Назва_позиції',
    'Назва_позиції_укр',
    'Пошукові_запити',
    'Опис',
    'Тип_товару',
    'Ціна',
    'Валюта',
    'Одиниця_виміру',
    'Мінімальний_обсяг_замовлення',
    'Оптова_ціна',
    'Мінімальне_замовлення_опт',
    'Посилання_зображення',
    'Наявність',
    'Кількість',
    'Номер_групи',
    'Назва_групи',
    'Унікальний_ідентифікатор',
    'Виробник',
    'Знижка',
    ...characteristic,
    ...characteristic,
  )
  garden.forEach(([name, sku, group, price, wholesale, from], index) => {
    sheet.item(
      [
        sku,
        name,
        name,
        `${name.split(' ')[0]}, купити, ціна, Київ`,
        `<p>${name}. Країна: Польща.</p>`,
        wholesale === null ? 'r' : 'u',
        price,
        'UAH',
        'шт.',
        null,
        wholesale,
        from,
        `https://images.example.ua/${1_804_221_000 + index}_w640.jpg`,
        index === 3 ? '-' : '+',
        index === 3 ? null : 4 * index + 1,
        8_121_400 + group.length,
        group,
        1_204_556_700 + index * 13,
        'Gartner',
        null,
        'Стан',
        null,
        'Новий',
        'Вага',
        'кг',
        (index + 3) / 10,
      ],
      { sku, name, price: String(price), currency: 'UAH', unit: ['шт.', 'шт'] },
    )
  })
  const groups = draft('Export Groups Sheet')
  groups.row(
    'Номер_групи',
    'Назва_групи',
    'Назва_групи_укр',
    'Ідентифікатор_групи',
    'Номер_батьківської_групи',
  )
  for (const group of new Set(garden.map((each) => each[2])))
    groups.row(8_121_400 + group.length, group, group, null, 8_121_399)
  return made(await workbookBytes([sheet, groups]), [sheet], {
    file: 'ua-prom.xlsx',
    note: 'Export of a Ukrainian marketplace with its groups',
    tables: [
      {
        sheet: 'Export Products Sheet',
        headerRows: [0],
        mapping: { sku: [0, 17], name: [1, 2], price: [6], currency: [7], unit: [8] },
      },
    ],
    currency: 'UAH',
    pitfalls:
      'wholesale prices "590;575" in one cell; long numbers; titles that repeat; a second sheet of groups',
  })
}

const gadgets = [
  [
    'Boat Rugged Type C Cable (1.5 m, Black)',
    'Computers&Accessories|Cables|USBCables',
    329,
    699,
    4.2,
    94_363,
  ],
  [
    'Wayona Nylon Braided Lightning Cable, 3A',
    'Computers&Accessories|Cables|USBCables',
    399,
    1099,
    4.2,
    24_269,
  ],
  [
    'TP-Link USB WiFi Adapter (TL-WN725N)',
    'Computers&Accessories|Networking|Adapters',
    499,
    999,
    4.2,
    179_691,
  ],
  ['MI Braided USB Type-C Cable', 'Computers&Accessories|Cables|USBCables', 229, 299, 4.3, 30_411],
  ['Fire-Boltt Ninja Smart Watch, 1.39"', 'Electronics|Wearables|SmartWatches', 1199, 7999, 4.1, 87_798],
  ['Redmi 108 cm (43 inches) 4K TV', 'Electronics|HomeTheater|SmartTelevisions', 24_999, 42_999, 4.2, 32_840],
  ['Pigeon Amaze Plus Electric Kettle', 'Home&Kitchen|Kettles', 599, 1245, 3.9, 123_365],
  ['Philips Daily Collection HL7756', 'Home&Kitchen|MixerGrinders', 3249, 6295, 4.0, 43_070],
  ['Prestige Iris 750 Watt Mixer', 'Home&Kitchen|MixerGrinders', 2999.5, 5999, 4.1, 10_725],
  ['Orpat HHB-100E 250-Watt Hand Blender', 'Home&Kitchen|HandBlenders', 669, 775, 4.2, 13_853],
  ['SanDisk Ultra 128 GB USB 3.0', 'Computers&Accessories|PenDrives', 916, 2140, 4.3, 61_314],
  ['Classmate Octane Neon Pens (Pack of 25)', 'OfficeProducts|Pens', 250, 250, 4.4, 2_593],
] as const

/** A data set of a marketplace: the price to pay beside the struck one, ratings, texts, links. */
function dataSet() {
  const sheet = draft()
  sheet.row(
    'product_id',
    'product_name',
    'category',
    'discounted_price',
    'actual_price',
    'discount_percentage',
    'rating',
    'rating_count',
    'about_product',
    'img_link',
    'product_link',
  )
  const rupees = (value: number) => `₹${value.toLocaleString('en-IN')}`
  gadgets.forEach(([name, category, price, list, rating, count], index) => {
    const sku = `B0${(81_234_567 + index * 9_176_543).toString(36).toUpperCase().padStart(8, '7')}`
    sheet.item(
      [
        sku,
        name,
        category,
        rupees(price),
        rupees(list),
        `${Math.round(100 - (price / list) * 100)}%`,
        rating,
        count.toLocaleString('en-IN'),
        `High quality, durable | Warranty: ${index + 1} year|Call 1800-100-200`,
        `https://m.media.example.com/images/I/${sku}.jpg`,
        `https://www.example.in/dp/${sku}`,
      ],
      { sku, name, price: String(price), currency: 'INR' },
    )
  })
  return made(csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', lineEnd: '\n' }), [sheet], {
    file: 'in-dataset.csv',
    note: 'Data set of a marketplace: price to pay and struck price',
    tables: [{ headerRows: [0], mapping: { sku: [0], name: [1], price: [3], category: [2] } }],
    currency: 'INR',
    pitfalls:
      'which of two prices; Indian grouping 1,23,365 in counts; a percentage and ratings beside prices',
  })
}

const bearings = [
  ['000000000010004711', 'Rillenkugellager 6204-2RS', '4,85', '1', 'ST'],
  ['000000000010004712', 'Rillenkugellager 6205-2RS C3', '5,60', '1', 'ST'],
  ['000000000010004713', 'Rillenkugellager 6318', '148,20', '1', 'ST'],
  ['000000000010004790', 'Pendelrollenlager 22220 E', '412,00', '1', 'ST'],
  ['000000000010004791', 'Pendelrollenlager 23152 CC/W33', '3.876,40', '1', 'ST'],
  ['000000000010005002', 'Wellendichtring 25x40x7 NBR', '78,00', '100', 'ST'],
  ['000000000010005003', 'Wellendichtring 30x52x7 NBR', '91,50', '100', 'ST'],
  ['000000000010005120', 'Stahlkugel 6,35 mm G20', '1.240,00', '1.000', 'ST'],
  ['000000000010005121', 'Stahlkugel 8,00 mm G20', '1.655,00', '1.000', 'ST'],
  ['000000000010006040', 'Wälzlagerfett LGMT 2', '18,90', '1', 'KG'],
  ['000000000010006041', 'Schmieröl ISO VG 68', '312,00', '100', 'L'],
  ['000000000010007001', 'Montagehülsensatz 36-tlg.', '689,00', '1', 'SA'],
] as const

/** The list output of an ERP saved as text: rules of dashes, bars at both ends, blank-filled columns, the quantity of a price beside it. */
function sap() {
  const sheet = draft()
  const widths = [18, 32, 12, 5, 6, 3, 10, 10]
  const line = (...cells: string[]) =>
    `|${cells
      .map((cell, index) =>
        index === 2 || index === 4 ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('|')}|`
  const rule = '-'.repeat(line(...widths.map(() => '')).length)
  const text = [
    '12.01.2026                        Dynamische Listenausgabe                        1',
    rule,
    '',
    'Konditionen Verkauf  VkOrg 1000  VtWeg 10',
    '',
    rule,
    line('Material', 'Materialkurztext', 'Betrag', 'Währg', 'pro', 'ME', 'Gültig ab', 'Gültig bis'),
    rule,
  ]
  for (const [sku, name, price, quantity, unit] of bearings) {
    // Rows of the file, not of the draft: the draft only keeps what they say.
    while (sheet.rows.length < text.length) sheet.blank()
    text.push(line(sku, name, price, 'EUR', quantity, unit, '01.01.2026', '31.12.9999'))
    const number = quantity.replace('.', '')
    sheet.item([], {
      sku,
      name,
      price: price.replace('.', '').replace(',', '.'),
      currency: 'EUR',
      unit,
      ...(number === '1' ? {} : { priceQuantity: number }),
    })
  }
  text.push(rule, '')
  return made(encode(text.join('\r\n'), 'windows-1252'), [sheet], {
    file: 'de-sap.txt',
    note: 'List output of an ERP, saved as text',
    tables: [{ headerRows: [6], mapping: { sku: [1], name: [2], price: [3] } }],
    currency: 'EUR',
    pitfalls:
      'bars at both ends make an empty first column; rules of dashes; "pro 100" makes the price that of a hundred; zeros in front',
  })
}

const parts = [
  ['0 986 494 019', 'Pastiglie freno ant. VW Golf V', 'BOSCH', 'A', '48,90', '1', ''],
  ['0 986 479 098', 'Disco freno ventilato 288 mm', 'BOSCH', 'A', '62,40', '2', ''],
  ['1 457 429 238', 'Filtro olio', 'BOSCH', 'B', '9,75', '1', ''],
  ['W 712/75', 'Filtro olio', 'MANN', 'B', '8,20', '1', ''],
  ['C 35 154', 'Filtro aria', 'MANN', 'B', '17,35', '1', 'C 35 153'],
  ['CT1028K3', 'Kit distribuzione 2.0 TDI "PD"', 'CONTITECH', 'C', '189,00', '1', 'CT1028K2'],
  ['KP15649XS', 'Kit distribuzione con pompa acqua', 'GATES', 'C', '246,80', '1', ''],
  ['53040139', 'Turbina K03 revisionata (reso 150 €)', 'BORG', 'N', '1.128,00', '1', ''],
  ['00 1234 567', 'Raccordo tubo 1/2" gas', 'VARI', 'D', '0,85', '50', ''],
  ['00 1234 568', 'Fascetta stringitubo 16-25', 'VARI', 'D', '0,42', '100', ''],
  ['8200 768 913', 'Sensore pressione DPF', 'RENAULT', 'A', '74,10', '1', '8200 443 899'],
  ['71753742', 'Candeletta', 'FIAT', 'B', 'fuori prod.', '1', '55203543'],
  ['55203543', 'Candeletta', 'FIAT', 'B', '13,60', '4', ''],
] as const

/** What Excel saves as "Unicode text": UTF-16, tabs, inner quotes doubled. */
function unicodeText() {
  const sheet = draft()
  sheet.row('RICAMBI SUD S.R.L. - LISTINO 01/2026')
  sheet.row()
  sheet.row('Codice', 'Descrizione', 'Marca', 'Cat. sc.', 'Prezzo', 'Conf.', 'Sostituisce')
  for (const cells of parts) {
    const [sku, name, brand, , price] = cells
    const isGone = price === 'fuori prod.'
    sheet.item([...cells], {
      sku,
      name,
      price: isGone ? null : price.replace('.', '').replace(',', '.'),
      brand,
    })
  }
  return made(
    csvBytes(sheet, { delimiter: '\t', encoding: 'utf-16le', byteOrderMark: true, width: 7 }),
    [sheet],
    {
      file: 'it-ricambi.txt',
      note: 'Italian car parts, UTF-16 with tabs',
      tables: [{ headerRows: [2], mapping: { sku: [0], name: [1], price: [4], brand: [2] } }],
      currency: [null, 'EUR'],
      currencyNote: 'only a note about a deposit says €; Italian words',
      pitfalls:
        'codes with blanks and zeros in front; "fuori prod." in place of a price; an amount in a name; codes that replace others',
    },
  )
}

const table = [
  ['Plato llano Bistró 27 cm', 'VJ-1027', 'Vajilla', 325],
  ['Plato hondo Bistró 23 cm', 'VJ-1123', 'Vajilla', 310],
  ['Taza café con leche 25 cl', 'VJ-1301', 'Vajilla', 215],
  ['Copa vino Syrah 47 cl (caja 6)', 'CR-470', 'Cristalería', 2190],
  ['Vaso sidra 50 cl (caja 12)', 'CR-500', 'Cristalería', 1875],
  ['Cuchillo chuletero mango madera', 'CU-88', 'Cubertería', 189],
  ['Tenedor mesa 18/10', 'CU-10', 'Cubertería', 145],
  ['Mantel antimanchas 140x140', 'TX-140', 'Textil', 1440],
  ['Servilleta algodón 50x50', 'TX-050', 'Textil', 168],
  ['Mesa plegable catering 183 cm', 'MB-183', 'Mobiliario', 5950],
  ['Lavavajillas industrial LC-500', 'MQ-500', 'Maquinaria', 148_500],
  ['Horno convección 4 bandejas', 'MQ-604', 'Maquinaria', 102_390],
] as const

/** The back office of a PrestaShop, Spanish: net and gross beside each other, no-break blanks before the euro. */
function prestashop() {
  const sheet = draft()
  sheet.row(
    'ID',
    'Imagen',
    'Nombre',
    'Referencia',
    'Categoría',
    'Precio (imp. excl.)',
    'Precio (imp. incl.)',
    'Cantidad',
    'Estado',
  )
  table.forEach(([name, sku, category, cents], index) => {
    const euros = (value: number) => `${withComma(value, '.')}\u00a0€`
    sheet.item(
      [
        34 + index,
        `${34 + index}-small_default/${sku.toLowerCase()}.jpg`,
        name,
        sku,
        category,
        euros(cents),
        euros(Math.round(cents * 1.21)),
        index === 5 ? -3 : 12 * index,
        index === 7 ? 0 : 1,
      ],
      { sku, name, price: fromCents(cents), currency: 'EUR', category: [category] },
    )
  })
  return made(csvBytes(sheet, { delimiter: ';', encoding: 'utf-8', lineEnd: '\n' }), [sheet], {
    file: 'es-prestashop.csv',
    note: 'Back office of a Spanish shop',
    tables: [{ headerRows: [0], mapping: { sku: [3], name: [2], price: [5], category: [4] } }],
    currency: 'EUR',
    pitfalls: 'net and gross; a shop’s own number first; negative stock; 0/1 flags',
  })
}

/** A table of a database as it lies: ids, cents after the point, NULLs, time stamps. */
function databaseDump() {
  const sheet = draft()
  const draw = drawing(402)
  sheet.row(
    'id',
    'sku',
    'name',
    'description',
    'price',
    'cost',
    'stock',
    'category_id',
    'created_at',
    'updated_at',
    'deleted_at',
  )
  const goods = [
    'Trail Jacket',
    'Rain Shell',
    'Merino Tee',
    'Hiking Sock',
    'Wool Beanie',
    'Duffel 40L',
    'Headlamp',
  ]
  for (let index = 0; index < 40; index++) {
    const sku = `${['TJ', 'RS', 'MT', 'HS', 'WB', 'DF', 'HL'][index % 7]}-${100 + index}`
    const name = `${goods[index % 7]} ${draw.pick(['Black', 'Moss', 'Navy', 'Sand'])} ${draw.pick(['S', 'M', 'L', 'XL'])}`
    const cents = 995 + draw.below(20_000)
    const price = `${fromCents(cents)}00`
    sheet.item(
      [
        1 + index,
        sku,
        name,
        index % 3 === 0 ? 'NULL' : `Soft, quick-dry "${goods[index % 7]}"`,
        price,
        `${fromCents(Math.round(cents * 0.45))}00`,
        draw.below(80),
        3 + (index % 7),
        `2024-11-0${1 + (index % 9)} 10:2${index % 10}:41`,
        `2026-01-1${index % 9} 03:00:07`,
        'NULL',
      ],
      { sku, name, price },
    )
  }
  return made(csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', lineEnd: '\n' }), [sheet], {
    file: 'us-dump.csv',
    note: 'Dump of a product table',
    tables: [{ headerRows: [0], mapping: { sku: [1], name: [2], price: [4] } }],
    currency: null,
    pitfalls: 'cost beside price; NULL as a word; four places after the point; time stamps',
  })
}

/** Prices in cents, which only the title says: a person is asked before 1299 becomes a price. */
function inCents() {
  const sheet = draft()
  sheet.row('variant_id', 'sku', 'title', 'price_cents', 'currency', 'available')
  const draw = drawing(77)
  for (let index = 0; index < 24; index++) {
    const cents = 299 + draw.below(9000)
    const sku = `TEA-${String(index + 1).padStart(3, '0')}`
    const name = `${draw.pick(['Sencha', 'Oolong', 'Earl Grey', 'Rooibos'])} ${draw.pick(['50 g', '100 g', '250 g'])} No. ${index + 1}`
    sheet.item([44_120_000 + index * 7, sku, name, cents, 'EUR', index % 5 > 0 ? 'true' : 'false'], {
      sku,
      name,
      price: fromCents(cents),
    })
  }
  return made(csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', lineEnd: '\n' }), [sheet], {
    file: 'en-cents.csv',
    note: 'A shop’s variants, prices in cents',
    verdict: ['review'],
    tables: [],
    currency: 'EUR',
    pitfalls: 'price_cents: read as they stand, prices are a hundred times too high',
  })
}

const oils = [
  ['Масла моторные', null],
  ['  Синтетика', null],
  ['5W-30 Ultra 1 л', 'МТ-00412', 612, 890, 24],
  ['5W-30 Ultra 4 л', 'МТ-00413', 2280, 3190, 11],
  ['0W-20 Eco 4 л', 'МТ-00420', 2604.5, 3650, 3],
  ['  Полусинтетика', null],
  ['10W-40 Classic 1 л', 'МТ-00310', 334, 480, 60],
  ['10W-40 Classic 4 л', 'МТ-00311', 1190, 1690, '>100'],
  ['10W-40 Classic 200 л', 'МТ-00319', 48_900, 62_000, null],
  ['Автохимия', null],
  ['Антифриз G12 красный 5 кг', 'АХ-01205', 640, 920, '>100'],
  ['Очиститель тормозов 500 мл', 'АХ-00031', 148.9, 240, 85],
  ['Смазка проникающая 400 мл', 'АХ-00044', 172.35, 290, 40],
  ['Щетки стеклоочистителя', null],
  ['Щетка бескаркасная 600 мм', 'ЩТ-600', 295, 450, 16],
  ['Щетка бескаркасная 450 мм', 'ЩТ-450', 252, 390, 9],
] as const

/** An export of 1C as ODS: a title over two rows, groups in the name's column, the dealer's price beside the recommended one. */
function dealers() {
  const sheet = draft('TDSheet')
  sheet.row('Прайс-лист')
  sheet.row(null, 'Автомаркет "Восток"')
  sheet.row(null, 'Цены указаны на 12.01.2026')
  sheet.blank()
  sheet.row(
    null,
    'Ценовая группа/ Номенклатура/ Характеристика номенклатуры',
    'Артикул',
    'Ед.',
    'Дилерская',
    'РРЦ',
    'Остаток',
  )
  sheet.row(null, null, null, null, 'Цена, руб.', 'Цена, руб.', null)
  sheet.merge('B5:B6')
  sheet.merge('C5:C6')
  sheet.merge('D5:D6')
  sheet.merge('G5:G6')
  let path: string[] = []
  for (const each of oils) {
    const [name, sku] = each
    if (sku === null) {
      path = name.startsWith(' ') ? [path[0] ?? '', name.trim()] : [name]
      sheet.row(null, name)
      continue
    }
    const [, , price, retail, stock] = each
    const rubles = (value: number) => ({ value, format: '#,##0.00' })
    sheet.item([null, name, sku, 'шт', rubles(price), rubles(retail), stock], {
      sku,
      name,
      price: String(price),
      currency: 'RUB',
      unit: 'шт',
      category: [path, path.slice(-1)],
    })
  }
  return made(otherWorkbookBytes([sheet], 'ods'), [sheet], {
    file: 'ru-diler.ods',
    note: 'Export of 1C: dealer’s and recommended prices, groups of two levels',
    tables: [
      { sheet: 'TDSheet', headerRows: [4, 5], mapping: { sku: [2], name: [1], unit: [3], price: [4] } },
    ],
    currency: 'RUB',
    pitfalls: 'a title over two rows; groups by leading blanks; ">100" in stock; which of two prices',
  })
}
