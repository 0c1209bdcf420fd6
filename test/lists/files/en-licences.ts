import type { ListTruth } from '../../../scripts/lib/score/truth.ts'
import { makeZip } from '../../helpers/zip.ts'
import { draft } from '../draft.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const products = [
  ['Boardroom Planner', 'P1', 'Business', 5.2, 6.5],
  ['Boardroom Planner', 'P2', 'Enterprise', 11.44, 14.3],
  ['Ledger Cloud', 'L1', 'Starter', 12, 15],
  ['Ledger Cloud', 'L2', 'Pro', 28.8, 36],
  ['Ledger Cloud', 'L3', 'Unlimited', 1040, 1300],
  ['Mail Guard', 'M1', 'per mailbox', 1.6, 2],
  ['Mail Guard Archive', 'M4', '50 GB', 2.4, 3],
  ['Sketchboard (Education)', 'S9', 'Student', 0, 0],
] as const

/** Software licences in a ZIP beside a note: one row a term, the reseller's price beside the end customer's. */
export function enLicences() {
  const sheet = draft()
  sheet.row(
    'ProductTitle',
    'ProductId',
    'SkuId',
    'SkuTitle',
    'TermDuration',
    'BillingPlan',
    'Market',
    'Currency',
    'UnitPrice',
    'EffectiveStartDate',
    'EffectiveEndDate',
    'ERP Price',
  )
  let number = 40
  for (const [title, family, plan, price, retail] of products) {
    for (const [term, billing, factor] of [
      ['P1M', 'Monthly', 1.2],
      ['P1Y', 'Annual', 12],
    ] as const) {
      number += 3
      const sku = `${family}-${String(number).padStart(4, '0')}`
      const name = `${title} ${plan} (${billing})`
      const amount = (value: number) => (value * factor).toFixed(2)
      sheet.item(
        [
          title,
          `CFX0${family}`,
          sku,
          name,
          term,
          billing,
          'GB',
          'GBP',
          amount(price),
          '2026-02-01T00:00:00Z',
          '9999-12-31T23:59:59Z',
          amount(retail),
        ],
        { sku, name: [name, title], price: amount(price), currency: 'GBP' },
      )
    }
  }
  const file = 'en-licences.zip'
  const note =
    'Price list for February 2026.\r\nPrices are per seat. Contact partner desk: 020 7946 0000.\r\n'
  const list = csvBytes(sheet, { delimiter: ',', encoding: 'utf-8', byteOrderMark: true })
  return {
    file,
    // Stored, so that the same files always give the same bytes.
    bytes: makeZip([
      { name: 'readme.txt', content: note, method: 'stored' },
      { name: 'GB/Licences_Feb_2026_GBP.csv', content: list, method: 'stored' },
    ]),
    truth: withFree(
      truthOf(
        {
          file,
          note: 'Software licences by term, in a ZIP beside a note',
          verdict: ['price-list'],
          tables: [{ headerRows: [0], mapping: { sku: [2], name: [0, 3], currency: [7], price: [8] } }],
          currency: 'GBP',
          pitfalls:
            'product id is not the article; price to pay beside the end customer’s; dates without end; free licences at 0',
        },
        [sheet],
      ),
    ),
  }
}

/** 0 in every column of prices may be a free licence, or say that there is none to be had: both can be read. */
function withFree(truth: ListTruth): ListTruth {
  const samples = truth.samples.filter(({ price }) => price !== '0.00')
  return { ...truth, items: [16, 14], priced: [16, 14], rejected: [0, 2], samples }
}
