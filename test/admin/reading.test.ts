import { expect, test } from 'bun:test'
import {
  columnLetter,
  linkName,
  noReading,
  previewPart,
  readingQuery,
  withColumn,
} from '../../src/admin/pages/upload/reading.ts'

test('columns are called as in a spreadsheet', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(columnLetter)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})

test('a picked field is said by its column; the field that had the column before is free again', () => {
  const price = withColumn({}, { column: 2, before: null, picked: 'price' })
  expect(price).toEqual({ price: 'C' })
  expect(withColumn(price, { column: 3, before: null, picked: 'price' })).toEqual({ price: 'D' })
  expect(withColumn(price, { column: 2, before: 'price', picked: 'stock' })).toEqual({ stock: 'C' })
  expect(withColumn({}, { column: 1, before: 'name', picked: null })).toEqual({ name: null })
  expect(withColumn(price, { column: 2, before: 'price', picked: null })).toEqual({ price: null })
})

test('only what was said is sent', () => {
  expect(readingQuery(noReading)).toEqual({})
  expect(
    readingQuery({ ...noReading, map: { price: 'D', brand: null }, headerRow: ' 7-8 ', currency: 'EUR' }),
  ).toEqual({ map: 'price=D,brand=none', header_row: '7-8', currency: 'EUR' })
})

test('of a long text the beginning is looked at, up to the end of a line; a workbook is sent whole', async () => {
  const line = 'A-1;Ball valve;12,50\n'
  const text = new Blob([line.repeat(200_000)])
  const part = await previewPart(text)
  expect([part?.isPart, (part?.part.size ?? 1) % line.length, text.size > 4_000_000]).toEqual([true, 0, true])
  const small = await previewPart(new Blob([line]))
  expect(small).toMatchObject({ isPart: false })
  const workbook = await previewPart(new Blob(['PK', new Uint8Array(5_000_000)]))
  expect([workbook?.isPart, workbook?.part.size]).toEqual([false, 5_000_002])
  expect(await previewPart(new Blob(['PK', new Uint8Array(65 * 1024 ** 2)]))).toBe(null)
})

test('a source that fetches a link is called without what may be secret', () => {
  expect(linkName('https://user:pass@acme.example/lists/a.csv?token=secret#x')).toBe(
    'acme.example/lists/a.csv',
  )
})
