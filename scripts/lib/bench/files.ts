import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCsv } from './csv-file.ts'
import { type ListFacts, listFacts, type Variant } from './price-list.ts'
import { type TextStyle, writeWorkbook } from './workbook-file.ts'

/** A price list on disk, and what is true of it. */
export interface ListFile {
  path: string
  bytes: number
  /** Of a workbook's sheet and shared strings; null: it is no workbook. */
  unpackedBytes: number | null
  facts: ListFacts
}

/** Price lists of one size, each written when it is first asked for. */
export interface ListFiles {
  rows: number
  csv(variant: Variant): Promise<ListFile>
  workbook(style: TextStyle): Promise<ListFile>
  /** Deletes them. */
  remove(): Promise<void>
}

/** @param folder for the files; exists */
export function listFiles(folder: string, { rows, seed }: { rows: number; seed: number }): ListFiles {
  const written = new Map<string, ListFile>()
  const once = async (name: string, variant: Variant, write: (path: string) => Promise<number | null>) => {
    const known = written.get(name)
    if (known !== undefined) return known
    const path = join(folder, name)
    const unpackedBytes = await write(path)
    const bytes = (await stat(path)).size
    const file = { path, bytes, unpackedBytes, facts: listFacts({ rows, seed, variant }) }
    written.set(name, file)
    return file
  }
  return {
    rows,
    csv: (variant) =>
      once(`${variant}-${rows}.csv`, variant, async (path) => {
        await writeCsv(path, { rows, seed, variant })
        return null
      }),
    workbook: (style) =>
      once(`${style}-${rows}.xlsx`, 'base', (path) =>
        writeWorkbook(path, { rows, seed, variant: 'base' }, style),
      ),
    async remove() {
      for (const { path } of written.values()) await rm(path, { force: true })
      written.clear()
    },
  }
}
