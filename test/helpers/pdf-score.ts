import { join } from 'node:path'
import { defaultReadLimits } from '../../src/analyzer/formats/format.ts'
import { rowsPerPage } from '../../src/analyzer/formats/pdf/page-sheets.ts'
import { pdf } from '../../src/analyzer/formats/pdf.ts'

/** How many rows of a file's true tables were read exactly: the same filled cells in the same order. */
export interface PdfScore {
  file: string
  rows: number
  right: number
  /** The rows that were not, cells parted by " | ". */
  missed: string[]
}

interface Truth {
  [file: string]: { pdf: string; tables: { pages: number[]; rows: string[][] }[] }
}

/**
 * Compares what is read with what people wrote down. White space does not count, since the truth has "UnitedKingdom"
 * where the page shows a space; every row that was read proves one row of the truth.
 */
export async function scorePdfs(
  folder: string,
  isWanted: (file: string) => boolean = () => true,
): Promise<PdfScore[]> {
  const truth = (await Bun.file(join(folder, 'expected.json')).json()) as Truth
  const scores: PdfScore[] = []
  for (const [file, { pdf: name, tables }] of Object.entries(truth)) {
    if (!isWanted(name)) continue
    const byPage = await rowsByPage(join(folder, name))
    const score: PdfScore = { file, rows: 0, right: 0, missed: [] }
    for (const { pages, rows } of tables)
      countRows(
        score,
        rows,
        pages.flatMap((page) => byPage.get(page) ?? []),
      )
    scores.push(score)
  }
  return scores
}

/** The same for a truth that does not say on which pages its tables stand: file → tables → rows → cells. */
export async function scoreLoosePdfs(
  folder: string,
  isWanted: (file: string) => boolean = () => true,
): Promise<PdfScore[]> {
  const truth = (await Bun.file(join(folder, 'expected.json')).json()) as { [file: string]: string[][][] }
  const scores: PdfScore[] = []
  for (const [file, tables] of Object.entries(truth)) {
    if (!isWanted(file)) continue
    const byPage = await rowsByPage(join(folder, file))
    const score: PdfScore = { file, rows: 0, right: 0, missed: [] }
    countRows(score, tables.flat(), [...byPage.values()].flat())
    scores.push(score)
  }
  return scores
}

/** @param read keys of the rows that were read; those that prove a row are taken out */
function countRows(score: PdfScore, rows: readonly string[][], read: string[]): void {
  for (const row of rows) {
    score.rows++
    const at = read.indexOf(keyOf(row))
    if (at < 0) score.missed.push(row.join(' | ').replaceAll('\n', ' '))
    else {
      score.right++
      read.splice(at, 1)
    }
  }
}

async function rowsByPage(path: string): Promise<Map<number, string[]>> {
  const file = await pdf.open(path, { limits: defaultReadLimits, encoding: null, delimiter: null })
  const byPage = new Map<number, string[]>()
  for (const { index } of file.sheets) {
    for await (const batch of file.rows(index)) {
      for (const { index: row, cells } of batch) {
        const page = Math.floor(row / rowsPerPage)
        const keys = byPage.get(page) ?? []
        byPage.set(page, keys)
        keys.push(keyOf(cells.map(String)))
      }
    }
  }
  file.close()
  return byPage
}

function keyOf(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.replace(/\s+/g, ''))
    .filter((cell) => cell !== '')
    .join('|')
}

/** One line a file, and what was missed where there is something. */
export function scoreText(scores: readonly PdfScore[]): string {
  const lines = scores.flatMap(({ file, rows, right, missed }) => [
    `${file.padEnd(10)} ${String(right).padStart(4)} of ${String(rows).padStart(4)}`,
    ...missed.map((row) => `             missed: ${row}`),
  ])
  const right = scores.reduce((sum, score) => sum + score.right, 0)
  const rows = scores.reduce((sum, score) => sum + score.rows, 0)
  return [...lines, `${'all'.padEnd(10)} ${right} of ${rows} (${((right / rows) * 100).toFixed(1)} %)`].join(
    '\n',
  )
}

// bun test/helpers/pdf-score.ts FOLDER prints the table.
if (import.meta.main) console.log(scoreText(await scorePdfs(process.argv[2] ?? '.')))
