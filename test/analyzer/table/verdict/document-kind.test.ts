import { describe, expect, test } from 'bun:test'
import { type Document, lists, strangers } from '../../../helpers/documents.ts'
import { readTable, rowsFrom, rowsOf } from '../../../helpers/rows.ts'

const read = ({ lines }: Document) => readTable(rowsFrom(lines))

describe('no price list is', () => {
  test.each(strangers)('$name', (document) => {
    const { decision } = read(document)
    expect(decision.verdict).not.toBe('price-list')
    expect(decision.reasons.length).toBeGreaterThan(0)
  })
})

describe('a price list is', () => {
  test.each(lists)('$name', (document) => {
    const { decision, items } = read(document)
    expect(decision.reasons).toEqual([])
    expect(decision.verdict).toBe('price-list')
    expect(items).toHaveLength(document.items)
  })
})

test('a person is told what a document reads like', () => {
  const reason = (name: string) => read(strangers.find((one) => one.name === name)!).decision.reasons[0]
  expect(reason('a statement whose amounts have two columns')).toBe(
    'It reads like a bank statement: it has columns "Debit", "Credit".',
  )
  expect(reason('delivery costs by city and weight')).toBe(
    'It reads like a tariff by place: it has a column "Город".',
  )
  expect(reason('an invoice')).toBe('It reads like an invoice or an order: "Invoice No. 4711".')
})

test('whoever names the columns of a document has said that it is a list', () => {
  const { lines } = strangers.find(({ name }) => name === 'a delivery tariff by region')!
  const map = { name: 'City', price: 'Base, EUR' }
  expect(readTable(rowsFrom(lines), { map }).decision.verdict).toBe('price-list')
})

test('a list of orders, of bookings or of what a stock is worth is no price list', () => {
  const lists = [
    `Bestellnr.|Datum|Kunde|Artikel|Preis
      A1001|02.01.2026|Müller GmbH|Hammer|12,50
      A1002|02.01.2026|Kaya|Säge|24,90
      A1003|03.01.2026|Lorenz|Zange|9,90`,
    `Code|Guest|Check-in|Check-out|Room name|Price
      39142|Larsen|2026-02-01|2026-02-03|Double with view|246.00
      39155|Conti|2026-02-01|2026-02-05|Single|410.00
      39178|Novak|2026-02-02|2026-02-04|Twin|198.00`,
    `Артикул|Наименование|Остаток|Себестоимость|Сумма
      A-1|Чайник|12|850,00|10200,00
      A-2|Утюг|5|1200,00|6000,00
      A-3|Фен|8|400,00|3200,00`,
  ]
  for (const list of lists) expect([list, readTable(rowsOf(list)).decision.verdict]).toEqual([list, 'review'])
})

test('an order form that nobody has filled in is a price list', () => {
  const { decision } = readTable(
    rowsOf(`Article no.|Product|Price|Quantity|Amount
      A-1|Kettle|12.50||0.00
      A-2|Iron|24.50||0.00
      A-3|Dryer|36.50||0.00`),
  )
  expect(decision.verdict).toBe('price-list')
  expect(decision.mapping.price?.header).toBe('Price')
})
