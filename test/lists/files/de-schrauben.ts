import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { workbookBytes } from '../write.ts'

const groups = [
  ['1 Schrauben', '1.1 Sechskantschrauben DIN 933', 'Sechskantschraube DIN 933 8.8 vz', 'M', 14],
  ['1 Schrauben', '1.2 Zylinderschrauben DIN 912', 'Zylinderschraube DIN 912 8.8', 'M', 13],
  ['1 Schrauben', '1.3 Holzbauschrauben TX', 'Holzbauschraube Tellerkopf TX gelb vz', '', 12],
  ['2 Muttern', '2.1 Sechskantmuttern DIN 934', 'Sechskantmutter DIN 934 A2', 'M', 9],
  ['2 Muttern', '2.2 Stoppmuttern DIN 985', 'Stoppmutter DIN 985 vz', 'M', 8],
  ['3 Scheiben', '3.1 Unterlegscheiben DIN 125', 'Scheibe DIN 125 A vz', 'M', 10],
] as const

/** A wholesaler's workbook: cover, list with a two-row header and two levels of sections, groups, discounts. */
export async function deSchrauben() {
  const list = priceList()
  const sheets = [cover(), list, groupTree(), discounts()]
  return {
    file: 'de-schrauben.xlsx',
    bytes: await workbookBytes(sheets, { widths: [16, 40, 14, 8, 8, 12, 12, 12, 6] }),
    truth: truthOf(
      {
        file: 'de-schrauben.xlsx',
        note: 'German fasteners; one price list among four sheets',
        verdict: ['price-list'],
        tables: [
          {
            sheet: 'Preisliste',
            headerRows: [6, 7],
            mapping: { sku: [0], name: [1], unit: [4], price: [5] },
          },
        ],
        currency: 'EUR',
        pitfalls:
          'article numbers with leading zeros; prices per 100 pieces; quantity breaks under a merged heading; ' +
          '"auf Anfrage"; subtotals and footnotes; cover, group tree and discount groups are not lists',
      },
      sheets,
    ),
  }
}

function cover(): Draft {
  const sheet = draft('Deckblatt')
  sheet.blank()
  sheet.row(null, { value: 'Brenneisen & Söhne GmbH', bold: true })
  sheet.row(null, 'Verbindungstechnik seit 1957')
  sheet.blank()
  sheet.row(null, 'Preisliste 2026 / 1')
  sheet.row(null, 'gültig ab 01.02.2026 – ersetzt alle früheren Preislisten')
  sheet.blank()
  sheet.row(null, 'Industriestraße 14, 58097 Hagen')
  sheet.row(null, 'Tel. 02331 / 55 01 - 0')
  return sheet
}

function priceList(): Draft {
  const sheet = draft('Preisliste')
  const draw = drawing(11)
  sheet.row({ value: 'Brenneisen & Söhne GmbH – Preisliste 2026/1', bold: true })
  sheet.merge('A1:I1')
  sheet.row('Alle Preise in EUR netto zzgl. gesetzlicher MwSt., ab Lager Hagen')
  sheet.merge('A2:I2')
  sheet.row('Stand:', null, '15.01.2026')
  sheet.blank()
  sheet.row('Kundennummer:', null, null, null, null, 'Bearbeiter:', 'Fr. Kühn')
  sheet.blank()
  const heads = ['Artikel-Nr.', 'Bezeichnung', 'Abmessung', 'VE', 'ME']
  sheet.row(...heads, 'Preis in EUR je 100 Stück', null, null, 'RG')
  sheet.row(null, null, null, null, null, 'ab 1 VE', 'ab 10 VE', 'ab 50 VE')
  for (const range of ['A7:A8', 'B7:B8', 'C7:C8', 'D7:D8', 'E7:E8', 'F7:H7', 'I7:I8']) sheet.merge(range)

  let main = ''
  let number = 0
  groups.forEach(([group, subgroup, name, prefix, count], index) => {
    if (group !== main) section(sheet, group)
    main = group
    section(sheet, subgroup)
    for (let each = 0; each < count; each++) {
      number++
      const sku = `00${45 + index}${String(number * 7).padStart(4, '0')}`
      const size = `${prefix}${4 + (each % 6) * 2} x ${10 + each * 5}`
      const packing = draw.pick([50, 100, 200, 500])
      const cents = 180 + draw.below(9000)
      const category = [group, subgroup]
      const onRequest = number % 23 === 0
      const breaks = [cents, Math.round(cents * 0.92), Math.round(cents * 0.85)]
      if (onRequest) {
        sheet.item([sku, name, size, packing, 'Stück', 'auf Anfrage', '–', '–', 'A'], {
          sku,
          name,
          price: null,
          category,
        })
        continue
      }
      const cells = breaks.map((price) => ({ value: price / 100, format: '#,##0.00' }))
      sheet.item([sku, name, size, packing, 'Stück', ...cells, draw.pick(['A', 'B', 'C'])], {
        sku,
        name,
        price: fromCents(cents),
        unit: ['Stück', '100 Stück', 'St'],
        priceQuantity: '100',
        category,
        tiers: [
          { minQuantity: '10', price: fromCents(breaks[1]!) },
          { minQuantity: '50', price: fromCents(breaks[2]!) },
        ],
      })
    }
    sheet.row(null, `Summe Artikel ${subgroup.slice(0, 3)}:`, null, count)
    sheet.blank()
  })
  sheet.row(
    '* Preisänderungen und Irrtümer vorbehalten. Mindermengenzuschlag 15,00 EUR unter 50,00 EUR Warenwert.',
  )
  sheet.row('** RG = Rabattgruppe, siehe Blatt „Rabattgruppen“')
  return sheet
}

function section(sheet: Draft, title: string): void {
  const row = sheet.row({ value: title, bold: true })
  sheet.merge(`A${row + 1}:I${row + 1}`)
}

function groupTree(): Draft {
  const sheet = draft('Warengruppen')
  sheet.row('WG-Nr.', 'Warengruppe', 'Übergeordnet')
  let number = 100
  for (const [group, subgroup] of groups) sheet.row(number++, subgroup, group)
  return sheet
}

function discounts(): Draft {
  const sheet = draft('Rabattgruppen')
  sheet.row('RG', 'Bezeichnung', 'Rabatt %', 'Rabatt % ab 5.000 EUR Jahresumsatz')
  sheet.row('A', 'Normteile', 20, 25)
  sheet.row('B', 'Edelstahl', 15, 17.5)
  sheet.row('C', 'Holzbau', 10, 12)
  return sheet
}
