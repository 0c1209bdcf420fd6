import { defaultReadLimits, type Format, type ReadLimits } from '../../src/analyzer/formats/format.ts'
import { openFile } from '../../src/analyzer/formats/index.ts'
import type { Cell } from '../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../src/lib/errors.ts'
import { temporaryDirectory } from './temporary.ts'

export interface ReadSheets {
  format: string
  encoding: string | null
  sheets: { name: string | null; isHidden: boolean; rows: [index: number, cells: Cell[]][] }[]
}

/**
 * All sheets of a file that has this content.
 * @param options.format instead of the one that the content shows
 */
export async function readSheets(
  content: string | Uint8Array,
  { format, limits = defaultReadLimits }: { format?: Format; limits?: ReadLimits } = {},
): Promise<ReadSheets> {
  await using directory = await temporaryDirectory()
  const path = directory.file('list.csv')
  await Bun.write(path, content)
  const options = { limits, encoding: null, delimiter: null }
  const file = await (format === undefined ? openFile(path, options) : format.open(path, options))
  try {
    const sheets: ReadSheets['sheets'] = []
    for (const { index, name, isHidden } of file.sheets) {
      const rows: ReadSheets['sheets'][number]['rows'] = []
      for await (const batch of file.rows(index)) for (const row of batch) rows.push([row.index, row.cells])
      sheets.push({ name, isHidden, rows })
    }
    return { format: file.format, encoding: file.encoding, sheets }
  } finally {
    file.close()
  }
}

/** Why a file that has this content cannot be read. */
export async function readRefusal(
  content: string | Uint8Array,
  options?: Parameters<typeof readSheets>[1],
): Promise<InvalidError> {
  try {
    await readSheets(content, options)
  } catch (error) {
    if (error instanceof InvalidError) return error
    throw error
  }
  throw new Error('Nobody refused it.')
}
