import { describe, expect, test } from 'bun:test'
import { findAreas } from '../../../../src/analyzer/table/areas/areas.ts'
import { headerNames } from '../../../../src/analyzer/table/header/header-names.ts'
import { headingWatch } from '../../../../src/analyzer/table/header/heading-watch.ts'
import { rowsOf } from '../../../helpers/rows.ts'

/** The tables of a sheet as "rows columns". */
const areas = (text: string) =>
  findAreas(rowsOf(text), headerNames()).map(({ area }) => {
    const { firstRow, lastRow, firstColumn, lastColumn } = area
    return `${firstRow}-${lastRow ?? ''} ${firstColumn}-${lastColumn ?? ''}`
  })

describe('a sheet holds several tables', () => {
  test.each<[string, string, string[]]>([
    [
      'when a header further down says something else, with the title above it',
      'SKU|Name|Price\nA|Saw|1.00\n\nDrills\nSKU|Colour|Name|Price\nB|red|Drill|9.00',
      ['0-2 0-', '3- 0-'],
    ],
    [
      'when what follows has no prices, so that its numbers are not taken for some',
      'SKU|Name|Price\nA|Saw|1.00\n\nStock\nSKU|Name|Qty\nA|Saw|7\nSKU|Name|Price\nB|Drill|9.00',
      ['0-2 0-', '3-5 0-', '6- 0-'],
    ],
    [
      'when only the currency is another',
      'SKU|Name|Price EUR\nA|Saw|1.00\nSKU|Name|Price USD\nB|Drill|9.00',
      ['0-1 0-', '2- 0-'],
    ],
    [
      'when a header says the same twice, with a gap or without',
      'SKU|Name|Price||SKU|Name|Price\nA|Saw|1.00||B|Drill|9.00',
      ['0- 0-3', '0- 4-'],
    ],
    [
      'when three stand side by side, the last with notes',
      'Name|Price|Name|Price|Name|Price|Notes\nSaw|1.00|Drill|9.00|Nut|0.10|new',
      ['0- 0-1', '0- 2-3', '0- 4-'],
    ],
    [
      'when both come together',
      'SKU|Name|Price|SKU|Name|Price\nA|Saw|1.00|B|Drill|9.00\nName|Unit|Price\nNut|kg|2.00',
      ['0-1 0-2', '0-1 3-', '2- 0-'],
    ],
  ])('%s', (_, text, expected) => expect(areas(text)).toEqual(expected))
})

describe('a sheet holds one table', () => {
  test.each<[string, string]>([
    ['when a repeated header lacks the price', 'SKU|Name|Price\nA|Saw|1.00\nSKU|Name|\nB|Drill|9.00'],
    ['when its header comes again', 'SKU|Name|Price\nA|Saw|1.00\nSKU|Name|Price\nB|Drill|9.00'],
    ['when its header is in two languages', 'SKU|Name|Price\nАртикул|Название|Цена\nA|Saw|1.00\nB|Nut|2.00'],
    [
      'when a row of data reads like a header',
      'SKU|Name|Price\nA|Saw|1.00\nItem code|Product name|Price\n||',
    ],
    [
      'when its articles are called like columns',
      'SKU|Name|Price\nA|Price tag|1.00\nB|Name badge|on request\nC|Item box|2.00',
    ],
    ['when a second group of columns is another', 'SKU|Name|Price||Old SKU|Old price\nA|Saw|1.00||X|2.00'],
    [
      'when the section stands in its repeated header',
      'Cables|Unit|Price\nRed|m|1.00\nPlugs|Unit|Price\nBlue|pcs|1.00',
    ],
    ['when nothing reads like a header', 'A|Saw|1.00\nB|Drill|2.00'],
    ['when it is empty', ''],
  ])('%s', (_, text) => expect(areas(text)).toHaveLength(1))
})

test('headers beyond the sample are noticed, the one in force and known ones are not', () => {
  const rows = rowsOf(
    'SKU|Name|Price\nA|Saw|\nSKU|Name|Price\nSKU|Name|Unit|Price\nB|Nut|\nSKU|Name|Unit|Price\nSKU|Name|Price',
  )
  const watch = headingWatch(rows.slice(0, 1), 1)
  for (const row of rows) watch.see(row)
  expect(watch.found).toEqual([3, 6])
})
