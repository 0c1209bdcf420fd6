import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import type { ImportJson, TryJson } from '../helpers/lists.ts'
import { makePdf, type PdfMark, type PdfPage } from '../helpers/pdf.ts'
import { pdfTable } from '../helpers/pdf-table.ts'

const columns = [{ x: 50 }, { x: 140 }, { x: 400 }, { x: 540, align: 'right' as const }]
const header = ['Art.-Nr.', 'Bezeichnung', 'Einheit', 'EK netto €']

function article(n: number): string[] {
  return [
    `${20000 + n}`,
    `Rohrschelle verzinkt ${n} mm`,
    'Stk',
    `${n % 2 === 0 ? '1.' : ''}2${(n % 90) + 10},50`,
  ]
}

/** A list of two pages with headings, a wrapped name, "on request", page numbers and a note. */
function priceList(isRuled: boolean): Buffer {
  const marks = (page: number, rows: string[][]): PdfMark[] => [
    { text: 'Muster GmbH', x: 50, y: 30, size: 8 },
    ...pdfTable({ columns, rows: [header, ...rows], top: 100, isRuled }),
    { text: `Seite ${page} von 2`, x: 297, y: 820, size: 8, align: 'center' },
  ]
  const wrapped = [
    article(3)[0]!,
    'Rohrschelle verzinkt für Rohre mit\ngroßem Durchmesser',
    'Stk',
    'auf Anfrage',
  ]
  const heading = (text: string) => [text, '', '', '']
  const pages: PdfPage[] = [
    {
      marks: [
        { text: 'Preisliste 2026', x: 50, y: 60, size: 16 },
        ...marks(1, [heading('Rohrschellen'), article(1), article(2), wrapped, article(4), article(5)]),
      ],
    },
    {
      marks: [
        ...marks(2, [article(6), heading('Ventile'), article(7), article(8), article(9)]),
        { text: 'Alle Preise zuzüglich der gesetzlichen Mehrwertsteuer, Irrtum vorbehalten.', x: 50, y: 600 },
      ],
    },
  ]
  return makePdf(pages)
}

test.each([true, false])('a price list in a PDF becomes items (with rules: %p)', async (isRuled) => {
  await using program = await openProgram('sqlite')
  const path = await program.write('liste.pdf', priceList(isRuled))
  const { code, json, err } = await program.json<TryJson>('try', path, '--items', 'all')
  expect([code, err]).toEqual([0, ''])
  expect([json.file.format, json.verdict]).toEqual(['pdf', 'price-list'])
  expect(json.tables).toHaveLength(1)
  expect(json.tables[0]).toMatchObject({
    sheet: 'pages 1–2',
    decimal: { style: 'comma' },
    currency: { code: 'EUR' },
  })
  expect(json.counts).toMatchObject({ accepted: 9, priced: 8, rejected: 0 })
  expect(json.items.map(({ sku, category }) => [sku, category])).toEqual(
    Array.from({ length: 9 }, (_, at) => [`${20001 + at}`, at < 6 ? 'Rohrschellen' : 'Ventile']),
  )
  expect(json.items[2]).toMatchObject({
    name: 'Rohrschelle verzinkt für Rohre mit großem Durchmesser',
    price: null,
  })
  expect(json.items[3]).toMatchObject({ row: 1007, price: '1214.50', currency: 'EUR', unit: 'Stk' })
  expect(json.items[8]).toMatchObject({ sku: '20009', price: '219.50' })
})

test('prices from a PDF name the page they came from', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('liste.pdf', priceList(true))
  const { code, json } = await program.json<ImportJson>('ingest', path, '--supplier', 'Muster')
  expect([code, json.counts.accepted]).toEqual([0, 9])
  const [price] = await program.rows<{ sheet: string; row: number }>(
    `select sheet, "row" from price_history order by "row" desc limit 1`,
  )
  expect(price?.sheet).toBe('pages 1–2')
  expect(Math.floor(Number(price?.row) / 1000)).toBe(2)
})
