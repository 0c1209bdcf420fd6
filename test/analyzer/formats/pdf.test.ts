import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import { defaultReadLimits, type ReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { pdf } from '../../../src/analyzer/formats/pdf.ts'
import type { Cell, Row } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { makePdf, type PdfMark, type PdfPage } from '../../helpers/pdf.ts'
import { pdfProse, pdfTable } from '../../helpers/pdf-table.ts'
import { columnsIn, readTable } from '../../helpers/rows.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

type Sheets = Record<string, Cell[][]>

async function readFile(path: string): Promise<{ sheets: Sheets; rows: Row[] }> {
  const file = await openFile(path, { limits: defaultReadLimits, encoding: null, delimiter: null })
  const sheets: Sheets = {}
  const all: Row[] = []
  for (const { index, name } of file.sheets) {
    let last = -1
    const cells: Cell[][] = []
    for await (const batch of file.rows(index)) {
      for (const row of batch) {
        if (row.index <= last) throw new Error(`row ${row.index} follows row ${last}`)
        last = row.index
        cells.push(row.cells)
        all.push(row)
      }
    }
    sheets[name!] = cells
  }
  file.close()
  return { sheets, rows: all }
}

async function read(pages: PdfPage[]): Promise<{ sheets: Sheets; rows: Row[] }> {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list.pdf'), makePdf(pages))
  return await readFile(directory.file('list.pdf'))
}

async function errorOf(content: Uint8Array | string, limits: ReadLimits = defaultReadLimits) {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('list.pdf'), content)
  try {
    const file = await pdf.open(directory.file('list.pdf'), { limits, encoding: null, delimiter: null })
    file.close()
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const header = ['Art.-Nr.', 'Bezeichnung', 'Einheit', 'Preis €']
const columns = [{ x: 50 }, { x: 130 }, { x: 350 }, { x: 540, align: 'right' as const }]
const goods = ['Kugelhahn', 'Rohrschelle verzinkt', 'Dichtband', 'Gewindestange M8', 'Absperrventil']

function listRows(from: number, count: number): string[][] {
  return Array.from({ length: count }, (_, at) => {
    const n = from + at
    return [`A-${1000 + n}`, `${goods[n % goods.length]} ${n}`, n % 3 === 0 ? 'Stk' : 'Pkg', price(n)]
  })
}

function price(n: number): string {
  return `${(n * 37) % 900},${String((n * 7) % 100).padStart(2, '0')}`
}

function text(value: string, x: number, y: number, more: Partial<PdfMark> = {}): PdfMark {
  return { text: value, x, y, ...more }
}

describe('tables', () => {
  test('a table with rules around its cells follows its rules', async () => {
    const rows = [header, ['A-1', 'Kugelhahn mit\nlangem Hebel', '', '1,50'], ...listRows(2, 4)]
    const marks = pdfTable({ columns, rows, top: 100, isRuled: true })
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
  })

  test('columns without rules are found by what stands below each other', async () => {
    const rows = [header, ...listRows(1, 12)]
    const marks = pdfTable({ columns, rows, top: 100, rowPitch: 13 })
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
  })

  test('a blank cell stays blank, in every column but the first', async () => {
    const rows = [header, ['A-1', 'Hahn', '', '1,50'], ['A-2', '', 'Stk', '2,50'], ['A-3', 'Rohr', 'Stk', '']]
    rows.push(...listRows(4, 6))
    const marks = pdfTable({ columns, rows, top: 100, rowPitch: 13 })
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
  })

  test('names that go on in the next line are one cell, with rules below rows and without any', async () => {
    const wrapped = listRows(1, 9).map((row, at) =>
      at % 3 === 0 ? [row[0]!, `${row[1]} aus Messing\nvernickelt mit Hebel`, row[2]!, row[3]!] : row,
    )
    const rows = [header, ...wrapped]
    for (const hasRowRules of [true, false]) {
      const marks = pdfTable({ columns, rows, top: 100, hasRowRules })
      expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
    }
  })

  test('a row whose price is on request is no end of the row above', async () => {
    const places = [{ x: 60 }, { x: 340 }, { x: 490 }]
    const rows = [
      ['Producto', 'Formato', 'Precio'],
      ['Agua mineral 50 cl', '24 uds.', '9,60 €'],
      ['Vino tinto crianza 75 cl', '6 uds.', '39,00 €'],
      ['Café y leche (termo)', '2 l', '11,00 €'],
      ['Barra libre', '', 'a consultar'],
    ]
    const marks = pdfTable({ columns: places, rows, top: 100, rowPitch: 17 })
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
  })

  test('numbers that are centred beside a name of two lines belong to it', async () => {
    const marks: PdfMark[] = pdfTable({ columns, rows: [header], top: 100 })
    for (let n = 0; n < 6; n++) {
      const y = 130 + n * 32
      marks.push(text(`A-${n}`, 50, y), text(`Rohr ${n} mit sehr langem`, 130, y - 6))
      marks.push(text('Namen', 130, y + 6), text('Stk', 350, y), text(price(n), 540, y, { align: 'right' }))
    }
    const { sheets } = await read([{ marks }])
    expect(sheets['page 1']!.slice(1)).toEqual(
      Array.from({ length: 6 }, (_, n) => [`A-${n}`, `Rohr ${n} mit sehr langem\nNamen`, 'Stk', price(n)]),
    )
  })

  test('a heading between rows stands alone in the first column', async () => {
    const marks = [
      ...pdfTable({ columns, rows: [header], top: 100 }),
      text('Ventile', 50, 118, { isBold: true }),
      ...pdfTable({ columns, rows: listRows(1, 5), top: 136 }),
      text('Schrauben und Muttern aus Edelstahl', 50, 226, { isBold: true }),
      ...pdfTable({ columns, rows: listRows(6, 5), top: 244 }),
    ]
    const { rows } = await read([{ marks }])
    const { items, kinds, ...table } = readTable(rows)
    expect(columnsIn({ items, kinds, ...table })).toMatchObject({ sku: 0, name: 1, unit: 2, price: 3 })
    expect(items.map(({ category }) => category)).toEqual([
      ...Array<string>(5).fill('Ventile'),
      ...Array<string>(5).fill('Schrauben und Muttern aus Edelstahl'),
    ])
    expect(new Set(kinds)).toEqual(new Set(['header', 'section', 'item']))
  })

  test('a header whose rules end with it names the columns below', async () => {
    const rows = listRows(1, 8)
    const framed = pdfTable({ columns, rows: [header], top: 100, isRuled: true })
    const marks = [...framed, ...pdfTable({ columns, rows, top: 120, rowPitch: 14 })]
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': [header, ...rows] })
  })

  test('a long name that reaches into a blank neighbour stays one cell', async () => {
    const long = 'Kugelhahn mit einem Namen der weit in die Einheit reicht'
    const rows = [header, ...listRows(1, 6), ['A-9', long, '', '9,90'], ...listRows(10, 3)]
    const marks = pdfTable({ columns, rows, top: 100 })
    expect((await read([{ marks }])).sheets).toEqual({ 'page 1': rows })
  })

  test('dots that lead to the price are left out', async () => {
    const marks = [1, 2, 3, 4].flatMap((n) => {
      const name = `Kugelhahn ${'x'.repeat(n)}`
      const dots = '.'.repeat(70 - name.length)
      return [text(`${name}${dots}`, 50, 80 + n * 14), text(`${n},50`, 520, 80 + n * 14, { align: 'right' })]
    })
    const { sheets } = await read([{ marks }])
    expect(sheets['page 1']![0]).toEqual(['Kugelhahn x', '1,50'])
    expect(sheets['page 1']).toHaveLength(4)
  })

  test('lists that are printed beside each other are read one after the other', async () => {
    const narrow = ['Art.-Nr.', 'Artikel', 'Preis']
    const list = (x: number, from: number) =>
      pdfTable({
        columns: [{ x }, { x: x + 50 }, { x: x + 230, align: 'right' }],
        rows: [narrow, ...listRows(from, 10).map(([sku, name, , cost]) => [sku!, name!, cost!])],
        top: 100,
        rowPitch: 13,
      })
    const { rows } = await read([{ marks: [...list(50, 1), ...list(310, 11)] }])
    const { items } = readTable(rows)
    expect(items.map(({ sku }) => sku)).toEqual(listRows(1, 20).map(([sku]) => sku!))
  })

  test('columns of one table that are named twice are no lists beside each other', async () => {
    const rows = [
      ['', 'Male', 'Female', 'Male', 'Female'],
      ...[1, 2, 3, 4].map((n) => [`Year ${n}`, `${n}1`, `${n}2`, `${n}3`, `${n}4`]),
    ]
    const at = [50, 150, 250, 350, 450].map((x) => ({ x }))
    const { sheets } = await read([{ marks: pdfTable({ columns: at, rows, top: 100 }) }])
    expect(sheets).toEqual({ 'page 1': rows })
  })
})

describe('pages', () => {
  const page = (number: number, from: number, more: PdfMark[] = []): PdfPage => ({
    marks: [
      text('Muster GmbH · Preisliste', 50, 40),
      ...pdfTable({ columns, rows: [header, ...listRows(from, 20)], top: 100 }),
      text(`Seite ${number} von 3`, 297, 810, { align: 'center' }),
      ...more,
    ],
  })

  test('a list over several pages is one sheet; what repeats around it is no row', async () => {
    const { sheets, rows } = await read([page(1, 1), page(2, 21), page(3, 41)])
    expect(Object.keys(sheets)).toEqual(['pages 1–3'])
    const { items, kinds } = readTable(rows)
    expect(items.map(({ sku }) => sku)).toEqual(listRows(1, 60).map(([sku]) => sku!))
    expect(kinds.filter((kind) => kind !== 'item')).toEqual([
      'title',
      'header',
      'repeated_header',
      'repeated_header',
    ])
  })

  test('the thousands of a row number are its page', async () => {
    const { rows } = await read([page(1, 1), page(2, 21), page(3, 41)])
    const first = rows.find(({ cells }) => cells[0] === 'A-1041')
    // People count from one: row 3002 is the second of page 3.
    expect(first?.index).toBe(3001)
  })

  test('later pages need no header of their own', async () => {
    const later = { marks: pdfTable({ columns, rows: listRows(21, 20), top: 60 }) }
    const { sheets, rows } = await read([page(1, 1), later])
    expect(Object.keys(sheets)).toEqual(['pages 1–2'])
    expect(readTable(rows).items).toHaveLength(40)
  })

  test('pages that lie further to the side, as odd and even ones do, go on with the same columns', async () => {
    const shifted = columns.map((column) => ({ ...column, x: column.x + 25 }))
    const even = { marks: pdfTable({ columns: shifted, rows: listRows(21, 20), top: 60, right: 570 }) }
    const { sheets } = await read([page(1, 1), even])
    expect(sheets['pages 1–2']!.slice(-20)).toEqual(listRows(21, 20))
  })

  test('a column that only a later page fills is one more column', async () => {
    const more = [{ x: 50 }, { x: 130 }, { x: 300 }, { x: 350 }, { x: 540, align: 'right' as const }]
    const rows = listRows(21, 9).map(([sku, name, unit, cost]) => [sku!, name!, 'neu', unit!, cost!])
    const { sheets } = await read([page(1, 1), { marks: pdfTable({ columns: more, rows, top: 60 }) }])
    expect(sheets['pages 1–2']!.at(-1)).toEqual([...listRows(29, 1)[0]!, 'neu'])
  })

  test('another table begins another sheet', async () => {
    const zones = pdfTable({
      columns: [{ x: 50 }, { x: 250 }],
      rows: [['Zone', 'Versandkosten'], ...[1, 2, 3].map((n) => [`Zone ${n}`, `${n},90`])],
      top: 600,
    })
    const { sheets } = await read([page(1, 1, zones)])
    expect(Object.keys(sheets)).toEqual(['page 1, table 1', 'page 1, table 2'])
    expect(sheets['page 1, table 2']!.slice(0, 4)).toEqual([
      ['Zone', 'Versandkosten'],
      ...[1, 2, 3].map((n) => [`Zone ${n}`, `${n},90`]),
    ])
  })

  test('columns of the same widths that are named otherwise begin another sheet', async () => {
    const other = ['Preis €', 'Artikel', 'EAN', 'Art.-Nr.']
    const rows = listRows(30, 5).map(([sku, name, , cost]) => [cost!, name!, '', sku!])
    const { sheets } = await read([
      page(1, 1),
      { marks: pdfTable({ columns, rows: [other, ...rows], top: 60 }) },
    ])
    expect(Object.keys(sheets)).toEqual(['page 1', 'page 2'])
  })

  test.each([90, 180, 270] as const)(
    'a page that is shown turned by %d° reads as it is shown',
    async (rotate) => {
      const rows = [header, ...listRows(1, 8)]
      const marks = pdfTable({ columns, rows, top: 100, isRuled: true })
      const upright = { width: 600, height: 842 }
      const turned = marks.map((mark) => turnedMark(mark, rotate, upright))
      const size = rotate === 180 ? upright : { width: upright.height, height: upright.width }
      expect((await read([{ ...size, rotate, marks: turned }])).sheets).toEqual({ 'page 1': rows })
    },
  )

  test('a table that lies on its side reads like an upright one', async () => {
    const rows = [header, ...listRows(1, 8)]
    const marks = pdfTable({ columns, rows, top: 100 })
    const turned = marks.map((mark) => turnedMark(mark, 90, { width: 600, height: 842 }))
    expect((await read([{ width: 842, height: 600, marks: turned }])).sheets).toEqual({ 'page 1': rows })
  })

  test('running text is rows of one cell', async () => {
    const { sheets } = await read([pdfProse(30)])
    expect(sheets['page 1']).toHaveLength(30)
    expect(sheets['page 1']!.every(({ length }) => length === 1)).toBe(true)
  })

  test('a page that was scanned is told apart, and the list goes on after it', async () => {
    const scan: PdfPage = { marks: [{ picture: true }] }
    const { sheets } = await read([page(1, 1), scan, scan, page(2, 21)])
    expect(Object.keys(sheets)).toEqual(['pages 1–4', 'pages 2–3: pictures without text'])
    expect(sheets['pages 1–4']!.at(-1)).toEqual(listRows(40, 1)[0]!)
  })

  test('recognised text under a scan is read; hidden text elsewhere is not', async () => {
    const rows = [header, ...listRows(1, 5)]
    const hidden = pdfTable({ columns, rows, top: 100 }).map((mark) => ({ ...mark, isHidden: true }))
    expect((await read([{ marks: [{ picture: true }, ...hidden] }])).sheets).toEqual({ 'page 1': rows })
    const seen = pdfTable({ columns, rows, top: 100 })
    expect((await read([{ marks: [...seen, ...hidden] }])).sheets).toEqual({ 'page 1': rows })
  })

  test('a sheet can be read again', async () => {
    await using directory = await temporaryDirectory()
    await Bun.write(directory.file('list.pdf'), makePdf([page(1, 1)]))
    const file = await pdf.open(directory.file('list.pdf'), {
      limits: defaultReadLimits,
      encoding: null,
      delimiter: null,
    })
    const once = await Array.fromAsync(file.rows(0))
    expect(await Array.fromAsync(file.rows(0))).toEqual(once)
    expect(file.bytesRead()).toBeGreaterThan(0)
  })
})

/** The mark where it must stand on the sheet so that turning the sheet shows it where it was. */
function turnedMark(
  mark: PdfMark,
  rotate: 90 | 180 | 270,
  { width, height }: { width: number; height: number },
) {
  const place = (x: number, y: number): [number, number] =>
    rotate === 90 ? [y, width - x] : rotate === 270 ? [height - y, x] : [width - x, height - y]
  if ('line' in mark) {
    const [x0, y0, x1, y1] = mark.line
    return { line: [...place(x0, y0), ...place(x1, y1)] as [number, number, number, number] }
  }
  if ('picture' in mark) return mark
  const [x, y] = place(mark.x, mark.y)
  return { ...mark, x, y, turns: rotate === 90 ? 3 : rotate === 270 ? 1 : 2 }
}

describe('documents that cannot be read', () => {
  const list = makePdf([{ marks: pdfTable({ columns, rows: [header, ...listRows(1, 9)], top: 100 }) }])

  test.each<[string, Uint8Array | string, string, string]>([
    ['protected', makePdf([{ marks: [] }], { isEncrypted: true }), 'encrypted_pdf', 'without one'],
    ['cut off', list.subarray(0, list.length * 0.7), 'damaged_pdf', 'ends too early'],
    ['damaged', `%PDF-1.7\n${'noise '.repeat(500)}\n%%EOF`, 'damaged_pdf', 'no readable structure'],
    ['without pages', makePdf([]), 'damaged_pdf', 'no pages'],
    ['scanned', makePdf([{ marks: [{ picture: true }] }]), 'pdf_without_text', 'OCR'],
  ])('a document that is %s says so', async (_, content, code, advice) => {
    const error = await errorOf(content)
    expect(error.code).toBe(code)
    expect(error.message).toContain(advice)
  })

  test('a page with more text than a page can show ends the file instead of losing some', async () => {
    const marks = Array.from({ length: 101 }, (_, n) => text('x'.repeat(1000), 10, 10 + n, { size: 0.5 }))
    expect((await errorOf(makePdf([{ marks }]))).code).toBe('page_too_full')
  })

  test('a text longer than a cell may be ends the file', async () => {
    const limits = { ...defaultReadLimits, cellCharactersMax: 20 }
    const marks = [text('a text of more than twenty characters', 50, 100)]
    expect(await errorOf(makePdf([{ marks }]), limits)).toMatchObject({ code: 'cell_too_long' })
  })
})

test('a signal ends the opening of a document between two pages', async () => {
  await using directory = await temporaryDirectory()
  const page = { marks: pdfTable({ columns, rows: [header, ...listRows(1, 9)], top: 100 }) }
  await Bun.write(directory.file('list.pdf'), makePdf([page, page]))
  const reason = new Error('no longer wanted')
  const options = { limits: defaultReadLimits, encoding: null, delimiter: null }
  const opening = pdf.open(directory.file('list.pdf'), { ...options, signal: AbortSignal.abort(reason) })
  expect(await opening.catch((error: unknown) => error)).toBe(reason)
})

describe('hostile pages', () => {
  test.each<[string, PdfMark[]]>([
    ['thousands of rules', rules(1400)],
    ['more rules than a table has', rules(11_000)],
    ['thousands of texts in no order', scattered(20_000)],
    ['one word', [text('x'.repeat(90_000), 0, 100, { size: 0.01 })]],
    ['dots', Array.from({ length: 300 }, (_, n) => text('.'.repeat(300), 10, 10 + n, { size: 1 }))],
  ])('%s: the page is read', async (_, marks) => {
    const { sheets } = await read([{ marks: [text('Art.-Nr.', 10, 10), ...marks] }])
    expect(Object.values(sheets).flat().length).toBeGreaterThan(0)
  })
})

function rules(count: number): PdfMark[] {
  return Array.from({ length: count }, (_, n): PdfMark[] => [
    { line: [0, n * 0.6, 595, n * 0.6] },
    { line: [n * 0.42, 0, n * 0.42, 842] },
  ]).flat()
}

function scattered(count: number): PdfMark[] {
  let seed = 1
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  return Array.from({ length: count }, () =>
    text('abc', random() * 590, random() * 840, { size: 1 + random() * 9 }),
  )
}

test('the signature is found at the start, behind other bytes, and not in the text of a list', () => {
  const document = '%PDF-1.4\n1 0 obj\n<< >>'
  expect(pdf.detect(Buffer.from(document))).toBe(true)
  expect(pdf.detect(Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${document}`))).toBe(true)
  expect(pdf.detect(Buffer.from('sku;name\n%PDF-1.4 manual;Handbuch obj\n'))).toBe(false)
  expect(pdf.detect(Buffer.from('name;file\nManual;%PDF-1.4\n'))).toBe(false)
})

describe('documents of other programs', () => {
  const folder = join(import.meta.dir, '../../golden/pdf')
  test.each([...new Glob('*.pdf').scanSync(folder)].sort())('%s', async (name) => {
    const { sheets } = await readFile(join(folder, name))
    const path = join(folder, name.replace('.pdf', '.json'))
    if (process.env.UPDATE_GOLDEN === '1') await Bun.write(path, `${JSON.stringify(sheets, null, 1)}\n`)
    expect(sheets).toEqual(await Bun.file(path).json())
  })
})
