import { draft } from '../draft.ts'
import { drawing } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { otherWorkbookBytes } from '../write.ts'

const sheetsOf = [
  ['Vetőmagok', ['Paradicsom', 'Paprika', 'Uborka', 'Saláta']],
  ['Szerszámok', ['Metszőolló', 'Ásó', 'Gereblye', 'Kapa']],
] as const

/** An OpenDocument workbook with a list on two sheets; forints have no decimals and their sign follows. */
export function huKert() {
  const lists = sheetsOf.map(([title, names], index) => {
    const sheet = draft(title)
    const draw = drawing(36 + index)
    sheet.row(`Kertész Nagyker Kft. – ${title}`)
    sheet.row('Cikkszám', 'Megnevezés', 'Mennyiségi egység', 'Bruttó ár', 'Nettó ár')
    for (let each = 0; each < 25; each++) {
      const sku = `${index === 0 ? 'V' : 'SZ'}-${String(each * 4 + 1).padStart(3, '0')}`
      const name = `${draw.pick(names)} ${each + 1}`
      const net = 190 + draw.below(120) * 110
      const gross = Math.round(net * 1.27)
      sheet.item([sku, name, 'db', forints(gross), forints(net)], {
        sku,
        name,
        price: String(net),
        unit: 'db',
        currency: 'HUF',
        tiers: [{ price: String(gross) }],
      })
    }
    return sheet
  })
  const terms = draft('Szállítás')
  terms.row('Szállítási feltételek')
  terms.row('50 000 Ft felett ingyenes, alatta 1 990 Ft.')
  return {
    file: 'hu-kert.ods',
    bytes: otherWorkbookBytes([...lists, terms], 'ods'),
    truth: truthOf(
      {
        file: 'hu-kert.ods',
        note: 'Hungarian garden list in an OpenDocument workbook',
        verdict: ['price-list'],
        tables: sheetsOf.map(([sheet]) => ({
          sheet,
          headerRows: [1],
          mapping: { sku: [0], name: [1], unit: [2], price: [4] },
        })),
        currency: 'HUF',
        pitfalls: 'gross before net; "12 990 Ft"; two sheets are lists, the third is not',
      },
      lists,
    ),
  }
}

function forints(amount: number): string {
  return `${String(amount).replace(/\B(?=(\d{3})+$)/g, ' ')} Ft`
}
