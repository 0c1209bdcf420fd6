import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { compoundStream } from '../../../src/analyzer/formats/compound/compound-stream.ts'
import { defaultReadLimits, type OpenedFile } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { decryptedStream } from '../../../src/analyzer/formats/xls/encryption.ts'
import { Records, recordTypes } from '../../../src/analyzer/formats/xls/records.ts'
import { xlsRows } from '../../../src/analyzer/formats/xls/sheet-rows.ts'
import { readXlsWorkbook } from '../../../src/analyzer/formats/xls/workbook.ts'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { corpus } from '../../helpers/corpus.ts'
import { compareWithCsv } from '../../helpers/csv-cells.ts'

describe.skipIf(!corpus)('real files', () => {
  test('every old workbook is read whole, or is encrypted and says so', async () => {
    const refused: string[] = []
    const names = [...new Glob('{xlsx,pricelists}/**/*.{xls,xlsb}').scanSync(corpus ?? '.')]
    expect(names.length).toBeGreaterThan(20)
    for (const name of names) {
      const error = await opened(name, cellsOf).then(
        () => null,
        (error) => error,
      )
      if (error === null) continue
      expect([name, error]).toEqual([name, expect.objectContaining({ code: 'encrypted_workbook' })])
      refused.push(name)
    }
    expect(refused).toHaveLength(3)
  })

  test('cells are what the same workbook says as text', async () => {
    for (const [name, text] of [
      ['ErrorTypes.xls', 'ErrorTypes.csv'],
      ['RkNumber.xls', 'RkNumber.xls.0.csv'],
      ['text_and_numbers.xls', 'text_and_numbers.txt'],
    ]) {
      const { differing, cells } = await opened(`xlsx/sheetjs/${name}`, (file) =>
        compareWithCsv(file, 0, `${corpus}/xlsx/sheetjs/${text}`),
      )
      expect([name, differing]).toEqual([name, []])
      expect(cells).toBeGreaterThan(5)
    }
  })

  test('values of formulas are what the same workbook says as text', async () => {
    // Some formulas give the time, chance or the program's name: those differ each time the workbook is saved.
    for (const sheet of [0, 1, 2, 4, 5, 6, 7, 8]) {
      const { differing, cells } = await opened('xlsx/sheetjs/formula_stress_test.xls', (file) =>
        compareWithCsv(file, sheet, `${corpus}/xlsx/sheetjs/formula_stress_test.xls.${sheet}.csv`),
      )
      expect(differing.length).toBeLessThan(Math.max(8, cells / 30))
    }
  })

  test('a workbook says the same in every format that it was saved in', async () => {
    for (const [name, ...extensions] of [
      ['merge_cells', 'xlsx', 'xls', 'xlsb'],
      ['sheet_visibility', 'xlsx', 'xls'],
      ['rich_text_stress', 'xlsx', 'xls'],
      ['text_and_numbers', 'xlsx', 'xls'],
      ['1904/1904', 'xlsx', 'xls'],
      ['wtf_path', 'xlsx', 'xlsb'],
    ] as const) {
      const [first, ...others] = await Promise.all(
        extensions.map((extension) => opened(`xlsx/sheetjs/${name}.${extension}`, cellsOf)),
      )
      for (const other of others) expect([name, other]).toEqual([name, first!])
    }
  })
})

test.skipIf(!corpus)('real workbooks are decrypted with their password', async () => {
  for (const name of ['password_2002_128_strong', 'password_2002_40_basecrypto']) {
    const file = Buffer.from(await Bun.file(`${corpus}/xlsx/sheetjs/${name}.xls`).bytes())
    const stream = compoundStream(file, ['Workbook'])!
    const records = new Records(stream, 0)
    while (records.next() && records.type !== recordTypes.filePass);
    expect(decryptedStream(stream, records)).toBeNull()
    const book = readXlsWorkbook(decryptedStream(stream, records, 'password')!)
    const rows = [...xlsRows(book, book.sheets[0]!, { limits: defaultReadLimits, onRead: () => {} })].flat()
    expect(rows.map(({ cells }) => cells)).toEqual([[1], [2, 10], [3], [4]])
  }
})

async function opened<Result>(name: string, work: (file: OpenedFile) => Promise<Result>): Promise<Result> {
  const options = { limits: defaultReadLimits, encoding: null, delimiter: null }
  const file = await openFile(`${corpus}/${name}`, options)
  try {
    return await work(file)
  } finally {
    file.close()
  }
}

/** Every sheet's name and rows. */
async function cellsOf(file: OpenedFile): Promise<[string | null, boolean, [number, Cell[]][]][]> {
  const sheets: [string | null, boolean, [number, Cell[]][]][] = []
  for (const { index, name, isHidden } of file.sheets) {
    const rows = (await Array.fromAsync(file.rows(index))).flat()
    sheets.push([name, isHidden, rows.map((row) => [row.index, row.cells])])
  }
  return sheets
}
