import { expect, test } from 'bun:test'
import { csvText } from '../../src/admin/format/csv.ts'

test('rows become CSV that a spreadsheet neither splits nor runs', () => {
  const rows = [
    { sku: 'A-1', name: 'Hammer, 300 g', price: '12.50', move: -0.25, ends: null },
    { sku: '=1+1', name: 'Says "hello"', price: '-3', tags: ['a', 'b'] },
  ]
  expect(csvText(rows)).toBe(
    '\ufeffsku,name,price,move,ends,tags\r\n' +
      'A-1,"Hammer, 300 g",12.50,-0.25,,\r\n' +
      '\'=1+1,"Says ""hello""",-3,,,"[""a"",""b""]"\r\n',
  )
})
