/** A text, number, boolean or error ("#N/A"), a cell that is left out (null), or a cell in detail. */
export type XlsCell =
  | string
  | number
  | boolean
  | null
  | {
      value: string | number | boolean
      /** 0: general; above that, one more than the index in `numberFormats`. */
      style?: number
      /** How it is written; default: as Excel does. */
      as?: 'label' | 'number' | 'formula'
    }

export interface XlsSheet {
  name?: string
  rows?: XlsCell[][]
  hidden?: 0 | 1 | 2
  /** 0: a worksheet, 1: a macro sheet, 2: a chart. */
  kind?: number
  /** The records of the sheet, instead of those of `rows`. */
  records?: Buffer[]
}

export interface XlsOptions {
  generation?: 5 | 8
  /** Before BIFF8, by the number that Windows has for it; texts must be Buffers' latin1 then. */
  codePage?: number
  is1904?: boolean
  /** Format codes, or the numbers of built-in formats. */
  numberFormats?: (string | number)[]
  /** Records of the workbook besides those. */
  records?: Buffer[]
  /** Longest record of shared texts. */
  recordBytesMax?: number
}

/**
 * Makes an XLS file.
 *
 *     await Bun.write(path, makeXls([{ name: 'Prices', rows: [['SKU', 'Price'], ['A-1', 12.5]] }]))
 */
export function makeXls(sheets: XlsSheet[], options: XlsOptions = {}): Buffer {
  return makeCompoundFile({
    [options.generation === 5 ? 'Book' : 'Workbook']: xlsStream(sheets, options),
  })
}

/** The stream of the workbook, which may also stand without a compound file around it. */
export function xlsStream(sheets: XlsSheet[], options: XlsOptions = {}): Buffer {
  const { generation = 8 } = options
  const texts = new Map<string, number>()
  const parts = sheets.map(({ rows, records }) =>
    Buffer.concat([
      start(generation, 0x10),
      ...(records ?? sheetRecords(rows ?? [], generation, texts)),
      record(0x000a),
    ]),
  )
  const head = globalsHead(options)
  const tail = [
    ...(generation === 8 && texts.size > 0 ? [sharedTexts([...texts.keys()], options.recordBytesMax)] : []),
    ...(options.records ?? []),
    record(0x000a),
  ]
  const named = (places: number[]) =>
    sheets.map((sheet, index) => sheetRecord(sheet, places[index]!, generation))
  const globalsBytes = Buffer.concat([...head, ...named(sheets.map(() => 0)), ...tail]).length
  let at = globalsBytes
  const places = parts.map((part) => {
    at += part.length
    return at - part.length
  })
  return Buffer.concat([...head, ...named(places), ...tail, ...parts])
}

/** One record: its number, its length, its bytes. */
export function record(type: number, ...content: (Buffer | number[])[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)))
  return Buffer.concat([word(type), word(bytes.length), bytes])
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

export function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

/** The start of a part: a workbook (5), a worksheet (0x10), a chart (0x20). */
export function start(generation: 5 | 8, kind: number): Buffer {
  return record(
    0x0809,
    word(generation * 0x100 - (generation === 8 ? 0x200 : 0)),
    word(kind),
    Buffer.alloc(12),
  )
}

/** Row, column and style, as every cell begins. */
export function place(row: number, column: number, style = 0): Buffer {
  return Buffer.concat([word(row), word(column), word(style)])
}

/** A text as records have it, with two bytes of length. */
export function longText(text: string, generation: 5 | 8): Buffer {
  return Buffer.concat([word(text.length), characters(text, generation)])
}

/** The table of shared texts, in as many records as it takes; a text is cut wherever a record is full. */
export function sharedTexts(texts: readonly string[], recordBytesMax = 8224): Buffer {
  const pieces: Buffer[] = []
  let current = Buffer.concat([long(texts.length), long(texts.length)])
  const cut = () => {
    pieces.push(current)
    current = Buffer.alloc(0)
  }
  for (const text of texts) {
    const isWide = hasWide(text)
    const unit = isWide ? 2 : 1
    if (current.length + 3 + unit > recordBytesMax) cut()
    current = Buffer.concat([current, word(text.length), Buffer.from([isWide ? 1 : 0])])
    const bytes = Buffer.from(text, isWide ? 'utf16le' : 'latin1')
    for (let at = 0; at < bytes.length; ) {
      if (current.length + unit > recordBytesMax) {
        cut()
        current = Buffer.from([isWide ? 1 : 0])
      }
      const count = Math.floor((recordBytesMax - current.length) / unit) * unit
      current = Buffer.concat([current, bytes.subarray(at, at + count)])
      at += count
    }
  }
  cut()
  return Buffer.concat(pieces.map((piece, index) => record(index === 0 ? 0x00fc : 0x003c, piece)))
}

/** An OLE2 compound file with these streams; short ones are filled up with zeros. */
export function makeCompoundFile(streams: Record<string, Buffer>): Buffer {
  const contents = Object.entries(streams).map(([name, content]) => {
    const sectorCount = Math.max(8, Math.ceil(content.length / sectorBytes))
    return { name, content: Buffer.concat([content], sectorCount * sectorBytes), sectorCount }
  })
  const directorySectors = Math.ceil((contents.length + 1) / 4)
  const dataSectors = contents.reduce((sum, { sectorCount }) => sum + sectorCount, directorySectors)
  let tableSectors = 1
  while (tableSectors * (sectorBytes / 4) < dataSectors + tableSectors) tableSectors++
  const table = Buffer.alloc(tableSectors * sectorBytes, 0xff)
  const chain = (from: number, count: number) => {
    for (let i = 0; i < count; i++)
      table.writeUInt32LE(i === count - 1 ? chainEnd : from + i + 1, (from + i) * 4)
  }
  for (let i = 0; i < tableSectors; i++) table.writeUInt32LE(0xfffffffd, i * 4)
  chain(tableSectors, directorySectors)
  const directory = Buffer.alloc(directorySectors * sectorBytes)
  entry(directory, 0, {
    name: 'Root Entry',
    type: 5,
    child: contents.length > 0 ? 1 : free,
    start: chainEnd,
    size: 0,
  })
  let sector = tableSectors + directorySectors
  for (const [index, { name, content, sectorCount }] of contents.entries()) {
    chain(sector, sectorCount)
    // Every name is the right neighbour of the one before: a crooked tree, but a tree.
    const right = index + 1 < contents.length ? index + 2 : free
    entry(directory, index + 1, { name, type: 2, right, start: sector, size: content.length })
    sector += sectorCount
  }
  return Buffer.concat([
    compoundHead(tableSectors),
    table,
    directory,
    ...contents.map(({ content }) => content),
  ])
}

const sectorBytes = 512
const chainEnd = 0xfffffffe
const free = 0xffffffff

function compoundHead(tableSectors: number): Buffer {
  const head = Buffer.alloc(sectorBytes)
  head.write('d0cf11e0a1b11ae1', 0, 'hex')
  head.writeUInt16LE(9, 30)
  head.writeUInt16LE(6, 32)
  head.writeUInt32LE(tableSectors, 44)
  head.writeUInt32LE(tableSectors, 48)
  head.writeUInt32LE(4096, 56)
  head.writeUInt32LE(chainEnd, 60)
  head.writeUInt32LE(chainEnd, 68)
  for (let i = 0; i < 109; i++) head.writeUInt32LE(i < tableSectors ? i : free, 76 + i * 4)
  return head
}

function entry(
  directory: Buffer,
  index: number,
  given: { name: string; type: number; right?: number; child?: number; start: number; size: number },
): void {
  const at = index * 128
  directory.write(given.name, at, 'utf16le')
  directory.writeUInt16LE((given.name.length + 1) * 2, at + 64)
  directory[at + 66] = given.type
  directory.writeUInt32LE(free, at + 68)
  directory.writeUInt32LE(given.right ?? free, at + 72)
  directory.writeUInt32LE(given.child ?? free, at + 76)
  directory.writeUInt32LE(given.start, at + 116)
  directory.writeUInt32LE(given.size, at + 120)
}

function globalsHead({ generation = 8, codePage, is1904, numberFormats = [] }: XlsOptions): Buffer[] {
  const formats = numberFormats.map((format, index) => ({
    id: typeof format === 'number' ? format : 164 + index,
    code: typeof format === 'number' ? null : format,
  }))
  return [
    start(generation, 5),
    ...(codePage === undefined ? [] : [record(0x0042, word(codePage))]),
    ...(is1904 === true ? [record(0x0022, word(1))] : []),
    ...formats.flatMap(({ id, code }) =>
      code === null
        ? []
        : record(0x041e, word(id), generation === 8 ? longText(code, 8) : shortText(code, generation)),
    ),
    ...[0, ...formats.map(({ id }) => id)].map((id) => record(0x00e0, word(0), word(id), Buffer.alloc(16))),
  ]
}

function sheetRecord(
  { name = 'Sheet1', hidden = 0, kind = 0 }: XlsSheet,
  at: number,
  generation: 5 | 8,
): Buffer {
  return record(0x0085, long(at), [hidden, kind], shortText(name, generation))
}

function sheetRecords(rows: XlsCell[][], generation: 5 | 8, texts: Map<string, number>): Buffer[] {
  return rows.flatMap((cells, row) =>
    cells.flatMap((cell, column) => (cell === null ? [] : cellRecords(cell, row, column, generation, texts))),
  )
}

function cellRecords(
  cell: Exclude<XlsCell, null>,
  row: number,
  column: number,
  generation: 5 | 8,
  texts: Map<string, number>,
): Buffer[] {
  const { value, style = 0, as = undefined } = typeof cell === 'object' ? cell : { value: cell }
  const head = place(row, column, style)
  if (as === 'formula') return formulaRecords(head, value, generation)
  if (typeof value === 'boolean') return [record(0x0205, head, [value ? 1 : 0, 0])]
  if (typeof value === 'number')
    return [
      as === 'number' || !isSmall(value)
        ? record(0x0203, head, double(value))
        : record(0x027e, head, long(value * 4 + 2)),
    ]
  const error = errors.indexOf(value)
  if (error >= 0) return [record(0x0205, head, [errorCodes[error]!, 1])]
  if (generation === 5 || as === 'label') return [record(0x0204, head, longText(value, generation))]
  const index = texts.get(value) ?? texts.size
  texts.set(value, index)
  return [record(0x00fd, head, long(index))]
}

function formulaRecords(head: Buffer, value: string | number | boolean, generation: 5 | 8): Buffer[] {
  const rest = Buffer.alloc(8)
  if (typeof value === 'number') return [record(0x0006, head, double(value), rest)]
  if (typeof value === 'boolean')
    return [record(0x0006, head, [1, 0, value ? 1 : 0, 0, 0, 0, 0xff, 0xff], rest)]
  return [
    record(0x0006, head, [0, 0, 0, 0, 0, 0, 0xff, 0xff], rest),
    record(0x0207, longText(value, generation)),
  ]
}

const errors = ['#NULL!', '#DIV/0!', '#VALUE!', '#REF!', '#NAME?', '#NUM!', '#N/A']
const errorCodes = [0, 7, 15, 23, 29, 36, 42]

const isSmall = (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 28
const hasWide = (text: string) => /[^\0-\xff]/.test(text)

function shortText(text: string, generation: 5 | 8): Buffer {
  return Buffer.concat([Buffer.from([text.length]), characters(text, generation)])
}

function characters(text: string, generation: 5 | 8): Buffer {
  if (generation === 5) return Buffer.from(text, 'latin1')
  return Buffer.concat([
    Buffer.from([hasWide(text) ? 1 : 0]),
    Buffer.from(text, hasWide(text) ? 'utf16le' : 'latin1'),
  ])
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value | 0)
  return bytes
}
