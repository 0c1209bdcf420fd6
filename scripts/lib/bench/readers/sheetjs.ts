import { readFileSync } from 'node:fs'
import { read, utils } from '@e965/xlsx'
import { cellCounter } from './cell-counter.ts'

// Reads every cell of a workbook with SheetJS, which holds the whole file. Spawned by the benchmark.
const counter = cellCounter()
const workbook = read(readFileSync(Bun.argv[2]!), {
  dense: true,
  cellFormula: false,
  cellHTML: false,
  cellText: false,
})
for (const name of workbook.SheetNames)
  for (const row of utils.sheet_to_json<unknown[]>(workbook.Sheets[name]!, { header: 1 })) counter.row(row)
counter.print()
