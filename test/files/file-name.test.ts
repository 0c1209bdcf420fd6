import { expect, test } from 'bun:test'
import { displayName, dispositionName } from '../../src/files/file-name.ts'

test('a file name is shown without its path, and without what cannot be seen or turns the writing around', () => {
  const cases: [string | null, string][] = [
    ['prices.csv', 'prices.csv'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\x.xlsx', 'x.xlsx'],
    ['C:\\Users\\a\\list.csv', 'list.csv'],
    ['a\u202excsv.exe', 'axcsv.exe'],
    ['\u2066\u200f\u061cprices\u2069.csv', 'prices.csv'],
    ['a\0b\r\nc\u0085.csv', 'abc.csv'],
    ['  many   blanks .csv ', 'many blanks .csv'],
    ['Preisliste Übersicht № 7.xlsx', 'Preisliste Übersicht № 7.xlsx'],
    ['قائمة الأسعار.csv', 'قائمة الأسعار.csv'],
    ['\ud800.csv', '\ufffd.csv'],
    ['..', 'upload'],
    ['/', 'upload'],
    ['', 'upload'],
    [null, 'upload'],
  ]
  for (const [given, shown] of cases) expect([given, displayName(given)]).toEqual([given, shown])
})

test('a long file name is cut before its extension, and never within a character', () => {
  expect(displayName(`${'x'.repeat(300)}.csv`)).toBe(`${'x'.repeat(251)}.csv`)
  expect(displayName('x'.repeat(300))).toBe('x'.repeat(255))
  expect(displayName(`a.${'x'.repeat(300)}`)).toBe(`a.${'x'.repeat(253)}`)
  const hammers = displayName(`${'🔨'.repeat(300)}.xlsx`)
  expect([...hammers].length).toBe(255)
  expect(hammers.isWellFormed()).toBe(true)
})

test('the name in Content-Disposition is found in each of its forms', () => {
  const cases: [string | null, string | null][] = [
    ['attachment; filename="a b.csv"', 'a b.csv'],
    ['attachment; filename=a.csv; size=3', 'a.csv'],
    ['inline;filename="say \\"hi\\".csv"', 'say "hi".csv'],
    ['attachment; filename="plain.csv"; filename*=UTF-8\'\'%e2%82%ac%20rates.csv', '€ rates.csv'],
    ['attachment; filename="plain.csv"; filename*=UTF-8\'\'%zz', 'plain.csv'],
    ['attachment', null],
    [null, null],
  ]
  for (const [header, name] of cases) expect([header, dispositionName(header)]).toEqual([header, name])
})
