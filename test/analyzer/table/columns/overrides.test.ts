import { describe, expect, test } from 'bun:test'
import { decideTable } from '../../../../src/analyzer/table/decide.ts'
import { defaultTableOptions } from '../../../../src/analyzer/table/decision.ts'
import { decideFile } from '../../../../src/analyzer/table/verdict/verdict.ts'
import { InvalidError } from '../../../../src/lib/errors.ts'
import { columnsIn, readTable, rowsOf } from '../../../helpers/rows.ts'

const rows = rowsOf(`Nr.|C|Artikel|Preis A|Preis B
  A-1|x|Hammer|12,00|10,00
  A-2|y|Säge|24,00|20,00
  A-3|z|Bohrer|36,00|30,00`)

describe('an override', () => {
  test('by header text wins over what the table seems to say', () => {
    const table = readTable(rows, { map: { price: 'preis b', name: 'ARTIKEL' } })
    expect(columnsIn(table)).toMatchObject({ price: 4, name: 2 })
    expect(table.decision.mapping.price).toMatchObject({ confidence: 1, header: 'Preis B' })
  })

  test('is tried as a header first and as a column letter then', () => {
    expect(columnsIn(readTable(rows, { map: { brand: 'C' } })).brand).toBe(1)
    expect(columnsIn(readTable(rows, { map: { price: 'E' } })).price).toBe(4)
  })

  test('can say that a field is not in the list', () => {
    const { decision, items } = readTable(rows, { map: { sku: null } })
    expect(decision.mapping.sku).toBeUndefined()
    expect(items[0]).toMatchObject({ sku: null, itemKey: expect.stringMatching(/^~[\w-]{22}$/) })
  })

  test('finds the header row by itself', () => {
    const table = readTable(rowsOf('some|words|here\nfoo|bar|baz\nA-1|Hammer|12\nA-2|Saw|13'), {
      map: { sku: 'foo', name: 'bar', price: 'baz' },
    })
    expect(table.decision.headerRows).toEqual([1])
    expect(table.decision.verdict).toBe('price-list')
  })

  test('that names no column of the file is refused with the headers that are there', () => {
    const options = { ...defaultTableOptions, map: { price: 'Netto' } }
    const tables = [decideTable(rows, { index: 0, name: 'List' }, options)]
    expect(() => decideFile(tables)).toThrow(InvalidError)
    expect(() => decideFile(tables)).toThrow(/"Netto" for price.*"Nr\.", "C", "Artikel"/)
    try {
      decideFile(tables)
    } catch (error) {
      expect(error).toMatchObject({ code: 'unknown_column' })
    }
  })

  test('need be in one sheet only', () => {
    const options = { ...defaultTableOptions, map: { price: 'Preis B' } }
    const list = decideTable(rows, { index: 0, name: 'List' }, options)
    const other = decideTable(rowsOf('Group|Parent\n1|2\n3|4'), { index: 1, name: 'Groups' }, options)
    expect(other.verdict).toBe('not-a-price-list')
    expect(decideFile([list, other]).verdict).toBe('price-list')
  })
})
