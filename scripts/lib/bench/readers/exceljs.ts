import ExcelJS from 'exceljs'
import { cellCounter } from './cell-counter.ts'

// Reads every cell of a workbook with the streaming reader of exceljs. Spawned by the benchmark.
const counter = cellCounter()
const reader = new ExcelJS.stream.xlsx.WorkbookReader(Bun.argv[2]!, {
  worksheets: 'emit',
  sharedStrings: 'cache',
  hyperlinks: 'ignore',
  styles: 'ignore',
  entries: 'ignore',
})
// `values` is an array or an object by its type; of a row that was read it is an array, from 1.
for await (const sheet of reader) for await (const row of sheet) counter.row(row.values as unknown[])
counter.print()
