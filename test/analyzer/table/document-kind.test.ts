import { describe, expect, test } from 'bun:test'
import { type Document, lists, strangers } from '../../helpers/documents.ts'
import { readTable, rowsFrom } from '../../helpers/rows.ts'

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
