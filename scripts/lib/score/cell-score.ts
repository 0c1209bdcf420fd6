import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenedFile } from '../../../src/analyzer/formats/format.ts'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { compareWithCsv } from '../../../test/helpers/csv-cells.ts'
import { failureOf } from './list-reading.ts'

/** A workbook: opened and read to its end, or refused with a code; and its cells beside what it was saved as. */
export interface WorkbookScore {
  readonly file: string
  /** Null: it opened. "crash" is an error that nobody meant. */
  readonly refused: string | null
  readonly message: string
  readonly seconds: number
  readonly cells: number
  readonly same: number
  readonly differing: readonly string[]
}

/** Every workbook of the corpus, in the order of their names. */
export async function scoreWorkbooks(
  corpus: string,
  isWanted: (file: string) => boolean,
): Promise<WorkbookScore[]> {
  const folder = join(corpus, 'xlsx')
  const files = (await Array.fromAsync(new Bun.Glob('**/*.{xls,xlsx,xlsm,xlsb,ods,doc}').scan(folder))).sort()
  const scores: WorkbookScore[] = []
  for (const file of files.filter(isWanted)) scores.push(await scoreWorkbook(folder, file))
  return scores
}

async function scoreWorkbook(folder: string, file: string): Promise<WorkbookScore> {
  const startedAt = performance.now()
  const score = { file, refused: null, message: '', cells: 0, same: 0, differing: [] as string[] }
  const seconds = () => (performance.now() - startedAt) / 1000
  try {
    const opened = await openFile(join(folder, file), {
      limits: defaultReadLimits,
      format: null,
      encoding: null,
      delimiter: null,
    })
    try {
      const compared = { ...score }
      for (const { index } of opened.sheets) {
        const shown = shownFile(join(folder, file), index)
        if (shown === null) for await (const _ of opened.rows(index));
        else await compare(opened, index, shown, compared)
      }
      return { ...compared, seconds: seconds() }
    } finally {
      opened.close()
    }
  } catch (error) {
    const { code, message } = failureOf(error)
    return { ...score, refused: code, message, seconds: seconds() }
  }
}

/** `NAME.xls.N.csv` for sheet N counted from 0, whatever kind of workbook NAME is; or NAME alone for the first. */
function shownFile(path: string, sheet: number): string | null {
  const name = path.replace(/\.\w+$/, '')
  const alone = ['csv', 'tsv', 'txt'].map((extension) => `${name}.${extension}`)
  const names = [`${name}.xls.${sheet}.csv`, ...(sheet === 0 ? alone : [])]
  return names.find((each) => existsSync(each)) ?? null
}

async function compare(
  opened: OpenedFile,
  sheet: number,
  shown: string,
  into: { cells: number; same: number; differing: string[] },
): Promise<void> {
  const { cells, same, differing } = await compareWithCsv(opened, sheet, shown)
  into.cells += cells
  into.same += same
  for (const { row, column, read, shown: text } of differing)
    into.differing.push(
      `sheet ${sheet}, row ${row}, column ${column}: ${JSON.stringify(text)}, read ${JSON.stringify(read)}`,
    )
}

/** A file of csv-spectrum: records that are what its JSON says. */
export interface CsvScore {
  readonly file: string
  readonly right: boolean
  readonly found: string
}

/** The twelve hard CSV files, in the order of their names. */
export async function scoreCsvSpectrum(
  corpus: string,
  isWanted: (file: string) => boolean,
): Promise<CsvScore[]> {
  const folder = join(corpus, 'csv/csv-spectrum')
  const files = (await Array.fromAsync(new Bun.Glob('*.csv').scan(join(folder, 'csvs')))).sort()
  return Promise.all(
    files.filter(isWanted).map(async (file) => {
      const expected: unknown = await Bun.file(join(folder, 'json', file.replace(/csv$/, 'json'))).json()
      const found = await recordsOf(join(folder, 'csvs', file))
      const text = await Bun.file(join(folder, 'csvs', file)).text()
      return { file, right: isRecords(found, [expected].flat(), text), found: JSON.stringify(found) }
    }),
  )
}

/**
 * Two of the answers are not those of their files: one has other line ends, one another telephone number. So line ends
 * are alike, and a text that the file does not hold is not expected of it.
 */
function isRecords(found: unknown, expected: readonly unknown[], text: string): boolean {
  const inFile = plainText(text).replaceAll('""', '"')
  const answers = expected.map((record) =>
    Object.entries(record ?? {}).map(([key, value]) => [key, plainText(String(value))]),
  )
  const records = Array.isArray(found) ? found.map((record) => Object.entries(record ?? {})) : []
  return (
    answers.length === records.length &&
    answers.every((answer, index) => {
      const record = records[index] ?? []
      return (
        answer.length === record.length &&
        answer.every(([key, value = ''], at) => {
          const [foundKey, foundValue] = record[at] ?? []
          const isSame = plainText(String(foundValue)) === value
          return foundKey === key && (isSame || !inFile.includes(value))
        })
      )
    })
  )
}

function plainText(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

async function recordsOf(path: string): Promise<unknown> {
  try {
    const file = await openFile(path, {
      limits: defaultReadLimits,
      format: null,
      encoding: null,
      delimiter: null,
    })
    const rows = (await Array.fromAsync(file.rows(0))).flat().map(({ cells }) => cells.map(String))
    file.close()
    const [header = [], ...body] = rows
    return body.map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ''])))
  } catch (error) {
    return failureOf(error).code
  }
}
