import type ExcelJS from 'exceljs'

/**
 * What writes workbooks as a stream, loaded when it is first asked for. All of exceljs took 230 to 320 ms of a process
 * in which nothing else went on meanwhile, and 14 MB more; this part of it takes 100 ms.
 */
export async function loadWorkbookWriter(): Promise<typeof ExcelJS.stream.xlsx.WorkbookWriter> {
  const { default: WorkbookWriter } = await import('exceljs/lib/stream/xlsx/workbook-writer.js')
  return WorkbookWriter
}
