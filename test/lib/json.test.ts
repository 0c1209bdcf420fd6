import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { jsonText, snakeCase, snakeCaseKeys } from '../../src/lib/json.ts'

test('JSON text reads back as what was written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  )
})

test('JSON text holds nothing that steers a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(jsonText(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
    }),
  )
  expect(jsonText('\u009b31m')).toBe('"\\u009b31m"')
})

test('large integers and dates are written as text', () => {
  expect(jsonText({ big: 2n ** 64n, at: new Date(0) })).toBe(
    '{"big":"18446744073709551616","at":"1970-01-01T00:00:00.000Z"}',
  )
})

test('names become snake_case and everything else stays', () => {
  const names = [
    'rowCount',
    'priceE4',
    'sha256',
    'fileURL',
    'Größe',
    'net price',
    'NetWeight',
    'a_b',
    'headerRows2',
  ]
  expect(names.map(snakeCase)).toEqual([
    'row_count',
    'price_e4',
    'sha256',
    'file_url',
    'Größe',
    'net price',
    'NetWeight',
    'a_b',
    'header_rows2',
  ])
})

test('keys keep their order, and the keys of characteristics are data', () => {
  const value = {
    lastSeen: 1,
    firstItem: [{ itemKey: 2 }],
    characteristics: { netWeight: 3, ['__proto__']: 4 },
  }
  expect(JSON.stringify(snakeCaseKeys(value))).toBe(
    '{"last_seen":1,"first_item":[{"item_key":2}],"characteristics":{"netWeight":3,"__proto__":4}}',
  )
})

test('a key called __proto__ is a key like any other', () => {
  const value: unknown = JSON.parse('{"__proto__":{"isAdmin":true}}')
  expect(JSON.stringify(snakeCaseKeys(value))).toBe('{"__proto__":{"is_admin":true}}')
})
