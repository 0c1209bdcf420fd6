import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

type Line = readonly [code: string, name: string, pack: string, price: string | null, per: string]
const groups: readonly (readonly [string, readonly Line[]])[] = [
  [
    'ΤΥΡΟΚΟΜΙΚΑ',
    [
      ['01001', 'Φέτα ΠΟΠ βαρελίσια', 'Δοχείο 15 κιλά', '8.40', 'κιλό'],
      ['01002', 'Γραβιέρα Κρήτης 12μηνη', 'Κεφάλι ~3 κιλά', '13.20', 'κιλό'],
      ['01003', 'Κεφαλοτύρι', 'Κεφάλι ~5 κιλά', '11.75', 'κιλό'],
      ['01004', 'Μανούρι', 'Ρολό 1,5 κιλό', '9.90', 'κιλό'],
      ['01005', 'Κατσικίσιο μους', 'Κεσές 200 γρ', '3.15', 'τεμ.'],
      ['01009', 'Μετσοβόνε καπνιστό', 'Κεφάλι ~2 κιλά', null, ''],
    ],
  ],
  [
    'ΑΛΛΑΝΤΙΚΑ',
    [
      ['02010', 'Σαλάμι αέρος Λευκάδας', 'Τεμάχιο 600 γρ', '1.25', '100γρ'],
      ['02011', 'Προσούτο Ευρυτανίας φέτες', 'Συσκ. 500 γρ', '2.30', '100γρ'],
      ['02012', 'Λουκάνικο χωριάτικο', 'Κενό 1 κιλό', '7.60', 'κιλό'],
      ['02013', 'Παστουρμάς', 'Κομμάτι 1,2 κιλά', '2.85', '100γρ'],
    ],
  ],
  [
    'ΕΛΙΕΣ - ΛΑΔΙ',
    [
      ['03001', 'Ελαιόλαδο έξτρα παρθένο', 'Δοχείο 5 λτ', '38.50', 'τεμ.'],
      ['03002', 'Ελαιόλαδο έξτρα παρθένο', 'Φιάλη 750 ml', '7.20', 'τεμ.'],
      ['03005', 'Ελιές Καλαμών JUMBO', 'Δοχείο 13 κιλά', '5.10', 'κιλό'],
      ['03006', 'Ελιές Χαλκιδικής γεμιστές', 'Βάζο 370 γρ', '2.95', 'τεμ.'],
      ['03007', 'Πάστα ελιάς', 'Βάζο 180 γρ', '1.99', 'τεμ.'],
    ],
  ],
]

/** Price and what it is for stand in one cell: per kilogram, per 100 g, each. */
export function grTrofima() {
  const sheet = draft()
  sheet.row('ΑΦΟΙ ΚΑΛΟΓΕΡΑΚΗ Ο.Ε. - ΧΟΝΔΡΙΚΟ ΕΜΠΟΡΙΟ ΤΡΟΦΙΜΩΝ')
  sheet.row('Τιμοκατάλογος Μαρτίου 2026 - οι τιμές δεν περιλαμβάνουν ΦΠΑ 13%')
  sheet.blank()
  sheet.row('Κωδικός', 'Περιγραφή', 'Συσκευασία', 'Τιμή')
  for (const [group, lines] of groups) {
    sheet.row(group)
    for (const [sku, name, pack, price, per] of lines) {
      const category = [group]
      if (price === null) {
        sheet.item([sku, name, pack, 'κατόπιν συνεννόησης'], { sku, name, price, category })
        continue
      }
      const perHundred = per === '100γρ'
      sheet.item([sku, name, pack, `${price.replace('.', ',')} €/${per}`], {
        sku,
        name,
        price,
        currency: 'EUR',
        category,
        unit: perHundred
          ? ['γρ', 'g', '100γρ', '100 g']
          : [per, per.replace('.', ''), ...(per === 'κιλό' ? ['kg'] : [])],
        priceQuantity: perHundred ? '100' : '1',
      })
    }
  }
  sheet.blank()
  sheet.row('Ελάχιστη παραγγελία 80,00 €. Παραδόσεις Τρίτη και Παρασκευή.')
  return {
    file: 'gr-trofima.csv',
    bytes: csvBytes(sheet, { delimiter: ';', encoding: 'windows-1253', width: 4 }),
    truth: truthOf(
      {
        file: 'gr-trofima.csv',
        note: 'Greek food; windows-1253; price, currency and unit in one cell',
        verdict: ['price-list'],
        tables: [{ headerRows: [3], mapping: { sku: [0], name: [1], price: [3] } }],
        currency: 'EUR',
        pitfalls:
          'prices per kilogram and per 100 g in one column; leading zeros; the same name twice with another ' +
          'code; a minimum order value in the notes',
      },
      [sheet],
    ),
  }
}
