import { defaultReadLimits, type OpenedFile, type ReadLimits } from '../../src/analyzer/formats/format.ts'
import { openFile } from '../../src/analyzer/formats/index.ts'
import type { Row } from '../../src/analyzer/table/rows/row.ts'
import { temporaryDirectory } from './temporary.ts'

/** Writes a file, opens it as whatever its content says, and closes it when the work is done. */
export async function withOpened<Result>(
  content: Uint8Array | string,
  work: (file: OpenedFile) => Promise<Result>,
  limits: Partial<ReadLimits> = {},
): Promise<Result> {
  await using directory = await temporaryDirectory()
  const path = directory.file('list')
  await Bun.write(path, content)
  const options = { limits: { ...defaultReadLimits, ...limits }, encoding: null, delimiter: null }
  const file = await openFile(path, options)
  try {
    return await work(file)
  } finally {
    file.close()
  }
}

/** The rows of one sheet. */
export function rowsOf(
  content: Uint8Array | string,
  sheet = 0,
  limits: Partial<ReadLimits> = {},
): Promise<Row[]> {
  return withOpened(content, async (file) => (await Array.fromAsync(file.rows(sheet))).flat(), limits)
}

/** What opening it and reading every sheet throws, or null. */
export async function readingError(
  content: Uint8Array | string,
  limits: Partial<ReadLimits> = {},
): Promise<unknown> {
  try {
    await withOpened(
      content,
      async (file) => {
        for (const { index } of file.sheets) for await (const _ of file.rows(index));
      },
      limits,
    )
    return null
  } catch (error) {
    return error
  }
}
