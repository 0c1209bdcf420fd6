import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { openProgram } from '../helpers/cli.ts'
import type { TryJson } from '../helpers/lists.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'
import { makeZip } from '../helpers/zip.ts'

const priced = ({ items }: TryJson) => items.map(({ sku, price, currency }) => `${sku} ${price} ${currency}`)

const cell = (value: number, style: number): WorkbookCell => ({ value, style })

test('the number formats of a workbook say the currency, and which numbers are percentages', async () => {
  await using program = await openProgram('sqlite')
  const read = async (header: string[], rows: WorkbookCell[][], ...flags: string[]) => {
    const book = makeWorkbook([{ rows: [header, ...rows] }], {
      numberFormats: ['#,##0.00\\ [$€-407]', '0.0%', '[$$-2C0A]\\ #,##0.00', '[$$-409]#,##0.00'],
    })
    const path = await program.write('list.xlsx', book)
    return (await program.json<TryJson>('try', path, ...flags)).json
  }
  const euros = await read(
    ['SKU', 'Name', 'Preis', 'Preis ab'],
    [
      ['A-1', 'Hammer', cell(12.5, 1), cell(0.1, 2)],
      ['A-2', 'Saw', cell(24, 1), cell(0.15, 2)],
    ],
  )
  expect(priced(euros)).toEqual(['A-1 12.50 EUR', 'A-2 24.00 EUR'])
  expect(euros.verdict).toBe('price-list')

  const pesos = await read(['SKU', 'Name', 'Precio'], [['A-1', 'Martillo', cell(12500, 3)]])
  expect(priced(pesos)).toEqual(['A-1 12500.00 ARS'])

  // Euros and dollars in one column: the numbers do not say which is which, and neither does the configuration.
  const both = [
    ['A-1', 'Hammer', cell(12.5, 1)],
    ['A-2', 'Saw', cell(24, 4)],
  ]
  expect(priced(await read(['SKU', 'Name', 'Price'], both, '--currency', 'EUR'))).toEqual([
    'A-1 12.50 null',
    'A-2 24.00 null',
  ])
})

test('the number formats of a packed workbook say it too', async () => {
  await using program = await openProgram('sqlite')
  const rows = [
    ['SKU', 'Name', 'Preis'],
    ['A-1', 'Hammer', cell(12.5, 1)],
  ]
  const numberFormats = ['#,##0.00\\ [$€-407]']
  const book = makeWorkbook([{ rows }], { numberFormats })
  const read = async (name: string, content: Uint8Array) =>
    priced((await program.json<TryJson>('try', await program.write(name, content))).json)
  expect(await read('list.xlsx.gz', gzipSync(book))).toEqual(['A-1 12.50 EUR'])
  const both = makeZip([
    { name: 'euros.xlsx', content: Buffer.from(book) },
    { name: 'notes.xlsx', content: Buffer.from(makeWorkbook([{ rows: [['We deliver on Fridays.']] }])) },
  ])
  expect(await read('lists.zip', both)).toEqual(['A-1 12.50 EUR'])
})
