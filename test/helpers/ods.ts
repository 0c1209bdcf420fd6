import { escapeXml } from './workbook.ts'
import { makeZip, type ZipEntryOptions } from './zip.ts'

export interface OdsSheet {
  name?: string
  isHidden?: boolean
  rows?: (string | number | boolean | null)[][]
  /** What stands in the table, instead of `rows`. */
  data?: string
}

export interface OdsOptions {
  /** Parts to add or to replace by name; null leaves one out. */
  parts?: Record<string, string | null>
  /** What stands before the sheets. */
  before?: string
}

const namespaces = ['office', 'table', 'text', 'style', 'draw', 'dc']
  .map((prefix) => `xmlns:${prefix}="urn:oasis:names:tc:opendocument:xmlns:${prefix}:1.0"`)
  .join(' ')
const mediaType = 'application/vnd.oasis.opendocument.spreadsheet'

/** Makes an OpenDocument spreadsheet the way LibreOffice writes one: what is alike is said once with a count. */
export function makeOds(sheets: OdsSheet[], { parts = {}, before = '' }: OdsOptions = {}): Buffer {
  const all: Record<string, string | null> = {
    mimetype: mediaType,
    'content.xml': odsContent(sheets, before),
    'META-INF/manifest.xml': `<manifest:manifest><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/></manifest:manifest>`,
    ...parts,
  }
  return makeZip(
    Object.entries(all).flatMap(([name, content]): ZipEntryOptions[] =>
      content === null ? [] : [{ name, content, method: name === 'mimetype' ? 'stored' : 'deflated' }],
    ),
  )
}

/** The part of such a spreadsheet that holds its sheets. */
export function odsContent(sheets: OdsSheet[], before = ''): string {
  const tables = sheets.map(
    ({ name = 'Sheet1', isHidden = false, rows = [], data = rowsXml(rows) }) =>
      `<table:table table:name="${escapeXml(name)}" table:style-name="${isHidden ? 'ta2' : 'ta1'}"><table:table-column table:number-columns-repeated="16384"/>${data}</table:table>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document-content ${namespaces} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>${before}${tables.join('')}</office:spreadsheet></office:body></office:document-content>`
}

function rowsXml(rows: OdsSheet['rows'] & {}): string {
  const all = rows.map((cells) => {
    const runs = runsOf(cells.map(cellXml))
    const xml = runs.map(([cell, count]) => repeated(cell, 'table:number-columns-repeated', count)).join('')
    return `<table:table-row>${xml}<table:table-cell table:number-columns-repeated="${16_384 - cells.length}"/></table:table-row>`
  })
  const xml = runsOf(all).map(([row, count]) => repeated(row, 'table:number-rows-repeated', count))
  return `${xml.join('')}<table:table-row table:number-rows-repeated="${1_048_576 - rows.length}"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`
}

function cellXml(value: string | number | boolean | null): string {
  if (value === null || value === '') return '<table:table-cell/>'
  if (typeof value === 'number')
    return `<table:table-cell office:value-type="float" office:value="${value}"><text:p>${value}</text:p></table:table-cell>`
  if (typeof value === 'boolean')
    return `<table:table-cell office:value-type="boolean" office:boolean-value="${value}"><text:p>${value}</text:p></table:table-cell>`
  const paragraphs = value.split('\n').map((line) => `<text:p>${paragraphXml(line)}</text:p>`)
  return `<table:table-cell office:value-type="string">${paragraphs.join('')}</table:table-cell>`
}

/** Blanks count where they are said to; tabs have an element. */
function paragraphXml(line: string): string {
  return escapeXml(line)
    .replace(/ {2,}|^ | $/g, (blanks) => `<text:s text:c="${blanks.length}"/>`)
    .replaceAll('\t', '<text:tab/>')
}

function runsOf(all: string[]): [text: string, count: number][] {
  const runs: [string, number][] = []
  for (const text of all) {
    const last = runs.at(-1)
    if (last?.[0] === text) last[1]++
    else runs.push([text, 1])
  }
  return runs
}

function repeated(xml: string, attribute: string, count: number): string {
  return count === 1 ? xml : xml.replace(/(?=\/?>)/, ` ${attribute}="${count}"`)
}
