import type { Row } from '../../table/rows/row.ts'
import type { OpenedFile, OpenOptions } from '../format.ts'
import { type ApartLimits, ReaderProcess } from './reader-process.ts'

/**
 * Opens a file in a process of its own, which can be ended when it takes too much memory or time; rows come from
 * there as they are asked for. To whoever reads, it is a file like any other.
 * @param options.format the format's name
 * @throws InvalidError as the format does; `analyzer_out_of_memory`, `analyzer_timed_out`, `analyzer_crashed`; the
 * signal's reason
 */
export async function openApart(
  path: string,
  { format, encoding, delimiter, limits, signal }: OpenOptions & { format: string },
  apart: ApartLimits,
): Promise<OpenedFile> {
  const reader = new ReaderProcess(apart, signal ?? null)
  try {
    const { cellCharactersMax, columnsMax, unpackedBytesMax } = limits
    const given = { cellCharactersMax, columnsMax, unpackedBytesMax }
    const { opened } = await reader.ask({ open: { path, format, encoding, delimiter, ...given } })
    if (opened === undefined) throw new Error('The process that opened the file said nothing of it.')
    return openedFile(opened, reader)
  } catch (error) {
    reader.end()
    throw error
  }
}

function openedFile(
  opened: Pick<OpenedFile, 'format' | 'encoding' | 'delimiter' | 'sheets'>,
  reader: ReaderProcess,
): OpenedFile {
  let bytesRead = 0
  let isClosed = false
  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    bytesRead = 0
    await reader.ask({ sheet })
    for (;;) {
      if (isClosed) throw new Error('The file was closed while it was being read.')
      const answer = await reader.ask({ next: true })
      bytesRead = answer.bytesRead ?? bytesRead
      if (answer.rows === undefined || answer.rows === null) return
      // This program made them, in the other process.
      yield answer.rows as Row[]
    }
  }
  return {
    ...opened,
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
      reader.end()
    },
  }
}
