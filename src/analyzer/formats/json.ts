import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import type { Format, OpenedFile, OpenOptions, Sheet } from './format.ts'
import { documentSource } from './json/document-source.ts'
import { type JsonList, surveyLists } from './json/survey.ts'
import { decodeHead } from './text/encoding.ts'
import { encodingOfMark, utf16Order } from './text/encoding-detection.ts'

/**
 * JSON: a document whose arrays of objects are its sheets, each named by its path ("products", "data.items"), and
 * lines that hold an object each. Arrays of arrays are sheets too, and so are objects that hold many of a kind.
 * `json/columns.ts` says how objects become rows.
 *
 * The document is read twice, first for its columns: what is damaged is known before there is a single row. Memory:
 * some chunks, an element, and the names of the columns. Row indexes count the rows of a list from 0; the header is
 * row -1.
 */
export const json: Format = jsonFormat({ chunkBytes: 64 * 1024 })

/** The format with another chunk size, so that tests can cut files anywhere. */
export function jsonFormat({ chunkBytes }: { chunkBytes: number }): Format {
  return { name: 'json', detect, open: (path, options) => openJson(path, options, chunkBytes) }
}

/** Comments and single quotes are none of JSON, but whoever writes them means it, and is told so. */
const start =
  /^(?:\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|'[^'\n]*'\s*:|\}|[a-z_]\w*\s*:\s*[[{"'\d])|\[\s*(?:[[{\]]|"(?:[^"\\]|\\.)*"\s*[,\]]))/i
const comment = /^(?:\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)/

function detect(head: Uint8Array): boolean {
  const mark = encodingOfMark(head)
  if (mark === 'utf-32') return false
  let text = decodeHead(head, mark ?? utf16Order(head) ?? 'utf-8').trimStart()
  for (let found = comment.exec(text); found !== null; found = comment.exec(text))
    text = text.slice(found[0].length).trimStart()
  return start.test(text)
}

async function openJson(path: string, options: OpenOptions, chunkBytes: number): Promise<OpenedFile> {
  const { limits } = options
  const source = await documentSource(path, { encoding: options.encoding, limits, chunkBytes })
  const lists = await surveyLists(source, limits)
  if (lists.length === 0)
    throw new InvalidError(
      'no_list',
      'The JSON document holds no list of objects. Write the items as an array of objects, such as [{"sku": "A-1", "name": "Bolt", "price": "1.20"}].',
    )
  let bytesRead = 0
  let isClosed = false

  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    const list = lists[sheet]
    if (list === undefined)
      throw new InvalidError('unknown_sheet', `There are ${lists.length} lists, and no list ${sheet + 1}.`)
    let batch: Row[] = list.headers === null ? [] : [{ index: -1, cells: [...list.headers] }]
    const read = list.reader((row) => batch.push(row))
    const steps = source.elements((element) => {
      if (element.list.path === list.path && element.list.kind === list.kind) read(element)
    })
    for await (const step of steps) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = step.bytesRead
      if (batch.length === 0) continue
      yield batch
      batch = []
    }
  }

  return {
    format: source.isLines() ? 'ndjson' : 'json',
    encoding: source.encoding,
    delimiter: null,
    choices: { encoding: source.encodingChoice, delimiter: null },
    sheets: lists.map(sheetOf),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}

function sheetOf({ path }: JsonList, index: number): Sheet {
  return { index, name: path === '' ? null : path.slice(0, 255), isHidden: false }
}
