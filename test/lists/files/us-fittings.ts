import { draft } from '../draft.ts'
import { drawing, fromCents } from '../draw.ts'
import { truthOf } from '../truth.ts'
import { csvBytes } from '../write.ts'

const kinds = ['Brass elbow 90°', 'Brass tee', 'Ball valve full port', 'Reducing bushing', 'Hex nipple']
const sizes = ['1/4"', '3/8"', '1/2"', '3/4"', '1"']

/** Quantity breaks under one heading; names with quoted line breaks; dollars of no country. */
export function usFittings() {
  const sheet = draft()
  const draw = drawing(77)
  sheet.row(null, null, null, null, 'Price each ($)')
  sheet.row('Item #', 'UPC', 'Description', 'UOM', '1-24', '25-99', '100+')
  for (let index = 0; index < 40; index++) {
    const kind = kinds[index % kinds.length]!
    const size = sizes[Math.floor(index / 8)]!
    const sku = `00${3100 + index * 5}`
    const name = index % 6 === 2 ? `${kind}\nNPT ${size}, lead free` : `${kind} ${size} NPT`
    const upc = withCheckDigit(`07123400${String(100 + index)}`)
    const cents = 185 + draw.below(5200) + (index % 10 === 9 ? 120_000 : 0)
    const breaks = [cents, Math.round(cents * 0.9), Math.round(cents * 0.8)]
    const names = name.includes('\n') ? [name, name.replace('\n', ' ')] : name
    if (index === 17 || index === 33) {
      sheet.item([sku, upc, name, 'EA', 'Call', 'Call', 'Call'], { sku, name: names, price: null })
      continue
    }
    sheet.item([sku, upc, name, 'EA', ...breaks.map(dollars)], {
      sku,
      name: names,
      price: fromCents(cents),
      unit: 'EA',
      ean: upc,
      tiers: [
        { minQuantity: '25', price: fromCents(breaks[1]!) },
        { minQuantity: '100', price: fromCents(breaks[2]!) },
      ],
    })
  }
  return {
    file: 'us-fittings.csv',
    bytes: csvBytes(sheet, {
      delimiter: ';',
      encoding: 'utf-8',
      byteOrderMark: true,
      lineEnd: '\n',
      width: 7,
    }),
    truth: truthOf(
      {
        file: 'us-fittings.csv',
        note: 'quantity breaks; quoted line breaks; "$" alone',
        verdict: ['price-list', 'review'],
        tables: [{ headerRows: [0, 1], mapping: { sku: [0], name: [2], unit: [3], price: [4] } }],
        currency: null,
        currencyNote: 'the list says "$" and no country: never US dollars in silence; asking is right too',
        pitfalls:
          'breaks named 1-24, 25-99, 100+ (not dates, not prices); 12-digit UPC; leading zeros; "Call"',
      },
      [sheet],
    ),
  }
}

function dollars(cents: number): string {
  return `$${fromCents(cents).replace(/\B(?=(\d{3})+\.)/g, ',')}`
}

/** UPC-A check digit: the weights of GTIN, counted from the right. */
function withCheckDigit(eleven: string): string {
  const sum = [...eleven].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1),
    0,
  )
  return `${eleven}${(10 - (sum % 10)) % 10}`
}
