import { type Draft, draft } from '../draft.ts'
import { drawing, gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes, otherWorkbookBytes, workbookBytes } from '../write.ts'

/** What suppliers also send, and what must not become articles. */
export async function negatives() {
  return [
    await workbook('fr-transport.xlsx', freightTariff(), 'freight by department and weight, not by article'),
    csv('de-warengruppen.csv', groupTree(), 'a tree of product groups with margins, no articles'),
    csv('it-sconti.csv', discountTable(), 'discounts in per cent by group, no prices'),
    await workbook('de-rechnung.xlsx', invoice(), 'an invoice: what was bought, not what is offered'),
    csv('en-minutes.csv', minutes(), 'minutes of a meeting that speak of prices'),
    csv('es-existencias.csv', stockReport(), 'a stock report: articles and quantities, no price'),
    ods('pt-encomenda.ods', purchaseOrder(), 'a purchase order: quantities and sums of one order'),
    await workbook('de-arbeitszeiten.xlsx', timeSheet(), 'hours and hourly rates of people'),
    text('en-sitemap.xml', siteMap, 'a site map: addresses with priorities'),
    text('en-config.json', settings, 'settings of a program'),
  ]
}

async function workbook(file: string, sheet: Draft, note: string) {
  return { file, bytes: await workbookBytes([sheet]), truth: negative(file, sheet, note) }
}

function csv(file: string, sheet: Draft, note: string) {
  return {
    file,
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1252' }),
    truth: negative(file, sheet, note),
  }
}

function ods(file: string, sheet: Draft, note: string) {
  return { file, bytes: otherWorkbookBytes([sheet], 'ods'), truth: negative(file, sheet, note) }
}

function text(file: string, content: string, note: string) {
  return { file, bytes: new TextEncoder().encode(content), truth: negative(file, draft(), note) }
}

function negative(file: string, sheet: Draft, note: string) {
  return truthOf(
    { file, note, verdict: ['not-a-price-list', 'review'], tables: [], currency: null, pitfalls: note },
    [sheet],
  )
}

function freightTariff(): Draft {
  const sheet = draft('Messagerie')
  const draw = drawing(5)
  sheet.row('Transports Vauquelin – Grille tarifaire messagerie 2026 (€ HT par expédition)')
  sheet.row('Dépt', 'Département', '0-10 kg', '11-30 kg', '31-50 kg', '51-100 kg', 'Délai')
  const departments = [
    'Ain',
    'Aisne',
    'Allier',
    'Alpes-de-Haute-Provence',
    'Hautes-Alpes',
    'Alpes-Maritimes',
    'Ardèche',
  ]
  departments.forEach((name, index) => {
    const base = 9 + draw.below(6)
    sheet.row(
      String(index + 1).padStart(2, '0'),
      name,
      base + 0.4,
      base + 4.9,
      base + 9.2,
      base + 17.5,
      '24 h',
    )
  })
  sheet.row('Surcharge gazole : voir indice mensuel')
  return sheet
}

function groupTree(): Draft {
  const sheet = draft()
  sheet.row('Warengruppe', 'Bezeichnung', 'Übergeordnete Gruppe', 'Ebene')
  const mains = ['Beleuchtung', 'Installation', 'Kabel', 'Werkzeug']
  mains.forEach((main, index) => {
    const code = String((index + 1) * 100)
    sheet.row(code, main, null, 1)
    for (let each = 1; each <= 6; each++)
      sheet.row(String((index + 1) * 100 + each), `${main} Gruppe ${each}`, code, 2)
  })
  return sheet
}

function discountTable(): Draft {
  const sheet = draft()
  sheet.row('Gruppo sconto', 'Descrizione', 'Sconto base %', 'Sconto extra %', 'Note')
  const groups = [
    'Rubinetteria',
    'Caldaie',
    'Radiatori',
    'Tubi multistrato',
    'Raccordi',
    'Pompe',
    'Sanitari',
    'Box doccia',
  ]
  groups.forEach((group, index) => {
    sheet.row(
      `S${10 + index}`,
      group,
      `${30 + index * 2},0`,
      index % 3 === 0 ? '5,0' : '',
      index === 2 ? 'netto' : '',
    )
  })
  return sheet
}

function invoice(): Draft {
  const sheet = draft('Rechnung')
  sheet.row('Brenneisen & Söhne GmbH, Industriestraße 14, 58097 Hagen')
  sheet.row('Rechnung Nr. 2026-00417', null, null, null, 'Rechnungsdatum: 03.02.2026')
  sheet.row('Kundennummer: 10442', null, null, null, 'Lieferschein: L-88213')
  sheet.blank()
  sheet.row('Pos.', 'Artikel-Nr.', 'Bezeichnung', 'Menge', 'Einzelpreis EUR', 'Gesamtpreis EUR')
  const lines: readonly [string, string, number, number][] = [
    ['00450007', 'Sechskantschraube DIN 933 M8x30', 12, 8.4],
    ['00450014', 'Sechskantschraube DIN 933 M10x40', 6, 14.9],
    ['00480203', 'Sechskantmutter DIN 934 M8', 20, 2.15],
    ['00500259', 'Scheibe DIN 125 A M8', 20, 0.95],
    ['00470140', 'Holzbauschraube TX 6x120', 4, 31.5],
  ]
  lines.forEach(([sku, name, count, price], index) => {
    sheet.row(index + 1, sku, name, count, price, {
      value: count * price,
      formula: `D${index + 6}*E${index + 6}`,
    })
  })
  const net = lines.reduce((sum, [, , count, price]) => sum + count * price, 0)
  sheet.row(null, null, null, null, 'Nettosumme', { value: net, formula: 'SUM(F6:F10)' })
  sheet.row(null, null, null, null, 'zzgl. 19 % MwSt.', { value: net * 0.19, formula: 'F11*0.19' })
  sheet.row(null, null, null, null, 'Rechnungsbetrag', { value: net * 1.19, formula: 'F11+F12' })
  sheet.row('Zahlbar bis 05.03.2026 ohne Abzug. IBAN DE00 0000 0000 0000 0000 00')
  return sheet
}

function minutes(): Draft {
  const sheet = draft()
  sheet.row('Minutes of the purchasing meeting, 14 January 2026')
  sheet.row('Present', 'A. Moss; J. Tilley; R. Okafor')
  sheet.blank()
  sheet.row('No.', 'Item', 'Action', 'Owner', 'Due')
  sheet.row(
    '1',
    'Price increase of 4.5% announced by two suppliers',
    'Ask for new price lists',
    'AM',
    '31/01/2026',
  )
  sheet.row('2', 'Minimum order value now £250', 'Inform branches', 'JT', '20/01/2026')
  sheet.row('3', 'Stock count of warehouse 2 shows 1,250 units missing', 'Recount', 'RO', '10/02/2026')
  sheet.row('4', 'Next meeting 11 February, 10.30', '', '', '')
  return sheet
}

function stockReport(): Draft {
  const sheet = draft()
  const draw = drawing(31)
  sheet.row('Informe de existencias a 31/01/2026')
  sheet.row('Código', 'Descripción', 'EAN', 'Almacén', 'Existencias', 'Mínimo', 'Pendiente')
  for (let index = 0; index < 40; index++) {
    const ean = gtin13(`84123456${String(2000 + index * 11)}`)
    sheet.row(
      `A${1000 + index}`,
      `Artículo de ferretería ${index + 1}`,
      ean,
      'Central',
      draw.below(900),
      50,
      draw.below(40),
    )
  }
  return sheet
}

function purchaseOrder(): Draft {
  const sheet = draft('Encomenda')
  sheet.row('Nota de Encomenda N.º 118/2026')
  sheet.row('Fornecedor: Metalúrgica do Vouga, Lda.', null, null, 'Data: 14-01-2026')
  sheet.row('Entregar em: Armazém 2, Aveiro')
  sheet.blank()
  sheet.row('Ref.', 'Descrição', 'Qtd. encomendada', 'Preço unit. €', 'Total €')
  const lines: readonly [string, string, number, number][] = [
    ['MV-220', 'Chapa galvanizada 2 mm', 40, 18.75],
    ['MV-221', 'Chapa galvanizada 3 mm', 25, 26.4],
    ['MV-310', 'Tubo quadrado 40x40', 60, 9.15],
    ['MV-415', 'Cantoneira 50x50', 30, 7.8],
  ]
  for (const [sku, name, count, price] of lines) sheet.row(sku, name, count, price, count * price)
  sheet.row(
    null,
    null,
    null,
    'Total s/ IVA',
    lines.reduce((sum, [, , count, price]) => sum + count * price, 0),
  )
  sheet.row('Condições de pagamento: 30 dias. Assinatura: ____________')
  return sheet
}

function timeSheet(): Draft {
  const sheet = draft('Januar')
  sheet.row('Arbeitszeitnachweis Januar 2026')
  sheet.row('Personal-Nr.', 'Name', 'Tag', 'Beginn', 'Ende', 'Stunden', 'Stundensatz €', 'Betrag €')
  const people = ['Kaya, Deniz', 'Lorenz, Ida', 'Petrov, Mila']
  for (let day = 5; day <= 16; day++) {
    people.forEach((name, index) => {
      const hours = 7.5 + (day % 3) * 0.25
      sheet.row(
        String(4400 + index),
        name,
        `${day}.01.2026`,
        '07:30',
        '15:45',
        hours,
        32.5 + index,
        hours * (32.5 + index),
      )
    })
  }
  return sheet
}

const siteMap = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
  ...Array.from(
    { length: 20 },
    (_, index) =>
      `<url><loc>https://shop.example/p/${index}</loc><lastmod>2026-01-${10 + index}</lastmod><priority>0.${(index % 9) + 1}</priority></url>`,
  ),
  '</urlset>',
  '',
].join('\n')

const settings = `${JSON.stringify(
  {
    name: 'till',
    version: '2.4.1',
    currency: 'EUR',
    rounding: 0.05,
    printers: [
      { name: 'front', port: 9100 },
      { name: 'kitchen', port: 9101 },
    ],
  },
  null,
  2,
)}\n`
