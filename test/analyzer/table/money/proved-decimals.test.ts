import { expect, test } from 'bun:test'
import { decideTable } from '../../../../src/analyzer/table/decide.ts'
import type { TableDecision } from '../../../../src/analyzer/table/decision.ts'
import { defaultTableOptions } from '../../../../src/analyzer/table/decision.ts'
import { correctedTable, hasOtherProof } from '../../../../src/analyzer/table/money/proved-decimals.ts'
import { tableReader } from '../../../../src/analyzer/table/rows/reader.ts'
import type { Row } from '../../../../src/analyzer/table/rows/row.ts'
import { rowsFrom } from '../../../helpers/rows.ts'

/** 1200 articles whose prices are written one way in the sample, and another at its end. */
function listOf(prices: (row: number) => string[], header = ['Price']): Row[] {
  const lines = Array.from({ length: 1200 }, (_, row) => [`A-${row}`, `Tool ${row}`, ...prices(row)])
  return rowsFrom([['SKU', 'Product', ...header], ...lines])
}

const sampled = (rows: Row[]) =>
  decideTable(rows.slice(0, 1000), { index: 0, name: null }, defaultTableOptions)

function readAll(rows: Row[], decision: TableDecision) {
  const reader = tableReader(decision, defaultTableOptions)
  const items = rows.flatMap((row) => {
    const outcome = reader.read(row)
    return outcome.kind === 'item' ? [outcome.item] : []
  })
  return { items, proved: reader.decimalDecisions() }
}

test('a further price is read again where its column proves another decimal sign below the sample', () => {
  const prices = (row: number) => [`${20 + (row % 3)}.50`, row === 1100 ? '9,50' : `${1 + (row % 3)},234`]
  const rows = listOf(prices, ['Price', 'Wholesale price'])
  const decision = sampled(rows)
  const first = readAll(rows, decision)
  expect(decision.tiers[0]?.decimal).toBe('dot')
  expect(hasOtherProof(decision, first.proved)).toBe(true)
  const corrected = correctedTable(decision, first.proved)
  expect(corrected.tiers[0]?.decimal).toBe('comma')
  const second = readAll(rows, corrected)
  expect(second.items[0]?.tiers).toContain('"price_e4":12340')
  expect(correctedTable(corrected, second.proved)).toBe(corrected)
})

test('a doubt goes with the proof that comes below the sample', () => {
  const rows = listOf((row) => [row > 1050 ? '2.50' : row % 2 === 0 ? '1.234' : '1500'])
  const decision = sampled(rows)
  expect(decision).toMatchObject({
    verdict: 'review',
    reasons: ['Prices such as "1.234" can be read in two ways.'],
  })
  const corrected = correctedTable(decision, readAll(rows, decision).proved)
  expect(corrected).toMatchObject({ verdict: 'price-list', reasons: [], decimal: { style: 'dot' } })
})

test('a doubt that comes below the sample is for a person', () => {
  const rows = listOf((row) => [row > 1050 ? '1.234' : '1234'])
  const decision = sampled(rows)
  expect(decision.verdict).toBe('price-list')
  const corrected = correctedTable(decision, readAll(rows, decision).proved)
  expect(corrected).toMatchObject({
    verdict: 'review',
    reasons: ['Prices such as "1.234" can be read in two ways.'],
  })
})

test('coins of the currency settle what comes below the sample', () => {
  const rows = listOf((row) => [row > 1050 ? '1.250' : '12'], ['Price, KWD'])
  const decision = sampled(rows)
  const corrected = correctedTable(decision, readAll(rows, decision).proved)
  expect(corrected).toMatchObject({ verdict: 'price-list', decimal: { style: 'dot', from: 'currency' } })
})
