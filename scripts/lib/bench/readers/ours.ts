import { defaultReadLimits } from '../../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../../src/analyzer/formats/index.ts'
import { cellCounter } from './cell-counter.ts'

// Reads every cell of a workbook with the reader of the executable, and nothing more. Spawned by the benchmark.
const counter = cellCounter()
const file = await openFile(Bun.argv[2]!, { limits: defaultReadLimits, encoding: null, delimiter: null })
for (const { index } of file.sheets)
  for await (const rows of file.rows(index)) for (const { cells } of rows) counter.row(cells)
file.close()
counter.print()
