import { type FileHandle, open } from 'node:fs/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import { columns, type ListRow, listRows, type PriceListOptions } from './price-list.ts'

/** How a workbook keeps its texts: in one table that cells point into, as Excel does, or in the cells. */
export type TextStyle = 'shared' | 'inline'

/**
 * Writes a list as a workbook of one sheet, with prices, stock and weight as numbers.
 * @returns the size of its sheet and its shared strings, unpacked
 */
export async function writeWorkbook(
  path: string,
  options: PriceListOptions,
  style: TextStyle,
): Promise<number> {
  const file = await open(path, 'w')
  try {
    const zip = zipFile(file)
    const shared = style === 'shared' ? sharedStrings() : null
    for (const [name, content] of Object.entries(fixedParts(style))) await zip.add(name, [content])
    let unpackedBytes = await zip.add('xl/worksheets/sheet1.xml', sheet(options, shared))
    if (shared !== null) unpackedBytes += await zip.add('xl/sharedStrings.xml', shared.parts())
    await zip.end()
    return unpackedBytes
  } finally {
    await file.close()
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const letters = 'ABCDEFGHIJK'

function* sheet(options: PriceListOptions, shared: SharedStrings | null): Generator<string> {
  yield `${declaration}<worksheet xmlns="${main}"><dimension ref="A1:K${options.rows + 1}"/><sheetData>`
  const textCell = (at: string, text: string, isRepeated: boolean) => {
    if (text === '') return ''
    if (shared === null) return `<c r="${at}" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`
    return `<c r="${at}" t="s"><v>${shared.indexOf(text, isRepeated)}</v></c>`
  }
  yield sheetRow(1, [...columns], textCell)
  let number = 2
  for (const row of listRows(options)) yield sheetRow(number++, cellsOf(row), textCell)
  yield '</sheetData></worksheet>'
}

function cellsOf(row: ListRow): (string | number | null)[] {
  const { sku, ean, name, brand, category, unit, priceCents, currency, stock, weightGrams, delivery } = row
  const weight = weightGrams === null ? null : weightGrams / 1000
  return [sku, ean, name, brand, category, unit, priceCents / 100, currency, stock, weight, delivery]
}

/** Columns whose texts are nearly all different; looking for them in the table would find nothing. */
const uniqueColumns = new Set([0, 1, 2])

function sheetRow(
  number: number,
  cells: (string | number | null)[],
  textCell: (at: string, text: string, isRepeated: boolean) => string,
): string {
  let xml = `<row r="${number}">`
  for (const [column, cell] of cells.entries()) {
    const at = `${letters[column]}${number}`
    if (typeof cell === 'number') xml += `<c r="${at}"><v>${cell}</v></c>`
    else if (cell !== null) xml += textCell(at, cell, !uniqueColumns.has(column))
  }
  return `${xml}</row>`
}

interface SharedStrings {
  indexOf(text: string, isRepeated: boolean): number
  parts(): Generator<string>
}

function sharedStrings(): SharedStrings {
  const texts: string[] = []
  const indexes = new Map<string, number>()
  return {
    indexOf(text, isRepeated) {
      const known = isRepeated ? indexes.get(text) : undefined
      if (known !== undefined) return known
      if (isRepeated) indexes.set(text, texts.length)
      return texts.push(text) - 1
    },
    *parts() {
      yield `${declaration}<sst xmlns="${main}" uniqueCount="${texts.length}">`
      for (const text of texts) yield `<si><t>${escaped(text)}</t></si>`
      yield '</sst>'
    },
  }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function fixedParts(style: TextStyle): Record<string, string> {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006'
  const content = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const isShared = style === 'shared'
  const override = (part: string, type: string) =>
    `<Override PartName="/xl/${part}.xml" ContentType="${content}.${type}+xml"/>`
  const relationship = (id: number, type: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${office}/${type}" Target="${target}"/>`
  return {
    '[Content_Types].xml':
      `${declaration}<Types xmlns="${packages}/content-types">` +
      `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="application/xml"/>` +
      override('workbook', 'sheet.main') +
      override('worksheets/sheet1', 'worksheet') +
      override('styles', 'styles') +
      (isShared ? override('sharedStrings', 'sharedStrings') : '') +
      '</Types>',
    '_rels/.rels':
      `${declaration}<Relationships xmlns="${packages}/relationships">` +
      `${relationship(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml':
      `${declaration}<workbook xmlns="${main}" xmlns:r="${office}">` +
      '<sheets><sheet name="Preisliste" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/styles.xml':
      `${declaration}<styleSheet xmlns="${main}"><fonts count="1"><font/></fonts>' +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
      '<cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>',
    'xl/_rels/workbook.xml.rels':
      `${declaration}<Relationships xmlns="${packages}/relationships">` +
      relationship(1, 'worksheet', 'worksheets/sheet1.xml') +
      relationship(2, 'styles', 'styles.xml') +
      (isShared ? relationship(3, 'sharedStrings', 'sharedStrings.xml') : '') +
      '</Relationships>',
  }
}

interface ZipFile {
  /** @returns the content's size */
  add(name: string, content: Iterable<string>): Promise<number>
  end(): Promise<void>
}

interface ZipEntry {
  name: Buffer
  offset: number
  crc: number
  packedBytes: number
  unpackedBytes: number
}

/** A ZIP archive (below 4 GiB) that is written as it comes; sizes are put into an entry's header once they are known. */
function zipFile(file: FileHandle): ZipFile {
  const entries: ZipEntry[] = []
  let at = 0
  return {
    async add(name, content) {
      const entry: ZipEntry = {
        name: Buffer.from(name),
        offset: at,
        crc: 0,
        packedBytes: 0,
        unpackedBytes: 0,
      }
      const header = () => Buffer.concat([localHeader(entry), entry.name])
      at += header().length
      for await (const packed of deflated(content, entry)) {
        await file.write(packed, 0, packed.length, at)
        at += packed.length
        entry.packedBytes += packed.length
      }
      await file.write(header(), 0, undefined, entry.offset)
      entries.push(entry)
      return entry.unpackedBytes
    },
    async end() {
      const directory = Buffer.concat(entries.map(directoryEntry))
      await file.write(directory, 0, undefined, at)
      await file.write(endRecord(entries.length, directory.length, at), 0, undefined, at + directory.length)
    },
  }
}

async function* deflated(content: Iterable<string>, entry: ZipEntry): AsyncGenerator<Buffer> {
  // Excel packs this quickly too; the peers unpack it all the same.
  const deflate = createDeflateRaw({ level: 4 })
  const feed = async () => {
    for (const chunk of chunks(content)) {
      entry.crc = crc32(chunk, entry.crc)
      entry.unpackedBytes += chunk.length
      if (!deflate.write(chunk)) await new Promise((resolve) => deflate.once('drain', resolve))
    }
    deflate.end()
  }
  const fed = feed()
  // A stream of buffers: nothing set an encoding.
  for await (const packed of deflate) yield packed as Buffer
  await fed
}

function* chunks(content: Iterable<string>): Generator<Buffer> {
  let text = ''
  for (const piece of content) {
    text += piece
    if (text.length < 1 << 18) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** Version 2.0, names in UTF-8, deflated, 1 January 1980. */
const common = [20, 0x800, 8, 0, 0x21]

function localHeader({ name, crc, packedBytes, unpackedBytes }: ZipEntry): Buffer {
  return Buffer.concat([
    uint32s(0x04034b50),
    uint16s(...common),
    uint32s(crc, packedBytes, unpackedBytes),
    uint16s(name.length, 0),
  ])
}

function directoryEntry({ name, crc, packedBytes, unpackedBytes, offset }: ZipEntry): Buffer {
  return Buffer.concat([
    uint32s(0x02014b50),
    uint16s(20, ...common),
    uint32s(crc, packedBytes, unpackedBytes),
    uint16s(name.length, 0, 0, 0, 0),
    uint32s(0, offset),
    name,
  ])
}

function endRecord(count: number, sizeBytes: number, offset: number): Buffer {
  return Buffer.concat([
    uint32s(0x06054b50),
    uint16s(0, 0, count, count),
    uint32s(sizeBytes, offset),
    uint16s(0),
  ])
}

function uint16s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2)
  return bytes
}

function uint32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}
