import { type CountScore, isRight, type ListScore } from './list-score.ts'
import type { Score } from './score.ts'

/** Everything as text: tables a group, then the totals. `isVerbose` adds every fault below its file. */
export function scoreText(score: Score, isVerbose: boolean): string {
  const blocks = [
    ...listBlocks(score, isVerbose),
    ...pdfBlock(score, isVerbose),
    ...workbookBlock(score, isVerbose),
    ...csvBlock(score, isVerbose),
    totals(score),
  ]
  return blocks.join('\n\n')
}

const setTitles = {
  expected: 'Lists with an expected outcome',
  second: 'Other lists of the corpus',
  own: 'Our own lists',
} as const

function listBlocks({ lists }: Score, isVerbose: boolean): string[] {
  return Object.entries(setTitles).flatMap(([set, title]) => {
    const ofSet = lists.filter((list) => list.set === set)
    if (ofSet.length === 0) return []
    const header = [title, 'verdict', 'header', 'mapping', 'items', 'priced', 'rejected', 'samples', 'silent']
    const rows = ofSet.map((list) => ({
      cells: [
        `${isRight(list) ? '✓' : '✗'} ${list.file}`,
        list.verdict === 'right' ? list.found : `${list.verdict}: ${list.found}`,
        ...readingCells(list),
        list.silentlyWrong === 0 ? '' : String(list.silentlyWrong),
      ],
      details: list.faults.map(
        ({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`,
      ),
    }))
    return [alignedTable(header, rows, isVerbose)]
  })
}

function readingCells(list: ListScore): string[] {
  if (list.isNegative || list.verdict === 'refused') return ['', '', '', '', '', '']
  return [
    list.isHeaderRight ? 'right' : 'wrong',
    list.wrongFields.length === 0 ? 'right' : list.wrongFields.join(', '),
    countText(list.items),
    countText(list.priced),
    countText(list.rejected),
    `${list.samples.right}/${list.samples.of}`,
  ]
}

function countText({ expected, found, isRight: right }: CountScore): string {
  return right || expected === null ? String(found) : `${found} not ${String(expected).replaceAll(',', '|')}`
}

function pdfBlock({ pdfs }: Score, isVerbose: boolean): string[] {
  if (pdfs.length === 0) return []
  const rows = pdfs.map(({ set, file, rows, right, missed }) => ({
    cells: [`${right === rows ? '✓' : '✗'} ${set} ${file}`, `${right}/${rows}`],
    details: missed.map((row) => `missed: ${row}`),
  }))
  return [alignedTable(['PDF tables', 'rows right'], rows, isVerbose)]
}

function workbookBlock({ workbooks }: Score, isVerbose: boolean): string[] {
  if (workbooks.length === 0) return []
  const rows = workbooks.map(({ file, refused, message, seconds, cells, same, differing }) => ({
    cells: [
      `${refused === null && cells === same ? '✓' : refused === 'crash' ? '✗' : refused === null ? '≠' : '–'} ${file}`,
      refused ?? 'opened',
      cells === 0 ? '' : `${same}/${cells}`,
      seconds >= 1 ? `${seconds.toFixed(1)} s` : '',
    ],
    details: refused === null ? differing : [message],
  }))
  return [alignedTable(['Workbooks', 'outcome', 'cells as saved', 'slow'], rows, isVerbose)]
}

function csvBlock({ csv }: Score, isVerbose: boolean): string[] {
  if (csv.length === 0) return []
  const rows = csv.map(({ file, right, found }) => ({
    cells: [`${right ? '✓' : '✗'} ${file}`],
    details: right ? [] : [`read ${found}`],
  }))
  return [alignedTable(['CSV spectrum'], rows, isVerbose)]
}

function totals({ lists, pdfs, workbooks, csv }: Score): string {
  const share = (right: number, of: number) =>
    `${right} of ${of}${of === 0 ? '' : ` (${((100 * right) / of).toFixed(1)} %)`}`
  const negatives = lists.filter(({ isNegative }) => isNegative)
  const lines = Object.entries(setTitles).flatMap(([set, title]) => {
    const ofSet = lists.filter((list) => list.set === set)
    return ofSet.length === 0 ? [] : [[title, `${share(ofSet.filter(isRight).length, ofSet.length)} right`]]
  })
  if (lists.length > 0) {
    const silent = lists.reduce((sum, { silentlyWrong }) => sum + silentlyWrong, 0)
    lines.push(['Silently wrong prices', String(silent)])
    lines.push(['Negatives refused', share(negatives.filter(isRight).length, negatives.length)])
  }
  for (const set of ['icdar', 'camelot'] as const) {
    const ofSet = pdfs.filter((pdf) => pdf.set === set)
    const rows = ofSet.reduce((sum, pdf) => sum + pdf.rows, 0)
    const right = ofSet.reduce((sum, pdf) => sum + pdf.right, 0)
    if (ofSet.length > 0) lines.push([`PDF rows exactly right (${set})`, share(right, rows)])
  }
  if (workbooks.length > 0) {
    const opened = workbooks.filter(({ refused }) => refused === null)
    const crashed = workbooks.filter(({ refused }) => refused === 'crash')
    const cells = opened.reduce((sum, each) => sum + each.cells, 0)
    const same = opened.reduce((sum, each) => sum + each.same, 0)
    const slowest = Math.max(...workbooks.map(({ seconds }) => seconds))
    lines.push([
      'Workbooks opened',
      `${share(opened.length, workbooks.length)}, ${crashed.length} crashed, slowest ${slowest.toFixed(1)} s`,
    ])
    lines.push(['Cells as saved', share(same, cells)])
  }
  if (csv.length > 0) lines.push(['CSV spectrum', share(csv.filter(({ right }) => right).length, csv.length)])
  return lines.map(([name = '', value = '']) => `${name.padEnd(36)} ${value}`).join('\n')
}

interface TableRow {
  readonly cells: readonly string[]
  readonly details: readonly string[]
}

function alignedTable(header: readonly string[], rows: readonly TableRow[], isVerbose: boolean): string {
  const all = [header, ...rows.map(({ cells }) => cells)]
  const widths = header.map((_, column) =>
    Math.max(...all.map((cells) => Bun.stringWidth(cells[column] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
      .join('  ')
      .trimEnd()
  return [
    line(header),
    ...rows.flatMap(({ cells, details }) => [
      line(cells),
      ...(isVerbose ? details.map((each) => `    ${each}`) : []),
    ]),
  ].join('\n')
}
