import { expect, test } from 'bun:test'
import type { OpenedFile } from '../../../src/analyzer/formats/format.ts'
import { type ReturnedRow, rejectedRows } from '../../../src/analyzer/rejects/rejected-rows.ts'
import { defaultTableOptions, type TableDecision } from '../../../src/analyzer/table/decision.ts'
import { tableReader } from '../../../src/analyzer/table/rows/reader.ts'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { readTable, rowsOf } from '../../helpers/rows.ts'

/** A file that has these rows on its only sheet. */
function fileOf(rows: Row[]): OpenedFile {
  return {
    format: 'csv',
    encoding: null,
    delimiter: null,
    sheets: [{ index: 0, name: null, isHidden: false }],
    async *rows() {
      for (let at = 0; at < rows.length; at += 3) yield rows.slice(at, at + 3)
    },
    records: null,
    bytesRead: () => 0,
    close() {},
  }
}

/** What goes back of a table of which these rows were rejected. */
async function returned(rows: Row[], decision: TableDecision, rejected: number[]): Promise<ReturnedRow[]> {
  async function* logged() {
    for (const row of rejected) yield { row, entries: [{ column: null, message: 'No.', rowData: [] }] }
  }
  const all: ReturnedRow[] = []
  for await (const batch of rejectedRows(fileOf(rows), decision, defaultTableOptions, logged()))
    all.push(...batch)
  return all
}

/** Whether rows that go back mean the same where they stand now, whatever it was that was wrong with them. */
function reread(back: ReturnedRow[], decision: TableDecision) {
  const head = back.findIndex(({ kind }) => kind === 'head')
  const reader = tableReader(
    { ...decision, firstDataRow: head + 1, headerRows: [head], sectionRows: [] },
    defaultTableOptions,
  )
  return back.flatMap(({ kind, cells, section }, index) => {
    const outcome = reader.read({ index, cells, ...(section !== '' && { section }) })
    if (kind !== 'row') return []
    if (outcome.kind !== 'item') throw new Error(`It was ${outcome.kind}.`)
    const { name, category, brand, priceE4, itemKey } = outcome.item
    return [{ name, category, brand, priceE4, itemKey }]
  })
}

const sections = rowsOf(`
  Price list
  SKU|Name|Price EUR
  1. Pumps||
  1.1 Small||
  A1|Pump a|1.00
  A2|Pump b|2.00
  1.2 Large||
  A3|Pump c|3.00
  2. Valves||
  B1|Valve a|4.00
  B2|Valve b|5.00
  2.1 Small||
  B3|Valve c|6.00
  B4|Valve d|7.00`)

test('rows stay in their sections, whichever of them go back', async () => {
  const { decision, items } = readTable(sections)
  expect(new Set(items.map(({ category }) => category)).size).toBeGreaterThan(2)
  const data = items.map(({ row }) => row)
  for (let bits = 1; bits < 2 ** data.length; bits++) {
    const rejected = data.filter((_, at) => (bits >> at) & 1)
    const back = reread(await returned(sections, decision, rejected), decision)
    const expected = items.filter(({ row }) => rejected.includes(row))
    expect(back).toEqual(
      expected.map(({ name, category, brand, priceE4, itemKey }) => ({
        name,
        category,
        brand,
        priceE4,
        itemKey,
      })),
    )
  }
})

const variants = rowsOf(`
  Handle|Title|Option1 Value|Variant SKU|Variant Price
  shirt|Shirt|S|SH-S|10.00
  shirt||M|SH-M|11.00
  shirt||L|SH-L|12.00
  hat|Hat|S|HA-S|5.00
  hat||M|HA-M|6.00`)

test('a blank cell that means what stands above it is filled in', async () => {
  const { decision, items } = readTable(variants)
  expect(items.map(({ name }) => name)).toEqual(['Shirt', 'Shirt', 'Shirt', 'Hat', 'Hat'])
  for (let bits = 1; bits < 32; bits++) {
    const rejected = items.map(({ row }) => row).filter((_, at) => (bits >> at) & 1)
    const back = reread(await returned(variants, decision, rejected), decision)
    const expected = items.filter(({ row }) => rejected.includes(row)).map(({ name }) => name)
    expect(back.map(({ name }) => name)).toEqual(expected)
  }
})
