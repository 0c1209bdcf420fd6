import { expect, test } from 'bun:test'
import { wholeSheet } from '../../../../src/analyzer/table/areas/area.ts'
import type { TableDecision, Verdict } from '../../../../src/analyzer/table/decision.ts'
import { decideFile, isRead } from '../../../../src/analyzer/table/verdict/verdict.ts'
import { readTable, rowsOf } from '../../../helpers/rows.ts'

const list = readTable(rowsOf('SKU|Name|Price\nA-1|Saw|1.00')).decision

const table = (sheet: number, verdict: Verdict, more: Partial<TableDecision> = {}): TableDecision => ({
  ...list,
  sheet,
  sheetName: `S${sheet}`,
  verdict,
  reasons: verdict === 'price-list' ? [] : [`because ${sheet}`],
  ...more,
})

const readOf = (tables: TableDecision[]) => tables.map((one) => isRead(one, tables))

test('doubtful sheets are left out beside sure ones', () => {
  const tables = [table(0, 'price-list'), table(1, 'review'), table(2, 'not-a-price-list')]
  expect(readOf(tables)).toEqual([true, false, false])
  expect(decideFile(tables)).toEqual({ verdict: 'price-list', reasons: [] })
})

test('a doubtful table below a sure one of the same sheet may be the rest of the list, so a person is asked', () => {
  const below = { ...wholeSheet, firstRow: 40 }
  const tables = [
    table(0, 'price-list', { area: { ...wholeSheet, lastRow: 39 } }),
    table(0, 'review', { area: below }),
    table(0, 'not-a-price-list', { area: below }),
  ]
  expect(readOf(tables)).toEqual([true, true, false])
  expect(decideFile(tables)).toEqual({
    verdict: 'review',
    reasons: ['Sheet "S0", rows from 41 on: because 0'],
  })
})

test('a hidden sheet is read only where no visible one may be a list', () => {
  const hidden = table(0, 'price-list', { isHidden: true })
  expect(readOf([hidden, table(1, 'review')])).toEqual([false, true])
  expect(decideFile([hidden, table(1, 'review')]).verdict).toBe('review')
  expect(readOf([hidden, table(1, 'not-a-price-list')])).toEqual([true, false])
})

test('a file without a list says why of each sheet', () => {
  expect(decideFile([table(0, 'not-a-price-list'), table(1, 'not-a-price-list')])).toEqual({
    verdict: 'not-a-price-list',
    reasons: ['Sheet "S0": because 0', 'Sheet "S1": because 1'],
  })
})
