import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { defaultReadLimits, type OpenedFile } from '../../../src/analyzer/formats/format.ts'
import { xlsx } from '../../../src/analyzer/formats/xlsx.ts'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { corpus } from '../../helpers/corpus.ts'
import { compareWithCsv } from '../../helpers/csv-cells.ts'

/** Workbooks that are damaged on purpose. */
const damaged = ['xlsx/exceljs/invalid-xml.xlsx', 'xlsx/exceljs/missing-bits.xlsx']

describe.skipIf(!corpus)('real files', () => {
  test('every workbook is read whole, or is damaged and says so', async () => {
    const refused: string[] = []
    for (const name of names('{xlsx,pricelists}/**/*.{xlsx,xlsm}')) {
      expect([name, xlsx.detect(await head(name))]).toEqual([name, true])
      try {
        for (const rows of (await sheets(name)).values()) expectAscending(rows)
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error
        expect(error.code).toBe('damaged_workbook')
        refused.push(name)
      }
    }
    expect(refused.sort()).toEqual(damaged)
  })

  test('other archives are refused by name, other files are not taken', async () => {
    for (const name of names('{xlsx,pricelists}/**/*.ods')) {
      expect(xlsx.detect(await head(name))).toBe(true)
      await expect(open(name)).rejects.toMatchObject({ code: 'unsupported_format' })
    }
    for (const name of names('{xlsx,pricelists}/**/*.{csv,txt,tsv,json,xml}')) {
      expect([name, xlsx.detect(await head(name))]).toEqual([name, false])
    }
    for (const name of names('{xlsx,pricelists}/**/*.xls')) {
      // A workbook of the new kind may have the old name.
      const isArchive = Buffer.from(await head(name)).toString('latin1', 0, 2) === 'PK'
      expect([name, xlsx.detect(await head(name))]).toEqual([name, isArchive])
    }
  })

  test('cells are what the same workbook says as text', async () => {
    const pairs: [string, string, number][] = [
      ['Attendance', 'Attendance.csv', 0],
      ['ErrorTypes', 'ErrorTypes.csv', 0],
      ['RkNumber', 'RkNumber.xls.0.csv', 0],
      ['minimal_112', 'minimal_112.tsv', 0],
      ['write', 'write.txt', 0],
      ['text_and_numbers', 'text_and_numbers.txt', 0],
    ]
    for (const [name, text, sheet] of pairs) {
      const { differing, cells } = await compare(name, text, sheet)
      expect([name, differing]).toEqual([name, []])
      expect(cells).toBeGreaterThan(5)
    }
  })

  test('values of formulas are what the same workbook says as text', async () => {
    // Some formulas give the time, chance or the program's name: those differ each time the workbook is saved.
    for (const sheet of [0, 1, 2, 4, 5, 6, 7, 8]) {
      const text = `formula_stress_test.xls.${sheet}.csv`
      const { differing, cells } = await compare('formula_stress_test', text, sheet)
      expect(differing.length).toBeLessThan(Math.max(8, cells / 30))
    }
  })
})

function names(pattern: string): string[] {
  return [...new Glob(pattern).scanSync(corpus ?? '.')].sort()
}

function head(name: string): Promise<Uint8Array> {
  return Bun.file(`${corpus}/${name}`).slice(0, 65_536).bytes()
}

function open(name: string): Promise<OpenedFile> {
  return xlsx.open(`${corpus}/${name}`, { limits: defaultReadLimits, encoding: null, delimiter: null })
}

async function sheets(name: string): Promise<Map<number, Row[]>> {
  const file = await open(name)
  try {
    const rows = new Map<number, Row[]>()
    for (const { index } of file.sheets) rows.set(index, (await Array.fromAsync(file.rows(index))).flat())
    return rows
  } finally {
    file.close()
  }
}

function expectAscending(rows: Row[]): void {
  for (const [at, { index, cells }] of rows.entries()) {
    expect(index).toBeGreaterThan(rows[at - 1]?.index ?? -1)
    expect(cells.at(-1)).not.toBe('')
  }
}

async function compare(name: string, textName: string, sheet: number) {
  const file = await open(`xlsx/sheetjs/${name}.xlsx`)
  try {
    return await compareWithCsv(file, sheet, `${corpus}/xlsx/sheetjs/${textName}`)
  } finally {
    file.close()
  }
}
