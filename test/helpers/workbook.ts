import { makeZip, type ZipEntryOptions } from './zip.ts'

/** A text, number or boolean, a cell that is left out (null), or a cell in detail. */
export type WorkbookCell =
  | string
  | number
  | boolean
  | null
  | {
      value?: string | number | boolean
      /** The `t` attribute; default: what the value is. */
      type?: 's' | 'inlineStr' | 'str' | 'n' | 'b' | 'e' | 'd'
      /** 0: general; above that, one more than the index in `numberFormats`. */
      style?: number
      formula?: string
    }

export interface WorkbookSheet {
  name?: string
  rows?: WorkbookCell[][]
  state?: 'visible' | 'hidden' | 'veryHidden'
  /** What stands in <sheetData>, instead of `rows`. */
  data?: string
  /** The whole part, instead of all that. */
  xml?: string
}

export interface WorkbookOptions {
  /** Default: shared. */
  strings?: 'shared' | 'inline'
  /** Format codes, or the numbers of built-in formats. */
  numberFormats?: (string | number)[]
  is1904?: boolean
  /** Default: deflated. */
  method?: 'stored' | 'deflated'
  /** Parts to add or to replace by name; null leaves one out. */
  parts?: Record<string, string | Uint8Array | null>
}

/**
 * Makes an XLSX file.
 *
 *     await Bun.write(path, makeWorkbook([{ name: 'Prices', rows: [['SKU', 'Price'], ['A-1', 12.5]] }]))
 */
export function makeWorkbook(sheets: WorkbookSheet[], options: WorkbookOptions = {}): Buffer {
  return makeZip(workbookEntries(sheets, options))
}

/** The parts of an XLSX file, for tests that change the archive itself. */
export function workbookEntries(sheets: WorkbookSheet[], options: WorkbookOptions = {}): ZipEntryOptions[] {
  const strings = new Map<string, number>()
  const share = options.strings === 'inline' ? null : strings
  const parts: Record<string, string | Uint8Array | null> = { '_rels/.rels': packageRelationships }
  for (const [index, sheet] of sheets.entries()) {
    parts[`xl/worksheets/sheet${index + 1}.xml`] = sheetPart(sheet, share)
  }
  parts['xl/workbook.xml'] = workbookPart(sheets, options.is1904 ?? false)
  parts['xl/_rels/workbook.xml.rels'] = workbookRelationships(sheets.length, strings.size > 0)
  parts['xl/styles.xml'] = stylesPart(options.numberFormats ?? [])
  if (strings.size > 0) parts['xl/sharedStrings.xml'] = sharedStringsPart([...strings.keys()])
  Object.assign(parts, options.parts)
  const method = options.method ?? 'deflated'
  const contentTypes: ZipEntryOptions = { name: '[Content_Types].xml', content: contentTypesPart, method }
  return [
    contentTypes,
    ...Object.entries(parts).flatMap(([name, content]) =>
      content === null ? [] : { name, content, method },
    ),
  ]
}

/** Text as it may stand in XML, between tags or in quotes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Text as it stands in a cell: what XML cannot hold becomes `_x0001_`, and what looks so is escaped itself. */
export function cellTextXml(text: string): string {
  const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0')
  const escaped = text
    .replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, (character) => `_x${hex(character)}_`)
  return escapeXml(escaped)
}

/** 0 → "A", 27 → "AB". */
export function columnLetters(column: number): string {
  const rest = Math.floor(column / 26) - 1
  return (rest < 0 ? '' : columnLetters(rest)) + String.fromCharCode(65 + (column % 26))
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const mainNamespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const relationshipsNamespace = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** As Excel writes it; it has an element of the same name as one above. */
const workbookExtensions =
  '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>'

const contentTypesPart = `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="${spreadsheetType}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheetType}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${spreadsheetType}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${spreadsheetType}.sharedStrings+xml"/></Types>`
const packageRelationships = `${declaration}<Relationships ${relationshipsNamespace}><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

function sheetPart({ xml, data, rows = [] }: WorkbookSheet, share: Map<string, number> | null): string {
  const sheetData = () => rows.map((cells, index) => rowXml(cells, index, share)).join('')
  return (
    xml ??
    `${declaration}<worksheet ${mainNamespace}><sheetData>${data ?? sheetData()}</sheetData></worksheet>`
  )
}

function rowXml(cells: WorkbookCell[], row: number, share: Map<string, number> | null): string {
  const content = cells.map((cell, column) => cellXml(cell, `${columnLetters(column)}${row + 1}`, share))
  return `<row r="${row + 1}">${content.join('')}</row>`
}

function cellXml(cell: WorkbookCell, reference: string, share: Map<string, number> | null): string {
  if (cell === null) return ''
  const { value, style, formula, ...detail } = typeof cell === 'object' ? cell : { value: cell }
  const type = detail.type ?? cellType(value, share !== null)
  const attributes = `r="${reference}"${style ? ` s="${style}"` : ''}${type === 'n' ? '' : ` t="${type}"`}`
  const before = formula === undefined ? '' : `<f>${escapeXml(formula)}</f>`
  if (value === undefined) return `<c ${attributes}>${before}</c>`
  const text = cellTextXml(typeof value === 'boolean' ? String(Number(value)) : String(value))
  if (type === 'inlineStr')
    return `<c ${attributes}>${before}<is><t xml:space="preserve">${text}</t></is></c>`
  return `<c ${attributes}>${before}<v>${type === 's' && share !== null ? shared(String(value), share) : text}</v></c>`
}

function cellType(value: string | number | boolean | undefined, isShared: boolean): string {
  if (typeof value === 'string') return isShared ? 's' : 'inlineStr'
  return typeof value === 'boolean' ? 'b' : 'n'
}

function shared(text: string, share: Map<string, number>): number {
  const index = share.get(text) ?? share.size
  share.set(text, index)
  return index
}

function sharedStringsPart(texts: string[]): string {
  const items = texts.map((text) => `<si><t xml:space="preserve">${cellTextXml(text)}</t></si>`)
  return `${declaration}<sst ${mainNamespace} uniqueCount="${texts.length}">${items.join('')}</sst>`
}

function workbookPart(sheets: WorkbookSheet[], is1904: boolean): string {
  const list = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${escapeXml(name ?? `Sheet${index + 1}`)}" sheetId="${index + 1}"${state ? ` state="${state}"` : ''} r:id="rId${index + 1}"/>`,
  )
  return `${declaration}<workbook ${mainNamespace} xmlns:r="${relationships}"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${list.join('')}</sheets>${workbookExtensions}</workbook>`
}

function workbookRelationships(sheetCount: number, hasStrings: boolean): string {
  const list = Array.from(
    { length: sheetCount },
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${relationships}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  )
  list.push(`<Relationship Id="rStyles" Type="${relationships}/styles" Target="styles.xml"/>`)
  if (hasStrings) {
    list.push(
      `<Relationship Id="rStrings" Type="${relationships}/sharedStrings" Target="sharedStrings.xml"/>`,
    )
  }
  return `${declaration}<Relationships ${relationshipsNamespace}>${list.join('')}</Relationships>`
}

function stylesPart(formats: (string | number)[]): string {
  const codes = formats.flatMap((format, index) =>
    typeof format === 'string' ? `<numFmt numFmtId="${200 + index}" formatCode="${escapeXml(format)}"/>` : [],
  )
  const styles = formats.map(
    (format, index) => `<xf numFmtId="${typeof format === 'number' ? format : 200 + index}"/>`,
  )
  return `${declaration}<styleSheet ${mainNamespace}><numFmts count="${codes.length}">${codes.join('')}</numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="${styles.length + 1}"><xf numFmtId="0"/>${styles.join('')}</cellXfs><dxfs><dxf><numFmt numFmtId="200" formatCode="yyyy"/></dxf></dxfs></styleSheet>`
}
