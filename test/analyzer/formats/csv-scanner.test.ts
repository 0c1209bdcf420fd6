import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type CsvScannerOptions, csvScanner } from '../../../src/analyzer/formats/csv/csv-scanner.ts'
import { InvalidError } from '../../../src/lib/errors.ts'

const limits = { cellCharactersMax: 1000, columnsMax: 100 }

function scan(text: string, options: Partial<CsvScannerOptions> = {}): unknown[][] {
  const scanner = csvScanner({ delimiter: ';', columnsTypical: null, limits, ...options })
  return [...scanner.push(text), ...scanner.end()].map(({ cells }) => cells)
}

/** What reading ends with: the rows, or the error's row. Rows before an error are given out sooner or later. */
function outcome(pieces: string[], options: CsvScannerOptions): unknown {
  const scanner = csvScanner(options)
  try {
    return [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()]
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    return /^Row \d+/.exec(error.message)?.[0]
  }
}

function errorOf(run: () => unknown): InvalidError {
  try {
    run()
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('line ends', () => {
  test('LF, CRLF and CR end a row, also mixed in one file', () => {
    expect(scan('a;b\nc;d\r\ne;f\rg;h')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ])
  })

  test('a file with CR alone is read row by row', () => {
    expect(scan('a;b\rc;d\r')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('the last line may end or not', () => {
    expect(scan('a\nb')).toEqual(scan('a\nb\n'))
  })

  test('a blank line is a row without cells and is counted', () => {
    const scanner = csvScanner({ delimiter: ';', columnsTypical: null, limits })
    expect([...scanner.push('a\n\n\r\nb\n'), ...scanner.end()]).toEqual([
      { index: 0, cells: ['a'] },
      { index: 1, cells: [] },
      { index: 2, cells: [] },
      { index: 3, cells: ['b'] },
    ])
  })

  test('a line of one empty quoted cell is not blank', () => {
    expect(scan('""\na')).toEqual([[''], ['a']])
  })

  test('no text gives no rows', () => {
    expect(scan('')).toEqual([])
  })
})

describe('cells', () => {
  test('rows keep the number of cells that they have', () => {
    expect(scan('a;b;c\n1\n1;2;3;4\n;\n')).toEqual([['a', 'b', 'c'], ['1'], ['1', '2', '3', '4'], ['', '']])
  })

  test('a delimiter at the end of the text is followed by an empty cell', () => {
    expect(scan('a;b;')).toEqual([['a', 'b', '']])
    expect(scan('"a";')).toEqual([['a', '']])
  })

  test('without a delimiter every line is one cell', () => {
    expect(scan('a;b,c\n"d\ne"\n', { delimiter: null })).toEqual([['a;b,c'], ['d\ne']])
  })

  test('blanks and backslashes are kept', () => {
    expect(scan(' a ;C:\\x\\;"\\"\n')).toEqual([[' a ', 'C:\\x\\', '\\']])
  })

  test('NUL characters are kept, for the validation to see', () => {
    expect(scan('a\0b;c\n')).toEqual([['a\0b', 'c']])
  })
})

describe('quotes', () => {
  test('a quoted cell holds delimiters, line ends and doubled quotes', () => {
    expect(scan('"a;b";"c\r\nd";"e""f";""\n')).toEqual([['a;b', 'c\r\nd', 'e"f', '']])
  })

  test('a quote inside an unquoted cell is text', () => {
    expect(scan('1;Набор "Рассвет";5\n2;3/4";6\n')).toEqual([
      ['1', 'Набор "Рассвет"', '5'],
      ['2', '3/4"', '6'],
    ])
  })

  test('text behind the closing quote is appended to the cell', () => {
    expect(scan('"a"b;"c" ;d\n')).toEqual([['ab', 'c ', 'd']])
  })

  test('a quote that is never closed costs only its own row', () => {
    expect(scan('1;"Bolt;5\n2;Nut;6\n3;Saw;7')).toEqual([
      ['1', '"Bolt', '5'],
      ['2', 'Nut', '6'],
      ['3', 'Saw', '7'],
    ])
  })

  test('a quote that a later quoted cell would close costs only its own row', () => {
    expect(scan('1;"Bolt;5\n2;"Nut";6\n')).toEqual([
      ['1', '"Bolt', '5'],
      ['2', 'Nut', '6'],
    ])
  })

  test('a quote with no end in reach of the longest cell costs only its own row', () => {
    const rows = scan(`1;"Bolt;5\n${'2;Nut;6\n'.repeat(200)}3;"Saw";7\n`)
    expect(rows).toHaveLength(202)
    expect(rows[0]).toEqual(['1', '"Bolt', '5'])
    expect(rows[201]).toEqual(['3', 'Saw', '7'])
  })

  test('a quote does not swallow rows of the same table up to a closing quote by chance', () => {
    const swallowed = '2;Nut;6\n'.repeat(20)
    expect(scan(`1;"Bolt;5\n${swallowed}3;Saw 5";7\n`, { columnsTypical: 3 })).toHaveLength(22)
    // A few lines may well be prose that happens to look like rows.
    expect(scan(`1;"Bolt;5\n2;Nut;6\n3;Saw 5";7\n`, { columnsTypical: 3 })).toHaveLength(1)
  })

  test('a long quoted text over many lines stays one cell', () => {
    const text = 'A line of prose; with a delimiter; or two; or three.\n'.repeat(15)
    expect(scan(`1;"${text}";5\n`, { columnsTypical: 3 })).toEqual([['1', text, '5']])
  })
})

describe('limits', () => {
  test('a cell that is too long names its row and column', () => {
    const error = errorOf(() => scan(`a;b\n1;${'x'.repeat(1001)}\n`))
    expect(error.code).toBe('cell_too_long')
    expect(error.message).toContain('Row 2 has a cell of more than 1000 characters in column 2')
  })

  test('a cell just as long as allowed is read', () => {
    expect(scan(`${'x'.repeat(1000)};"${'y'.repeat(1000)}"`)).toEqual([['x'.repeat(1000), 'y'.repeat(1000)]])
  })

  test('a cell without an end is refused while it is being read, not after', () => {
    const scanner = csvScanner({ delimiter: ';', columnsTypical: null, limits })
    const error = errorOf(() => {
      for (;;) scanner.push('x'.repeat(100))
    })
    expect(error.code).toBe('cell_too_long')
  })

  test('too many columns name the row', () => {
    const error = errorOf(() => scan(`a;b\n\n${';'.repeat(100)}\n`))
    expect(error.code).toBe('too_many_columns')
    expect(error.message).toContain('Row 3 has more than 100 columns')
    expect(scan(';'.repeat(99))[0]).toHaveLength(100)
  })

  test('too many columns are found when the last one ends with the text', () => {
    expect(errorOf(() => scan(';'.repeat(100))).code).toBe('too_many_columns')
  })

  test('a row of many long cells is refused', () => {
    expect(errorOf(() => scan(`${'x'.repeat(999)};`.repeat(17))).code).toBe('row_too_long')
  })
})

describe('laws', () => {
  const hostile = fc
    .array(
      fc.constantFrom('a', 'bc', ' ', '"', '""', ';', '\n', '\r', '\r\n', 'é', '日', '"\n', ';"', '";'),
      {
        maxLength: 60,
      },
    )
    .map((parts) => parts.join(''))

  test('cutting the text anywhere makes no difference', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(';', null),
        fc.constantFrom(null, 2, 3),
        fc.constantFrom({ cellCharactersMax: 5, columnsMax: 6 }, limits),
        (text, lengths, delimiter, columnsTypical, tight) => {
          const pieces: string[] = []
          for (let at = 0, i = 0; at < text.length; i++) {
            const length = lengths[i % lengths.length] ?? 1
            pieces.push(text.slice(at, at + length))
            at += length
          }
          const options = { delimiter, columnsTypical, limits: tight }
          expect(outcome(pieces, options)).toEqual(outcome([text], options))
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('rows that are written with quotes are read back', () => {
    const cell = fc
      .array(fc.constantFrom('a', '1', ' ', '"', ';', '\n', '\r\n', '\r', 'ß'), { maxLength: 8 })
      .map((parts) => parts.join(''))
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n', '\r'), (written, lineEnd) => {
        const text = written
          .map((cells) => `${cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(';')}${lineEnd}`)
          .join('')
        expect(scan(text)).toEqual(written)
      }),
      { numRuns: 1000 },
    )
  })
})
