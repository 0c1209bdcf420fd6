import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import { recordFinisher } from './catalog/finish.ts'
import { planRecords, type RecordList } from './catalog/plan.ts'
import { RecordRows } from './catalog/record-rows.ts'
import { findRecords } from './catalog/records.ts'
import { StructureReader } from './catalog/structure.ts'
import type { Format, OpenedFile, OpenOptions, ReadLimits } from './format.ts'
import { isXmlDocument } from './markup/document-kind.ts'
import { markupChunkBytes, markupEncoding } from './markup/encoding.ts'
import { MarkupScanner } from './markup/scanner.ts'
import { textOf } from './text/text-file.ts'

/**
 * XML catalogs: YML (Yandex Market, Rozetka, Prom), feeds for Google Merchant (RSS, Atom), and any other document in
 * which elements repeat as the rows of a list do. Each list of records is a sheet, named after its element; a record
 * is a row, and its fields are cells under a header without a place of its own (row -1). All cells are text: whether
 * "1.234" is a thousand and something is decided by the column.
 *
 * The file is read once to see what it consists of, and once for every sheet. Memory: what kinds of elements there
 * are, the categories, and a few hundred rows. No DOCTYPE is followed, and one with declarations is refused.
 */
export const xmlCatalog: Format = xmlCatalogFormat({ chunkBytes: markupChunkBytes })

/** The format with another chunk size, so that tests can cut files anywhere. */
export function xmlCatalogFormat({ chunkBytes }: { chunkBytes: number }): Format {
  return {
    name: 'xml',
    detect: isXmlDocument,
    open: (path, options) => openCatalog(path, options, chunkBytes),
  }
}

/** What stands in one text may be a whole page that becomes a short description. */
const textFactor = 4

async function openCatalog(path: string, options: OpenOptions, chunkBytes: number): Promise<OpenedFile> {
  const { limits } = options
  const chosen = await markupEncoding(path, options.encoding)
  const encoding = chosen.value
  const structure = await readStructure(path, encoding, limits, chunkBytes)
  const lists = listsOf(structure, limits)
  let bytesRead = 0
  let isClosed = false

  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    const list = lists[sheet]
    if (list === undefined)
      throw new InvalidError('unknown_sheet', `There are ${lists.length} sheets, and no sheet ${sheet + 1}.`)
    bytesRead = 0
    const headers = [...list.headers]
    const finish = recordFinisher(headers, structure.categories)
    yield [{ index: -1, cells: headers }]
    const reader = new RecordRows(list, finish, limits)
    const scanner = new MarkupScanner(reader, {
      limits: { textCharactersMax: limits.cellCharactersMax * textFactor },
      dialect: 'xml',
      what: 'The file',
      place: () => `, within record ${reader.recordCount + 1}`,
    })
    for await (const piece of textOf(path, encoding, chunkBytes)) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = piece.bytesRead
      scanner.push(piece.text)
      if (reader.rows.length > 0) yield reader.rows
      reader.rows = []
      if (reader.recordCount >= list.recordCount) return
    }
    scanner.end()
  }

  return {
    format: 'xml',
    encoding,
    delimiter: null,
    choices: { encoding: chosen, delimiter: null },
    sheets: lists.map(({ name }, index) => ({ index, name, isHidden: false })),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}

/** Reads the whole file, so that one which is damaged anywhere fails before anything is made of it. */
async function readStructure(
  path: string,
  encoding: string,
  limits: ReadLimits,
  chunkBytes: number,
): Promise<StructureReader> {
  const structure = new StructureReader()
  const scanner = new MarkupScanner(structure, {
    limits: { textCharactersMax: limits.cellCharactersMax * textFactor },
    dialect: 'xml',
    what: 'The file',
    place: () => structure.place(),
  })
  for await (const { text } of textOf(path, encoding, chunkBytes)) scanner.push(text)
  scanner.end()
  return structure
}

function listsOf(structure: StructureReader, limits: ReadLimits): RecordList[] {
  const found = findRecords(structure.root)
  if (found.length === 0) {
    throw new InvalidError(
      'unsupported_format',
      'The file is an XML document without elements that repeat as the rows of a list do; export the list as CSV or XLSX.',
    )
  }
  const names = found.map(([first]) => first!.name)
  return found.map((records) => {
    const [first] = records
    const isAlone = names.filter((name) => name === first!.name).length === 1
    const others = new Set(found.filter((each) => each !== records).flat())
    const name = isAlone ? first!.name : `${first!.parent?.name ?? ''}/${first!.name}`
    return planRecords(records, others, { name, columnsMax: limits.columnsMax })
  })
}
