import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { htmlTablesFormat } from '../../../src/analyzer/formats/html-tables.ts'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { readRefusal, readSheets } from '../../helpers/read-sheets.ts'

type PlacedRow = [index: number, cells: Cell[]]

/** The rows of the first table of a page, under a first row of two cells that makes it one. */
async function rowsOf(rows: string): Promise<PlacedRow[]> {
  const { format, sheets } = await readSheets(`<table><tr><td>a</td><td>b</td></tr>${rows}</table>`)
  expect(format).toBe('html')
  return sheets[0]!.rows.slice(1)
}

describe('a row', () => {
  const cases: [string, string, PlacedRow[]][] = [
    ['of cells', '<tr><td>1</td><th>2</th></tr>', [[1, ['1', '2']]]],
    [
      'that closes nothing',
      '<tr><td>1<td>2<tr><td>3',
      [
        [1, ['1', '2']],
        [2, ['3']],
      ],
    ],
    ['without its own tag', '<td>1<td>2', [[1, ['1', '2']]]],
    [
      'in capitals and groups',
      '<TBODY><TR><TD>1</TD></TR></TBODY><tfoot><tr><td>2',
      [
        [1, ['1']],
        [2, ['2']],
      ],
    ],
    ['behind a blank one', '<tr><td> </td><td>&nbsp;</td></tr><tr><td>1', [[2, ['1']]]],
    ['with blank cells', '<tr><td></td><td>1</td><td></td></tr>', [[1, ['', '1']]]],
    ['with a wide cell', '<tr><td colspan="2">1</td><td>2</td></tr>', [[1, ['1', '', '2']]]],
    [
      'with tall cells',
      '<tr><td rowspan=3>1</td><td rowspan=2>2</td></tr><tr><td>3</td></tr><tr><td>4<td>5</tr><tr><td>6',
      [
        [1, ['1', '2']],
        [2, ['', '', '3']],
        [3, ['', '4', '5']],
        [4, ['6']],
      ],
    ],
    [
      'with nonsense for widths',
      '<tr><td colspan="0" rowspan="x">1</td><td colspan="-2">2</td></tr>',
      [[1, ['1', '2']]],
    ],
    [
      'with references',
      '<tr><td>5&nbsp;&euro; &lt;&#8364;&gt; &bogus; R&D</td></tr>',
      [[1, ['5\u00a0€ <€> &bogus; R&D']]],
    ],
    ['with line breaks', '<tr><td>one<br>two<p>three</p>four</td></tr>', [[1, ['one\ntwo\nthree\nfour']]]],
    ['with blanks that do not count', '<tr><td>\n  one\n   <b> two</b>\t</td></tr>', [[1, ['one two']]]],
    ['with scripts and comments', '<tr><td><script>x<y</script><!-- z -->1</td></tr>', [[1, ['1']]]],
    [
      'with numbers of a spreadsheet',
      '<tr><td x:num="12.504">12,50</td><td sdval="7" sdnum="1033;">007</td><td x:num>3,5</td></tr>',
      [[1, [12.504, '007', '3,5']]],
    ],
  ]
  test.each(cases)('%s', async (_, html, rows) => {
    expect(await rowsOf(html)).toEqual(rows)
  })
})

test('every table is a sheet, also within another one', async () => {
  const inner = '<table><tr><td>x</td><td>1</td></tr><tr><td>y</td><td>2</td></tr></table>'
  const page = `<html><head><title>Prices</title></head><body>menu
    <table><tr><td>layout</td></tr><tr><td>menu ${inner}</td></tr></table>
    <table><caption>Our <b>prices</b></caption><tr><th>SKU<th>Price<tr><td>A<td>5</table></body></html>`
  const { sheets } = await readSheets(page)
  expect(sheets).toEqual([
    {
      name: 'Table 1',
      isHidden: false,
      rows: [
        [0, ['x', '1']],
        [1, ['y', '2']],
      ],
    },
    {
      name: 'Our prices',
      isHidden: false,
      rows: [
        [0, ['SKU', 'Price']],
        [1, ['A', '5']],
      ],
    },
  ])
})

test('the encoding is what the page declares', async () => {
  const page = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><table><tr><td>x<td>y<tr><td>@<td>5</table>`
  const bytes = Buffer.from(page, 'latin1')
  // "Ж", alone of its kind.
  bytes[bytes.indexOf('@')] = 0xc6
  const { encoding, sheets } = await readSheets(bytes)
  expect(encoding).toBe('windows-1251')
  expect(sheets[0]!.rows[1]).toEqual([1, ['Ж', '5']])
})

test('where a page is cut makes no difference', async () => {
  const piece = fc.constantFrom(
    ...[
      '<tr>',
      '</tr>',
      '<td>',
      '</td>',
      '<TH colspan=2>',
      '<td rowspan="2">',
      'text ',
      '&nbsp;5',
      '<br>',
      ' \n',
      '<p>x</p>',
      'ц',
    ],
    ...['<table>', '</table>', '<!-- <td> -->', '<script>"<td>"</script>', 'a < b', '</b>'],
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      async (pieces, chunkBytes) => {
        const page = `<table><tr><td>a<td>b<tr><td>c<td>d${pieces.join('')}`
        const outcome = async (bytes: number) =>
          readSheets(page, { format: htmlTablesFormat({ chunkBytes: bytes }) }).catch((error: unknown) =>
            String(error),
          )
        expect(await outcome(chunkBytes)).toEqual(await outcome(10_000))
      },
    ),
    { numRuns: 200 },
  )
})

test('a cell in very many pieces is read', async () => {
  // Were every piece compared with all before it, this would take minutes.
  const count = 200_000
  const cell = `${'<b>x</b>'.repeat(count)}${' <i></i>'.repeat(count)}${'<br> '.repeat(count)}y`
  expect(await rowsOf(`<tr><td>${cell}</td></tr>`)).toEqual([[1, [`${'x'.repeat(count)}\ny`]]])
})

test('a page behind very many comments is known', async () => {
  const page = `<?xml version="1.0"?>${'<!-- x -->'.repeat(3000)}<html><table><tr><td>a<td>b<tr><td>c<td>d</table>`
  expect((await readSheets(page)).format).toBe('html')
  const other = `<?xml version="1.0"?>${'<!-- x -->'.repeat(3000)}<c><i a="1" price="2"/><i a="2" price="3"/></c>`
  expect((await readSheets(other)).format).toBe('xml')
})

test('a table that is not closed is whole where the page is', async () => {
  const rows = '<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>'
  const { sheets } = await readSheets(`<html><body><table>${rows}</body></html>`)
  expect(sheets[0]!.rows).toHaveLength(2)
})

describe('what is refused', () => {
  const wall =
    '<form><table><tr><td>User<td><input name=u><tr><td>Password<td><input type="PASSWORD"></table></form>'

  test.each([
    [
      'a page without a table',
      '<!DOCTYPE html><html><body>404 Not Found</body></html>',
      'unsupported_format',
    ],
    ['a table of one row', '<table border="1"><tr><td>1</td><td>2</td></tr></table>', 'unsupported_format'],
    [
      'a page that asks for a password',
      `<html><table><tr><td>a<td>b<tr><td>c<td>d</table>${wall}`,
      'unsupported_format',
    ],
    [
      'a page that is cut off',
      '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr><tr><td>e</td><td>',
      'damaged_xml',
    ],
    [
      'a page that is cut off between two rows',
      '<html><body><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>',
      'damaged_xml',
    ],
    ['tables within tables without end', '<table><tr><td>'.repeat(100), 'too_deep'],
    ['a cell without end', `<table><tr><td>${'x '.repeat(1_000_000)}`, 'cell_too_long'],
    ['columns without end', `<table><tr>${'<td colspan=1000>1'.repeat(20)}`, 'too_many_columns'],
  ])('%s', async (_, content, code) => {
    expect(await readRefusal(content)).toMatchObject({ code })
  })

  test('is called by its name', async () => {
    expect((await readRefusal('<html><body>Please log in</body></html>')).message).toMatch(
      /^The file is a web page \(HTML\)\. .* are read; if it shows a table, .* if it shows a login or an error, fetch the list again\.$/,
    )
  })
})

test('bytes that are damaged give rows or a clear error', async () => {
  const bytes = Buffer.from(
    `<html><table>${'<tr><td rowspan="2">SKU</td><td colspan="2">5,00 &euro;</td></tr>'.repeat(5)}</table>`,
  )
  const format = htmlTablesFormat({ chunkBytes: 1000 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      async (changes) => {
        const changed = Buffer.from(bytes)
        for (const [at, value] of changes) changed[at] = value
        const outcome = await readSheets(changed, { format }).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InvalidError)
      },
    ),
    { numRuns: 200 },
  )
})
